using System.IO.Compression;
using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Fuzzing;

/// <summary>The formats that come from outside.</summary>
internal enum FuzzFormat
{
    PerfData,
    Elf,
    Gcov,
    LlvmProfile,
    Counts,
    CountsText,
    ScriptText,

    /// <summary>BOLT's pre-aggregated text.</summary>
    Preaggregated,

    /// <summary>A .dwp beside a binary with skeletons.</summary>
    Package,

    /// <summary>What dwz moved out of a binary.</summary>
    Supplementary,

    /// <summary>Notes of GCC.</summary>
    Notes,

    /// <summary>GCC's dump of the functions of notes.</summary>
    NotesDump,
}

/// <summary>A valid input that others are made of.</summary>
internal sealed record FuzzSeed(FuzzFormat Format, string Name, byte[] Bytes);

/// <summary>Small valid inputs of every format: the same on every machine.</summary>
internal static class FuzzSeeds
{
    private const int CompressedFeature = 27;

    private static readonly byte[] TinyBinary = File.ReadAllBytes(PathOf("tiny-dwarf5"));

    public static IReadOnlyList<FuzzSeed> All { get; } = [.. Recordings(), .. Binaries(), .. Profiles(), .. Counts(), .. Texts(), .. Notes()];

    public static ElfFile Binary() => ElfFile.Read("/nowhere/binary", ByteSource.FromArray(TinyBinary, ElfFile.Format));

    private static IEnumerable<FuzzSeed> Recordings()
    {
        var usual = Recording();
        yield return new FuzzSeed(FuzzFormat.PerfData, "regular", usual.Build());
        yield return new FuzzSeed(FuzzFormat.PerfData, "pipe", usual.BuildPipe());
        yield return new FuzzSeed(FuzzFormat.PerfData, "big-endian", new EitherEndianRecording(isBigEndian: true).Build(isPipe: false));
        yield return new FuzzSeed(FuzzFormat.PerfData, "big-endian-pipe", new EitherEndianRecording(isBigEndian: true).Build(isPipe: true));
        yield return new FuzzSeed(FuzzFormat.PerfData, "every-field", new EitherEndianRecording(isBigEndian: false).Build(isPipe: false));
        yield return new FuzzSeed(FuzzFormat.PerfData, "arm-spe", SpeRecording().Build());
        yield return new FuzzSeed(FuzzFormat.PerfData, "arm-spe-pipe", SpeRecording().BuildPipe());
        yield return new FuzzSeed(FuzzFormat.PerfData, "gzip", Gzip(usual.Build()));
        yield return new FuzzSeed(FuzzFormat.PerfData, "zstd", RawZstdFrame(usual.Build()));
        yield return new FuzzSeed(FuzzFormat.PerfData, "every-field-pipe", new EitherEndianRecording(isBigEndian: false).Build(isPipe: true));
        foreach (var type in (RecordType[])[RecordType.Compressed, RecordType.Compressed2])
        {
            byte[] records = ZstdData.Records(RawZstdFrame(Recording(hasTraces: false).BuildRecords()), 3, type);
            yield return new FuzzSeed(FuzzFormat.PerfData, $"{type}", new PerfDataBuilder().Event(ids: [11]).Event(ids: [12]).Raw(records).Feature(CompressedFeature, c => c.Zeros(20)).Build());
        }
    }

    private static PerfDataBuilder Recording(bool hasTraces = true)
    {
        var builder = new PerfDataBuilder().Event(ids: [11]).Event(ids: [12])
            .Feature(4, c => PerfDataBuilder.HeaderString(c, "6.1.0"))
            .Feature(9, c => PerfDataBuilder.HeaderString(c, "AuthenticAMD,25,97,2"))
            .Feature(11, c => { c.U32(2); PerfDataBuilder.HeaderString(c, "perf"); PerfDataBuilder.HeaderString(c, "record"); })
            .Feature(21, c => { c.U64(1); c.U64(100); })
            .BuildIdTable("/bin/program", [1, 2, 3, 4, 5, 6, 7, 8])
            .Mmap2(7, 0x400000, 0x1000, 0, "/bin/program", time: 5)
            .Mmap2(7, 0x500000, 0x1000, 0, "/lib/library.so", [1, 2, 3], time: 6)
            .Mmap(uint.MaxValue, 0xffffffff81000000, 0x1000000, 0xffffffff81000000, "[kernel.kallsyms]_text", misc: (ushort)CpuMode.Kernel)
            .Exec(7, 6);
        for (ulong i = 0; i < 12; i++)
        {
            builder.Sample(7, 0x400100 + i, 10 + i, new BranchEntry(0x400110 + i, 0x400100, 1), new BranchEntry(0x400120, 0x400108, 2), new BranchEntry(0xffffffff81000010, 0x400100, 0));
        }

        builder.Mmap(7, 0x400800, 0x1000, 0, "/bin/other", time: 30).Fork(8, 7, 31).Sample(8, 0x400900, 32, new BranchEntry(0x400910, 0x400900, 0))
            .Record(RecordType.Lost, 0, b => { b.U64(1); b.U64(5); }).Record(RecordType.FinishedRound, 0, _ => { });

        // perf never compresses traces, which lie outside of their records.
        return hasTraces ? builder.Record(RecordType.AuxTrace, 0, b => { b.U64(16); b.Zeros(32); }).Raw(new byte[16]) : builder;
    }

