using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Inputs.Perf;

/// <summary>One recording in all the ways that perf stores it.</summary>
public sealed class ContainerTests
{
    private const int CompressedFeature = 27;

    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8];

    private static readonly BranchEntry[] Branches = [new(0x1010, 0x1000, 1), new(0x1020, 0x1008, 2)];

    [Test]
    public void Pipe_says_the_same_as_a_regular_file()
    {
        var builder = Recording();
        using var regular = builder.Open();
        using var pipe = Read(builder.BuildPipe());
        Assert.That(pipe.Form.IsPipe, Is.True);
        Assert.That(Text(pipe), Is.EqualTo(Text(regular)));
        Assert.That(pipe.Features.BuildIds, Is.EqualTo(regular.Features.BuildIds));
        Assert.That(pipe.Features.CpuId, Is.EqualTo("AuthenticAMD,25,97,2"));
        Assert.That(pipe.Events.Select(e => e.Ids), Is.EqualTo(regular.Events.Select(e => e.Ids)));
        Assert.That(pipe.Form.LostBytes, Is.Zero);
    }

    [Test]
    public void Name_of_an_event_update_is_the_events()
    {
        byte[] pipe = new PerfDataBuilder().Event(ids: [7]).Event(ids: [8])
            .Record(RecordType.EventUpdate, 0, r => { r.U64(2); r.U64(8); r.Text("branches:u"); r.Zeros(6); }).BuildPipe();
        using var file = Read(pipe);
        Assert.That(file.Events[1].Name, Is.EqualTo("branches:u"));
    }

    [Test]
    public void Pipe_without_attributes_is_named()
    {
        byte[] pipe = new PerfDataBuilder().BuildPipe();
        Assert.That(Assert.Throws<InvalidFormatException>(() => Read(pipe))!.Field, Is.EqualTo("HEADER_ATTR"));
    }

    [TestCase(RecordType.Compressed, 1)]
    [TestCase(RecordType.Compressed, 3)]
    [TestCase(RecordType.Compressed2, 5)]
    public void Compressed_records_are_split_anywhere(object type, int pieces)
    {
        var builder = Recording();
        using var regular = builder.Open();
        byte[] stream = ZstdData.Compress(builder.BuildRecords());
        using var compressed = Read(Compressed(ZstdData.Records(stream, pieces, (RecordType)type)));
        Assert.That(compressed.Form.IsCompressed, Is.True);
        Assert.That(compressed.Form.CompressedRecords[(uint)(RecordType)type], Is.EqualTo(pieces));
        Assert.That(Text(compressed), Is.EqualTo(Text(regular)));
    }

    [Test]
    public void Compressed_stream_need_not_end()
    {
        var builder = Recording();
        using var regular = builder.Open();

        // The frame's checksum is the last that a writer leaves out when it never ends the frame.
        byte[] stream = ZstdData.Compress(builder.BuildRecords())[..^4];
        using var compressed = Read(Compressed(ZstdData.Records(stream, 2, RecordType.Compressed)));
        Assert.That(Text(compressed), Is.EqualTo(Text(regular)));
    }

    [Test]
    public void Damaged_compressed_data_are_named()
    {
        byte[] stream = ZstdData.Compress(Recording().BuildRecords());
        stream[0] ^= 0xff;
        var error = Assert.Throws<InvalidFormatException>(() => Read(Compressed(ZstdData.Records(stream, 1, RecordType.Compressed))))!;
        Assert.That(error.Field, Is.EqualTo("zstd data"));
    }

    [Test]
    public void Data_files_of_a_folder_follow_each_other()
    {
        var builder = Recording();
        string folder = TestEnvironment.NewFolder();
        builder.Save(Path.Combine(folder, "data"));
        byte[] records = builder.BuildRecords();
        File.WriteAllBytes(Path.Combine(folder, "data.0"), records);
        File.WriteAllBytes(Path.Combine(folder, "data.10"), ZstdData.Records(ZstdData.Compress(records), 2, RecordType.Compressed));
        File.WriteAllBytes(Path.Combine(folder, "data.2"), records[..^4]);
        using var regular = builder.Open();
        using var several = PerfDataFile.Open(folder);
        string[] once = Text(regular);
        Assert.That(several.Form, Has.Property("DataFiles").EqualTo(3).And.Property("IsCompressed").True);
        Assert.That(Text(several), Is.EqualTo([.. once, .. once, .. once[..^1], .. once]));
        Assert.That(several.Form.LostBytes, Is.EqualTo(LastRecordSize(records) - 4));
    }

    [Test]
    public void Folder_without_data_is_named()
    {
        var error = Assert.Throws<IOException>(() => PerfDataFile.Open(TestEnvironment.NewFolder()))!;
        Assert.That(error.Message, Does.Contain("no file named data"));
    }

    [Test]
    public void Recording_that_was_never_finished_is_read_to_its_last_whole_record()
    {
        byte[] file = new PerfDataBuilder { DataSizeField = 0 }.Event().Sample(1, 2, 3).Sample(1, 4, 5, Branches).Build();
        using var whole = Read(file);
        Assert.That(whole.Form, Has.Property("IsUnfinished").True.And.Property("LostBytes").Zero);
        Assert.That(Text(whole), Has.Length.EqualTo(2));
        using var cut = Read(file[..^5]);
        Assert.That(cut.Form.IsUnfinished, Is.True);
        Assert.That(cut.Form.LostBytes, Is.GreaterThan(5));
        Assert.That(Text(cut), Has.Length.EqualTo(1));
    }

    [Test]
    public void Copy_that_was_cut_short_is_read_as_far_as_it_goes()
    {
        var builder = Recording();
        byte[] file = builder.Build();
        using var whole = builder.Open();
        int expected = Text(whole).Length;
        for (long length = whole.DataEnd - 1; length > whole.DataStart; length--)
        {
            using var cut = Read(file[..(int)length]);
            int records = Text(cut).Length;
            Assert.That(records, Is.LessThan(expected));
            Assert.That(cut.DataEnd + cut.Form.LostBytes, Is.EqualTo(whole.DataEnd), "what is lost is told in bytes");
        }
    }

    [Test]
    public void Damage_in_the_middle_of_a_pipe_is_no_early_end()
    {
        byte[] pipe = new PerfDataBuilder().Event().Sample(1, 2, 3).Raw(9, 0, 0, 0, 0, 0, 3, 0).Sample(1, 2, 3).BuildPipe();
        Assert.That(Assert.Throws<InvalidFormatException>(() => Read(pipe))!.Field, Is.EqualTo("record size"));
    }

    [TestCase("gzip")]
    [TestCase("xz")]
    [TestCase("zstd")]
    public void Recording_in_a_compressed_file_is_the_same(string tool)
    {
        string folder = TestEnvironment.NewFolder();
        var builder = Recording();
        string path = builder.Save(Path.Combine(folder, "perf.data"));
        TestEnvironment.Run(tool, "-q", "-k", path);
        string compressed = Directory.GetFiles(folder).Single(f => f != path);
        using var regular = builder.Open();
        using var opened = PerfDataFile.Open(compressed);
        Assert.That(Text(opened), Is.EqualTo(Text(regular)));
        byte[] whole = File.ReadAllBytes(compressed);
        for (int length = 20; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(compressed, whole[..length]);
            Assert.That(() => PerfDataFile.Open(compressed), Throws.InstanceOf<InvalidFormatException>(), $"cut to {length} bytes");
        }
    }

    [Test]
    public void Compressed_file_becomes_no_more_than_such_files_do()
    {
        string path = Path.Combine(TestEnvironment.NewFolder(), "zeros.xz");
        TestEnvironment.Run("bash", "-c", $"head -c 400M /dev/zero | xz -0 >{path}");
        var error = Assert.Throws<InvalidFormatException>(() => PerfDataFile.Open(path))!;
        Assert.That(() => PerfDataFile.Open(path, most: 500 << 20), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("not PERFILE2"));
        Assert.That(error.Message, Does.Contain("--max-input allows more"));
    }

    [Test]
    public void Large_spool_goes_to_a_file_without_a_name()
    {
        string path = Path.Combine(TestEnvironment.NewFolder(), "large.gz");
        byte[] content = new byte[40 << 20];
        new Random(1).NextBytes(content.AsSpan(0, 1 << 20));
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        using var source = CompressedFile.Open(path, "test");
        Assert.That(source.Length, Is.EqualTo(content.Length));
        Assert.That(source.All().SequenceEqual(content), Is.True);
        Assert.That(Directory.GetFiles(Path.GetTempPath(), "tarax-*").Where(f => new FileInfo(f).Length == content.Length), Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Recording_of_the_other_byte_order_reads_as_the_same(bool isPipe)
    {
        using var native = Read(new EitherEndianRecording(isBigEndian: false).Build(isPipe));
        using var foreign = Read(new EitherEndianRecording(isBigEndian: true).Build(isPipe));
        Assert.That(foreign.Form.IsForeign, Is.True);
        Assert.That(Text(foreign), Is.EqualTo(Text(native)));
        Assert.That(Text(native), Has.Some.Contain("cycles 77 mispredicted True wrong path True").And.Some.Contain("program").And.Some.Contain("raw 0908070605040302"));
        Assert.That(foreign.Features.OsRelease, Is.EqualTo("6.1.0"));
        Assert.That(foreign.Events[0].Attribute.SampleIdAll, Is.True);
    }

    private static PerfDataBuilder Recording() => new PerfDataBuilder()
        .Event(ids: [11, 12]).Event(ids: [13])
        .Feature(9, c => PerfDataBuilder.HeaderString(c, "AuthenticAMD,25,97,2"))
        .BuildIdTable("/bin/program", Id)
        .Mmap2(7, 0x1000, 0x1000, 0, "/bin/program", time: 5)
        .Exec(7, 6)
        .Sample(7, 0x1004, 10, Branches)
        .Fork(8, 7, 11)
        .Sample(8, 0x1010, 12, Branches);

    private static PerfDataFile Read(byte[] bytes) => PerfDataFile.Read(ByteSource.FromArray(bytes, PerfDataFile.Format));

    /// <summary>A file like the usual recording, but with these records, and the feature that announces compression.</summary>
    private static byte[] Compressed(byte[] records) => new PerfDataBuilder().Event(ids: [11, 12]).Event(ids: [13])
        .Raw(records).Feature(CompressedFeature, c => c.Zeros(20)).Build();

    private static int LastRecordSize(byte[] records)
    {
        int at = 0;
        int size = 0;
        for (; at < records.Length; at += size)
        {
            size = BinaryPrimitives.ReadUInt16LittleEndian(records.AsSpan(at + 6));
        }

        return size;
    }

    /// <summary>What the records of mappings, processes and samples say, without what tells how the recording is stored.</summary>
    private static string[] Text(PerfDataFile file)
    {
        var lines = new List<string>();
        var records = file.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type >= RecordType.HeaderAttr)
            {
                continue;
            }

            var line = new StringBuilder(record.Type.Name());
            if (record.Type == RecordType.Sample)
            {
                var sampled = file.EventOf(record.Body);
                Assert.That(sampled.Layout.TryDecode(record.Body, out var sample), Is.True);
                line.Append(CultureInfo.InvariantCulture, $" event {sampled.Index} ip {sample.Ip:x} {sample.Pid}/{sample.Tid} time {sample.Time} cpu {sample.Cpu} raw {Convert.ToHexStringLower(sample.Raw)} weight {sample.Weight}");
                foreach (ref readonly var entry in sample.BranchStack.Entries)
                {
                    line.Append(CultureInfo.InvariantCulture, $" {entry.From:x}→{entry.To:x} cycles {(entry.Flags >> 4) & 0xffff} mispredicted {(entry.Flags & 1) != 0} wrong path {entry.IsWrongPath}");
                }
            }
            else
            {
                var trailer = file.Events[0].SampleId;
                line.Append(CultureInfo.InvariantCulture, $" time {trailer.Time(record.Body)}");
                var body = trailer.WithoutTrailer(record.Body);
                if (MappingRecord.TryRead(record, body, out var mapping) && record.Type is RecordType.Mmap or RecordType.Mmap2)
                {
                    line.Append(CultureInfo.InvariantCulture, $" {mapping.Pid} {mapping.Start:x}+{mapping.Length:x}@{mapping.PageOffset:x} {Encoding.UTF8.GetString(mapping.FileName)} {Convert.ToHexStringLower(mapping.BuildId)} {mapping.IsExecutable}");
                }
                else if (record.Type == RecordType.Fork && ProcessRecord.TryReadFork(body, out var fork))
                {
                    line.Append(CultureInfo.InvariantCulture, $" {fork.Pid} of {fork.ParentPid} at {fork.Time}");
                }
                else if (ProcessRecord.TryReadComm(record, body, out var comm))
                {
                    line.Append(CultureInfo.InvariantCulture, $" {comm.Pid} exec {comm.IsExec}");
                }
            }

            lines.Add(line.ToString());
        }

        return [.. lines];
    }
}
