using System.Buffers.Binary;
using System.Text;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Attribution.Inference;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Inputs.Preaggregated;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.Gcda;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets.Gcc;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Fuzzing;

/// <summary>Reads an input of one format as far as a conversion would.</summary>
internal static class FuzzTarget
{
    /// <summary>Runs the reader of a format. Anything but success and the two exceptions that say what is wrong is a fault.</summary>
    /// <returns>What the reader refused; null where it read the input.</returns>
    public static Exception? Run(FuzzFormat format, byte[] input)
    {
        try
        {
            switch (format)
            {
                case FuzzFormat.PerfData or FuzzFormat.ScriptText:
                    ReadRecording(input);
                    break;
                case FuzzFormat.Preaggregated:
                    ReadPreaggregated(input);
                    break;
                case FuzzFormat.Elf:
                    ReadBinary(input);
                    break;
                case FuzzFormat.Package:
                    ReadPackage(input);
                    break;
                case FuzzFormat.Supplementary:
                    using (var binary = ElfFile.Read("/nowhere/binary", ByteSource.FromArray(DwzBinary, ElfFile.Format)))
                    using (var supplementary = ElfFile.Read("/nowhere/supplementary", ByteSource.FromArray(input, ElfFile.Format)))
                    {
                        ReadBinary(new BinaryFiles(binary, null, supplementary));
                    }

                    break;
                case FuzzFormat.Notes:
                    ReadNotes(input, Dump);
                    break;
                case FuzzFormat.NotesDump:
                    ReadNotes(Notes, Encoding.UTF8.GetString(input));
                    break;
                case FuzzFormat.Gcov or FuzzFormat.LlvmProfile:
                    ReadProfile(input);
                    break;
                case FuzzFormat.Counts:
                    ReadCounts(input);
                    break;
                case FuzzFormat.CountsText:
                    using (var reader = new StringReader(Encoding.UTF8.GetString(input)))
                    {
                        CountsText.Write(CountsText.Read(reader), TextWriter.Null);
                    }

                    break;
            }

            return null;
        }
        catch (Exception e) when (e is InvalidFormatException or ConversionException)
        {
            return e;
        }
    }