    private static PerfDataBuilder SpeRecording()
    {
        byte[] packets = new SpePackets().Branch(0x400110, 0x400100, thread: 7, time: 20).Raw(0, 0).Branch(0x400120, 0x400124, 0x42, SpePackets.Conditional, time: 21).Load(0x400130)
            .Address(0, 0x400140, isExtended: true).Raw(0x22, 0, 0).Raw(0x4a, 2, 0x62, 2, 0, 0, 0).Address(4, 0x400100).Address(1, 0x400108).Ended(0).Bytes;
        return new PerfDataBuilder().Event(SampleType.Ip | SampleType.Tid | SampleType.Time, ids: [11])
            .Record(RecordType.AuxTraceInfo, 0, b => { b.U32(4); b.U32(0); b.U64(4); b.U64(0); })
            .Record(RecordType.TimeConv, 0, b => { b.U64(3); b.U64(8); b.U64(100); })
            .Mmap2(7, 0x400000, 0x1000, 0, "/bin/program", time: 5)
            .Record(RecordType.AuxTrace, 0, b => { b.U64((ulong)packets.Length); b.Zeros(16); b.U32(0); b.U32(7); b.U32(uint.MaxValue); b.U32(0); }).Raw(packets);
    }

    private static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.NoCompression))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }

    /// <summary>A frame of one uncompressed block (RFC 8878), so that no tool is needed.</summary>
    private static byte[] RawZstdFrame(byte[] content)
    {
        var writer = new ByteWriter();
        writer.U32(0xfd2fb528);
        writer.U8(0xa0);
        writer.U32((uint)content.Length);
        uint block = 1u | ((uint)content.Length << 3);
        writer.U16((ushort)block);
        writer.U8((byte)(block >> 16));
        writer.Bytes(content);
        return writer.Written.ToArray();
    }

    private static IEnumerable<FuzzSeed> Binaries() =>
        Directory.GetFiles(Path.GetDirectoryName(PathOf("tiny.c"))!, "tiny-*").Order(StringComparer.Ordinal)
            .Select(f => new FuzzSeed(FormatOf(Path.GetFileName(f)), Path.GetFileName(f), File.ReadAllBytes(f)));

    private static FuzzFormat FormatOf(string seed) => seed switch { "tiny-package.dwp" => FuzzFormat.Package, "tiny-supplementary" => FuzzFormat.Supplementary, _ => FuzzFormat.Elf };

    /// <summary>A seed's bytes.</summary>
    public static byte[] BytesOf(string seed) => File.ReadAllBytes(PathOf(seed));

    private static IEnumerable<FuzzSeed> Profiles()
    {
        var place = new SourcePosition(3, 1);
        var inlined = new FunctionBody([new PositionCount(place, 70_000, []), new PositionCount(new SourcePosition(9, 0), 0, [])], []);
        var body = new FunctionBody(
            [new PositionCount(place, 1000, [new CallTarget("callee", 900), new CallTarget("other", 5)]), new PositionCount(new SourcePosition(4, 0), ulong.MaxValue, [])],
            [new InlinedCall(place, "inlined", "/src/a.c", inlined), new InlinedCall(new SourcePosition(65535, 0), "deep", "/src/b.c", inlined with { Calls = [new InlinedCall(place, "deeper", "", inlined)] })]);
        var profile = new SampleProfile([new FunctionProfile("main", "/src/main.c", 12, 34, body), new FunctionProfile("callee", "/src/a.c", 900, 1, inlined)]);
        foreach (var version in GcovProfileFormat.All)
        {
            using var stream = new MemoryStream();
            profile.Write(stream, version);
            yield return new FuzzSeed(FuzzFormat.Gcov, $"{version}", stream.ToArray());
        }

        profile = new SampleProfile(profile.Functions) { SymbolList = ["callee", "main", "unused"], IsFlowSensitive = true };
        foreach (var (name, format) in ((string, ProfileFormat)[])
        [
            ("text", ProfileFormat.LlvmText), ("binary", ProfileFormat.LlvmBinary), ("extbinary", ProfileFormat.LlvmExtBinary),
            ("compressed", new LlvmExtBinaryFormat { Compress = true }), ("hashed", new LlvmExtBinaryFormat { HashNames = true }),
        ])
        {
            yield return new FuzzSeed(FuzzFormat.LlvmProfile, name, LlvmFormatTests.Write(profile, format));
        }
    }

    private static IEnumerable<FuzzSeed> Counts()
    {
        using var file = PerfDataFile.Read(ByteSource.FromArray(Recording().Build(), PerfDataFile.Format));
        var counter = RecordingCounter.Run(file, e => e.Index == 0, threads: 1, progress: null);
        var counts = new RecordingCounts(new CountedBinaries("seed", counter.Scan.AddressSpaces.Files, counter.CountsOf(file.Events[0])) { EventName = "branches" });
        using var binary = new MemoryStream();
        counts.Write(binary);
        yield return new FuzzSeed(FuzzFormat.Counts, "binary", binary.ToArray());
        using var text = new StringWriter();
        counts.WriteText(text);
        yield return new FuzzSeed(FuzzFormat.Counts, "text", Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static IEnumerable<FuzzSeed> Texts()
    {
        using var counts = new StringWriter();
        CountsText.Write(
            new BinaryCounts(null, [new BranchCount(0x10, 0x20, 3)], [new RangeCount(0x20, 0x30, 5, 0), new RangeCount(0x40, 0x48, 7, 0)], [new AddressCount(0x24, 2, 0)], [new AddressCount(0x20, 1, 0)]), counts);
        yield return new FuzzSeed(FuzzFormat.CountsText, "counts", Encoding.UTF8.GetBytes(counts.ToString()));
        yield return new FuzzSeed(FuzzFormat.Preaggregated, "every-line", """
            E cycles:u
            B X:0 4013a9 12 0
            B 0102030405060708090a0b0c0d0e0f1011121314:401010 0102030405060708090a0b0c0d0e0f1011121314:401050 7 1
            T 401060 401080 401090 5 2
            R 4010a0 401065 -1 4
            T fffffffffffffffe 401080 401090 5

            F 401050 401060 6
            f 4013a9 4013b0 12
            r 401065 401070 4
            S 401066 3

            """u8.ToArray());
        yield return new FuzzSeed(FuzzFormat.ScriptText, "columns", """
            cmulti  7239/7239   1000.000000: PERF_RECORD_MMAP2 7239/7239: [0x4000001000(0x2000) @ 0x1000 fe:00 5947401 0]: r-xp /usr/local/bin/cmulti
            cmulti  7239/7239   1000.000001: PERF_RECORD_MMAP2 7239/7239: [0x5000(0x1000) @ 0 <0102030405060708090a0b0c0d0e0f1011121314>]: r-xp /bin/data
            cmulti  7239/7239 [000]  1000.000003:       1009 BR_INST:u:    4000001010 main+0x5 (/usr/local/bin/cmulti) 0x4000001020/0x4000001000/P/-/-/5/  0x4000001028/0x4000001008/M/-/-/6//COND/SPEC_WRONG_PATH
            cmulti  7239/7239   1000.000004: PERF_RECORD_FORK(7240:7240):(7239:7239)
            cmulti  7240/7240   1000.000005: PERF_RECORD_COMM exec: other:7240/7240
            cmulti  7239/7239   1000.000006:
                        4000001010 main
                        4000001030 start
             0x4000001020(/usr/local/bin/cmulti)/0x4000001000(/usr/local/bin/cmulti)/PN/-/-/5/

             4000001010 0x4000001020/0x4000001000/P/-/-/5/
            """u8.ToArray());
    }

    private static IEnumerable<FuzzSeed> Notes() =>
    [
        new FuzzSeed(FuzzFormat.Notes, "gcc-11", BytesOf("notes-11.gcno")),
        new FuzzSeed(FuzzFormat.Notes, "gcc-12", BytesOf("notes-12.gcno")),
        new FuzzSeed(FuzzFormat.NotesDump, "gcc-12", BytesOf("notes-12.profile")),
    ];

    private static string PathOf(string seed) => Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", seed);
}
