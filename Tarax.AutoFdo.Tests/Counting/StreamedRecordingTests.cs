using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Counting;

/// <summary>Recordings that come in chunk by chunk give the same counts as those that lie there as a whole.</summary>
public sealed class StreamedRecordingTests
{
    private const string Program = "/bin/program";
    private const int SmallStart = 4096;
    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8];

    [TestCase(true, TestName = "Stream_with_rounds_is_counted_as_it_comes")]
    [TestCase(false, TestName = "Stream_without_rounds_is_set_aside_until_its_mappings_are_known")]
    public void Stream_gives_the_counts_of_the_file(bool hasRounds)
    {
        var builder = new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x10000, 0, "/lib/other", [9, 9, 9])
            .Mmap2(1, 0x10000, 0x10000, 0, Program, Id, time: 500);
        AddSamples(builder, 40_000_000, hasRounds);
        using var stream = Stream(builder.BuildPipe());
        using var file = Mapped(builder.BuildPipe());
        Assert.That(stream.DataLength, Is.Null);
        Assert.That(file.DataLength, Is.Not.Null);
        var expected = Counts(file, 1, out _);
        var counts = Counts(stream, 2, out var scan);
        Assert.That(counts.Ranges, Is.Not.Empty);
        Assert.That(counts.Ranges, Is.EqualTo(expected.Ranges));
        Assert.That(counts.Branches, Is.EqualTo(expected.Branches));
        Assert.That(counts.Samples, Is.EqualTo(expected.Samples));
        Assert.That(scan.Chunks, Is.GreaterThan(32), "more than wait in memory");
        Assert.That(scan.LostBytes, Is.Zero);
    }

    [Test]
    public void Build_ids_event_names_and_features_may_come_after_the_samples()
    {
        byte[] samples = AddSamples(new PerfDataBuilder().Event(ids: [7]).Mmap2(1, 0x10000, 0x10000, 0, "/elsewhere/renamed"), 100_000, hasRounds: true).BuildPipe();
        byte[] late = new PerfDataBuilder().BuildIdTable("/elsewhere/renamed", Id).Feature(4, f => PerfDataBuilder.HeaderString(f, "6.1.0"))
            .Record(RecordType.EventUpdate, 0, r => { r.U64(2); r.U64(7); r.Text("branches:u"); r.Zeros(6); }).BuildPipe()[16..];
        using var stream = Stream([.. samples, .. late]);
        Assert.That(Counts(stream, 1, out _).Branches, Is.Not.Empty, "found by its build-id");
        Assert.That(stream.Features.OsRelease, Is.EqualTo("6.1.0"));
        Assert.That(stream.Events[0].Name, Is.EqualTo("branches:u"));
    }

    [Test]
    public void Attribute_after_the_samples_is_damage()
    {
        byte[] samples = AddSamples(new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id), 100_000, hasRounds: true).BuildPipe();
        using var stream = Stream([.. samples, .. new PerfDataBuilder().Event().BuildPipe()[16..]]);
        Assert.That(Assert.Throws<InvalidFormatException>(() => Counts(stream, 1, out _))!.Field, Is.EqualTo("HEADER_ATTR"));
    }

    [Test]
    public void Payloads_outside_of_records_are_passed_over_across_pieces()
    {
        const int PayloadLength = 3_000_000;
        var builder = new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id);
        AddSamples(builder, 500_000, hasRounds: true);
        builder.Record(RecordType.AuxTrace, 0, r => { r.U64(PayloadLength); r.Zeros(32); }).Raw(new byte[PayloadLength]);
        AddSamples(builder, 500_000, hasRounds: true);
        using var stream = Stream(builder.BuildPipe());
        using var file = Mapped(builder.BuildPipe());
        var counts = Counts(stream, 1, out var scan);
        Assert.That(counts.Ranges, Is.EqualTo(Counts(file, 1, out var expected).Ranges));
        Assert.That(scan.RecordsByType, Is.EqualTo(expected.RecordsByType));
    }

    [TestCase(true, TestName = "Piece_of_a_stream_that_was_set_aside_may_end_before_a_payload")]
    [TestCase(false, TestName = "Piece_of_a_file_that_was_set_aside_may_end_before_a_payload")]
    public void Piece_that_was_set_aside_may_end_before_a_payload(bool isStream)
    {
        const int PayloadLength = 3_000_000;
        byte[] pipe = AddSamples(new PerfDataBuilder().Event(), 500_000, hasRounds: false)
            .Record(RecordType.AuxTrace, 0, r => { r.U64(PayloadLength); r.Zeros(32); }).Raw(new byte[PayloadLength]).BuildPipe();
        using var file = isStream ? Stream(pipe) : Mapped(pipe);
        using var chunks = file.Chunks();
        Assert.That(chunks.TryOpen(out var chunk), Is.True);
        var (records, end) = Read(chunk);
        chunks.Close(chunk, end);
        var fetched = chunks.Fetch(chunks.Spill(chunk with { End = Math.Min(end, chunk.End) }));
        Assert.That(Read(fetched).Records, Is.EqualTo(records).And.GreaterThan(1));
        Assert.That(chunks.TryOpen(out _), Is.False, "behind the payload there is nothing");

        static (int Records, long End) Read(RecordChunk chunk)
        {
            int count = 0;
            var records = chunk.Records(RecordsEnd.Continues);
            while (records.TryRead(out _))
            {
                count++;
            }

            return (count, records.Offset);
        }
    }

    [Test]
    public void Payload_may_end_anywhere_before_the_end_of_a_piece([Values(1, 7, 8, 60, 11_000, 12_100, 60_000)] int before, [Values(1, 2)] int threads)
    {
        const int Window = (1 << 20) - (1 << 16);
        byte[] Pipe(long payload) => AddSamples(
            new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id).Record(RecordType.AuxTrace, 0, r => { r.U64((ulong)payload); r.Zeros(32); }).Raw(new byte[payload]),
            3_000_000,
            hasRounds: true).BuildPipe();
        using var without = Mapped(Pipe(0));
        var expected = Counts(without, 1, out var scan);
        long samples = 3_000_000 / (500 * BranchEntry.Size);
        long firstSample = without.DataEnd - without.DataStart - LengthOf(samples);
        using var file = Mapped(Pipe((4 * Window) - before - firstSample));
        Assert.That(Counts(file, threads, out var scanned).Ranges, Is.EqualTo(expected.Ranges));
        Assert.That(scanned.Samples, Is.EqualTo(scan.Samples).And.EqualTo(samples));

        static long LengthOf(long samples) => AddSamples(new PerfDataBuilder(), (int)samples * 500 * BranchEntry.Size, hasRounds: true).BuildRecords().Length;
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows does not cut files that are mapped")]
    public void File_that_is_cut_while_it_is_read_is_told()
    {
        const int LengthLeft = 1_500_000;
        byte[] pipe = AddSamples(new PerfDataBuilder().Event(), 3_000_000, hasRounds: false).BuildPipe();
        string path = Path.Combine(TestEnvironment.NewFolder(), "perf.data");
        File.WriteAllBytes(path, pipe);
        using var file = PerfDataFile.Open(path);
        using (var cut = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            cut.SetLength(LengthLeft);
        }

        var damage = Assert.Throws<InvalidFormatException>(() => Counts(file, 2, out _))!;
        Assert.That(damage.Offset, Is.EqualTo(LengthLeft));
        Assert.That(damage.Message, Does.Contain("no longer there"));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public void What_a_cut_stream_lacks_is_told_in_bytes(int missing)
    {
        byte[] pipe = AddSamples(new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id), 3_000_000, hasRounds: false).BuildPipe();
        using var whole = Mapped(pipe);
        using var stream = Stream(pipe[..^missing]);
        using var file = Mapped(pipe[..^missing]);
        Counts(stream, 1, out var scan);
        Assert.That(scan.LostBytes, Is.EqualTo(file.Form.LostBytes).And.GreaterThan(0));
        Assert.That(scan.Samples, Is.EqualTo(RecordingScan.Run(whole).Samples - 1));
    }

    [Test]
    public void Stream_that_ends_in_zeros_is_read_up_to_them()
    {
        byte[] pipe = AddSamples(new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id), 100_000, hasRounds: true).BuildPipe();
        using var stream = Stream([.. pipe, .. new byte[5_000_000]]);
        using var whole = Mapped(pipe);
        Counts(stream, 1, out var scan);
        Assert.That(scan.Samples, Is.EqualTo(RecordingScan.Run(whole).Samples));
        Assert.That(scan.LostBytes, Is.EqualTo(5_000_000));
    }

    [Test]
    public void Mapping_that_comes_later_than_a_round_promises_is_applied_all_the_same_in_a_file_and_told_in_a_stream()
    {
        var builder = new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, "/lib/other", [9, 9, 9]);
        AddSamples(builder, 2_200_000, hasRounds: true);
        builder.Mmap2(1, 0x10000, 0x1000, 0, Program, Id, time: 30);
        byte[] pipe = builder.BuildPipe();
        using var file = Mapped(pipe);
        using var stream = Stream(pipe);
        Assert.That(Counts(file, 2, out var scan).Branches, Is.Not.Empty);
        Assert.That(scan.AddressSpaces.LateChanges, Is.Zero, "all mappings were read before anything was counted");
        Counts(stream, 2, out scan);
        Assert.That(scan.AddressSpaces.LateChanges, Is.EqualTo(1));
    }

    [Test]
    public void Late_mappings_of_a_stream_give_the_same_counts_on_any_number_of_threads()
    {
        var builder = new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x1000, 0, "/lib/other", [9, 9, 9]);
        for (int i = 0; i < 100; i++)
        {
            bool isProgram = i % 2 == 0;
            AddSamples(builder, 120_000, hasRounds: true, firstTime: 1000 + (10 * i));
            builder.Mmap2(1, 0x10000, 0x1000, 0, isProgram ? Program : "/lib/other", isProgram ? Id : [9, 9, 9], time: (ulong)(1000 + (10 * i) - 15));
        }

        byte[] pipe = builder.BuildPipe();
        using var first = Stream(pipe);
        var expected = Counts(first, 1, out var scan);
        Assert.That(scan.AddressSpaces.LateChanges, Is.GreaterThan(0));
        foreach (int threads in (int[])[2, 4, 4])
        {
            using var stream = Stream(pipe);
            Assert.That(Counts(stream, threads, out _).Branches, Is.EqualTo(expected.Branches));
        }
    }

    [Test]
    public void Stream_whose_attributes_come_late_is_looked_at_as_a_whole()
    {
        byte[] pipe = AddSamples(new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id), 100_000, hasRounds: true).BuildPipe();
        byte[] late = [.. pipe[..16], .. new PerfDataBuilder().Record((RecordType)200, 0, r => r.Zeros(8000)).BuildRecords(), .. pipe[16..]];
        using var stream = Stream(late);
        Assert.That(Counts(stream, 1, out _).Branches, Is.Not.Empty);
    }

    [Test]
    public void Damage_in_a_stream_is_told_with_its_offset()
    {
        byte[] pipe = AddSamples(new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id), 3_000_000, hasRounds: true).BuildPipe();
        byte[] damaged = [.. pipe, .. new PerfDataBuilder().Raw(9, 0, 0, 0, 0, 0, 3, 0).BuildRecords(), .. pipe[16..]];
        using var stream = Stream(damaged);
        var damage = Assert.Throws<InvalidFormatException>(() => Counts(stream, 2, out _))!;
        Assert.That(damage.Field, Is.EqualTo("record size"));
        Assert.That(damage.Offset, Is.EqualTo(pipe.Length + 6));
    }

    /// <summary>Samples of some length, in order of time, at changing places.</summary>
    private static PerfDataBuilder AddSamples(PerfDataBuilder builder, int bytes, bool hasRounds, int firstTime = 10)
    {
        const int Entries = 500;
        var random = new Random(1);
        var stack = new BranchEntry[Entries];
        for (int i = 0; i < bytes / (Entries * BranchEntry.Size); i++)
        {
            for (int e = 0; e < Entries; e++)
            {
                stack[e] = new BranchEntry(0x10000 + (ulong)random.Next(64), 0x10000 + (ulong)random.Next(64), 0);
            }

            builder.Sample(1, 0x10000 + (ulong)random.Next(64), (ulong)(firstTime + i), stack);
            if (hasRounds && i % 10 == 9)
            {
                builder.Record(RecordType.FinishedRound, 0, _ => { });
            }
        }

        return builder;
    }

    private static PerfDataFile Stream(byte[] bytes) => PerfDataFile.Read(new MemoryStream(bytes), SmallStart);

    private static PerfDataFile Mapped(byte[] bytes) => PerfDataFile.Read(ByteSource.FromArray(bytes, PerfDataFile.Format));

    private static BinaryCounts Counts(PerfDataFile file, int threads, out RecordingScan scan)
    {
        var counter = RecordingCounter.Run(file, _ => true, threads, progress: null);
        scan = counter.Scan;
        var match = BinaryMatch.Find(scan.AddressSpaces.Files, Program, new BuildId(Id), false, null);
        using var elf = new ElfBuilder().Open();
        return counter.CountsOf(file.Events[0]).TallyOf(match.Files, new BinaryLayout(elf)).ToCounts(null);
    }
}