    private static void ReadRecording(byte[] input)
    {
        ReadStream(input);
        using var file = OpenedRecording.Of(CompressedFile.Decompressed(ByteSource.FromArray(input, PerfDataFile.Format)));
        var counter = RecordingCounter.Run(file, e => e.Index < 2, threads: 1, progress: null);
        var files = counter.Scan.AddressSpaces.Files;
        foreach (var perfEvent in file.Events.Take(2))
        {
            var counts = counter.CountsOf(perfEvent);
            counts.SamplesByFile();
            counts.BranchesByFile();
            if (files.Count > 0)
            {
                using var elf = FuzzSeeds.Binary();
                counts.TallyOf(new HashSet<MappedFile> { files[0] }, new BinaryLayout(elf)).ToCounts(null);
            }
        }

        var records = file.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type == RecordType.Sample)
            {
                file.EventOf(record.Body).Layout.TryDecode(record.Body, out _);
            }
        }
    }

    private static void ReadPreaggregated(byte[] input)
    {
        var counts = PreaggregatedText.Read(ByteSource.FromArray(input, "text"), "text");
        counts.Write(Stream.Null);
        using var elf = FuzzSeeds.Binary();
        counts.Counted.Counts.TallyOf(counts.Counted.MappedFiles.ToHashSet(), new BinaryLayout(elf)).ToCounts(null);
    }

    /// <summary>As from a pipe of which only the first bytes are looked at as a whole; what then is damage, is so in the file too.</summary>
    private static void ReadStream(byte[] input)
    {
        const int Start = 512;
        try
        {
            using var stream = PerfDataFile.Read(new MemoryStream(input), Start);
            RecordingCounter.Run(stream, _ => true, threads: 1, progress: null);
        }
        catch (InvalidFormatException)
        {
        }
    }

    private static readonly byte[] DwzBinary = FuzzSeeds.BytesOf("tiny-dwz");
    private static readonly byte[] Skeleton = FuzzSeeds.BytesOf("tiny-skeleton");
    private static readonly ThreadLocal<string> PackageFolder = new(TestEnvironment.NewFolder);

    private static void ReadPackage(byte[] input)
    {
        string binary = Path.Combine(PackageFolder.Value!, "binary");
        File.WriteAllBytes($"{binary}.dwp", input);
        using var elf = ElfFile.Read(binary, ByteSource.FromArray(Skeleton, ElfFile.Format));
        ReadBinary(new BinaryFiles(elf));
    }

    private static void ReadBinary(byte[] input)
    {
        using var elf = ElfFile.Read("/nowhere/binary", ByteSource.FromArray(input, ElfFile.Format));
        _ = elf.DebugLink;
        _ = elf.SupplementaryLink;
        ReadBinary(new BinaryFiles(elf));
    }

    private static readonly byte[] Notes = FuzzSeeds.BytesOf("notes-12.gcno");
    private static readonly string Dump = Encoding.UTF8.GetString(FuzzSeeds.BytesOf("notes-12.profile"));

    /// <summary>Every statement of every function ran, in all blocks that have it.</summary>
    private static void ReadNotes(byte[] input, string dump)
    {
        var notes = NotesFile.Read(input);
        NotesDump.AddTo(notes, dump.Split('\n'));
        var counters = new List<FunctionCounters>();
        foreach (var function in notes.Functions)
        {
            var counts = new SourceCounts();
            foreach (var (_, file, line, column, discriminator) in function.Positions)
            {
                var position = new SourcePosition((int)line, ColumnPosition.Of(column, discriminator));
                counts.Add(0, file, line, new PositionCount(position, line, []) { Pieces = [new PositionPiece(line, line)] });
            }

            long[] arcs = ArcInference.Infer(function, BlockEvidence.Of(function, counts), 3);
            Assert.That(arcs, Has.All.GreaterThanOrEqualTo(0));
            counters.Add(new FunctionCounters(function, [.. arcs.Where((_, i) => !function.Arcs[i].IsOnTree)]));
        }

        GcdaWriter.Write(notes, counters, 1);
    }

    private static void ReadBinary(BinaryFiles files)
    {
        // The files are closed by who opened them.
        var binary = new Binary(files);
        var elf = binary.File;
        using var symbolizer = binary.Symbolizer;
        var counts = RangeCheck.Apply(EverywhereIn(elf), binary, new ConversionReport());
        var graphs = binary.Graphs;
        ProfileBuilder.Of(counts, symbolizer).Build(new AttributionChoices { CountsIsStmtRows = true, Filter = graphs is null ? null : new SuppressedPositions(graphs, phiArguments: true, ifConvertedLoops: true) });
        if (graphs is not null)
        {
            SampleInference.Run(counts, elf, graphs, symbolizer, areOfTime: true, threads: 1);
            RangeInference.Run(EverywhereIn(elf), elf, graphs, symbolizer, threads: 1);
        }

        _ = symbolizer.MissingSplitFiles().ToList();
        if (AddressMap.IsIn(elf))
        {
            var layout = CodeLayout.Of(binary, EverywhereIn(elf), new CodeLayoutOptions { AllModules = true, Threads = 1 });
            layout.WriteClusters(TextWriter.Null);
            layout.WriteOrder(TextWriter.Null);
        }
    }

    /// <summary>Counts that touch the code of a binary here and there, by file offset.</summary>
    private static BinaryCounts EverywhereIn(ElfFile elf)
    {
        const ulong Most = 64;
        var ranges = new List<RangeCount>();
        foreach (var section in elf.Sections.Where(s => s.IsCode).Take(8))
        {
            ulong step = Math.Max(section.Size / Most, 1);
            for (ulong i = 0; i < Most && i * step < section.Size; i++)
            {
                ranges.Add(new RangeCount(section.Offset + (i * step), section.Offset + (i * step) + step, i + 20, i + 1));
            }
        }

        var entries = ranges.ConvertAll(r => new AddressCount(r.Start, r.Count, r.FirstTime));
        return new BinaryCounts(null, ranges.ConvertAll(r => new BranchCount(r.End, r.Start, r.Count)), ranges, entries, entries);
    }

    private static void ReadProfile(byte[] input)
    {
        using var stream = new MemoryStream(input);
        var profile = SampleProfile.Load(stream, "profile");
        foreach (var format in ProfileFormat.All)
        {
            try
            {
                profile.Write(Stream.Null, format);
            }
            catch (ProfileNotExpressibleException)
            {
            }
        }

        var merged = SampleProfile.Merge([profile, profile]);
        SampleProfile.Diff(profile, merged);
    }

    /// <summary>With a right checksum, or little else would ever be looked at.</summary>
    private static void ReadCounts(byte[] input)
    {
        if (input.AsSpan().StartsWith(CountsFormat.Magic) && input.Length > CountsFormat.Magic.Length + CountsFormat.ChecksumLength)
        {
            input = [.. input];
            int length = input.Length - CountsFormat.ChecksumLength;
            BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(length), Crc32C.Of(input.AsSpan(0, length)));
        }

        using var source = ByteSource.FromArray(input, CountsFormat.Name);
        var counts = RecordingCounts.Read(source);
        counts.Write(Stream.Null);
        counts.WriteText(TextWriter.Null);
        _ = counts.Binaries;
    }
}
