using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.ArmSpe;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Counting;

/// <summary>Which counts come of AUX data of Arm's Statistical Profiling Extension.</summary>
public sealed class SpeCounterTests
{
    private const string Program = "/bin/program";
    private const string Other = "/bin/other";
    private const ushort NotTaken = SpePackets.Retired | SpePackets.NotTaken;

    [Test]
    public void Taken_branch_is_counted_from_and_to()
    {
        var (counts, totals) = Count(Traced().Mmap2(1, 0x10000, 0x1000, 0, Program), new SpePackets().Branch(0x10010, 0x10020).Branch(0x10010, 0x10020).Branch(0x70000, 0x10040));
        Assert.That(counts.Branches, Is.EqualTo(new[] { new BranchCount(0x10, 0x20, 2) }));
        Assert.That(counts.Entries, Is.EqualTo(new[] { new AddressCount(0x40, 1, 0) }));
        Assert.That(totals.Records, Is.EqualTo(3));
    }

    [Test]
    public void Of_a_branch_that_was_not_taken_the_next_instruction_ran()
    {
        var (counts, _) = Count(Traced().Mmap2(1, 0x10000, 0x1000, 0, Program), new SpePackets().Branch(0x10010, 0x10014, NotTaken, SpePackets.Conditional));
        Assert.That(counts.Branches, Is.Empty);
        Assert.That(counts.Ranges, Is.EqualTo(new[] { new RangeCount(0x14, 0x14, 1, 0) }));
    }

    [Test]
    public void Everything_that_is_left_out_has_a_reason()
    {
        var packets = new SpePackets().Load(0x10000).Branch(0x10010, 0x10020, events: 0).Address(0, 0x10000).Raw(0x4a, 0, 0x52, 2, 0).Ended(0).Branch(0x10010, 0x10020, thread: 99).Branch(0x10010, 0x10020).Address(0, 1);
        var (counts, totals) = Count(Traced().Mmap2(1, 0x10000, 0x1000, 0, Program), packets);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
        Assert.That((totals.OtherOperations, totals.NotRetired, totals.WithoutAddress, totals.OfUnknownThread, totals.CutRecords), Is.EqualTo((1L, 1L, 1L, 1L, 1L)));
    }

    [Test]
    public void Thread_of_the_context_packet_says_whose_branch_it_is()
    {
        var recording = Traced().Mmap2(1, 0x10000, 0x1000, 0, Program).Mmap2(2, 0x10000, 0x1000, 0, Other);
        var (counts, _) = Count(recording, new SpePackets().Branch(0x10010, 0x10020, thread: 1).Branch(0x10010, 0x10020, thread: 2).Branch(0x10010, 0x10020, thread: 2), file: Other);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(2));
    }

    [Test]
    public void Thread_of_the_buffer_says_it_where_there_is_no_context()
    {
        var recording = Traced().Mmap2(1, 0x10000, 0x1000, 0, Program).Mmap2(2, 0x10000, 0x1000, 0, Other);
        var (counts, _) = Count(recording, new SpePackets().Branch(0x10010, 0x10020), thread: 2, file: Other);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void Timestamp_says_what_was_mapped_then()
    {
        // One tick is two nanoseconds.
        var recording = Traced().Record(RecordType.TimeConv, 0, body =>
        {
            body.U64(0);
            body.U64(2);
            body.U64(1000);
        }).Mmap2(1, 0x10000, 0x1000, 0, Other, time: 1000).Mmap2(1, 0x10000, 0x1000, 0, Program, time: 1100);
        var (counts, _) = Count(recording, new SpePackets().Branch(0x10010, 0x10020, time: 49).Branch(0x10010, 0x10020, time: 51).Branch(0x10010, 0x10020, time: 50));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(2));
    }

    [Test]
    public void Record_is_whole_wherever_the_data_are_cut_to_be_read()
    {
        const int Branches = 80_000;
        var packets = new SpePackets();
        for (int i = 0; i < Branches; i++)
        {
            packets.Branch(0x10010, 0x10020).Raw(new byte[i % 7]);
        }

        Assert.That(packets.Bytes.Length, Is.GreaterThan(2 << 20));
        var (counts, totals) = Count(Traced().Mmap2(1, 0x10000, 0x1000, 0, Program), packets);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(Branches));
        Assert.That((totals.DamagedRecords, totals.CutRecords), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public void Nothing_is_lost_when_tables_of_many_processes_are_emptied()
    {
        const uint Processes = 1000;
        var recording = Traced();
        var packets = new SpePackets();
        for (uint process = 1; process <= Processes; process++)
        {
            recording.Mmap2(process, 0x10000, 0x1000, 0, Program);
            packets.Branch(0x10010, 0x10020, thread: process);
        }

        packets.Raw(new byte[1 << 20]).Branch(0x10010, 0x10020, thread: Processes);
        var (counts, _) = Count(recording, packets);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(Processes + 1));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(8)]
    public void Any_number_of_threads_counts_the_same(int threads)
    {
        var recording = Traced().Mmap2(1, 0x10000, 0x1000, 0, Program);
        for (uint i = 0; i < 20; i++)
        {
            Trace(recording, new SpePackets().Branch(0x10010 + (4 * (i % 3)), 0x10020).Load(0x10000), AuxTracePiece.NoNumber);
        }

        using var file = recording.Open();
        var counter = RecordingCounter.Run(file, _ => true, threads, null);
        var counts = counter.CountsOf(file.Events[0]).Of(counter.Scan.AddressSpaces.Files.Single()).ToCounts(null);
        Assert.That(counts.Branches, Is.EqualTo(new[] { new BranchCount(0x10, 0x20, 7), new BranchCount(0x14, 0x20, 7), new BranchCount(0x18, 0x20, 6) }));
        Assert.That((counter.Scan.Spe!.Records, counter.Scan.Spe.OtherOperations, counter.Scan.Samples), Is.EqualTo((40L, 20L, 20L)));
    }

    [Test]
    public void Processor_that_switched_says_whose_branch_it_is()
    {
        var recording = new PerfDataBuilder().Event(SampleType.Ip | SampleType.Tid | SampleType.Time | SampleType.Cpu);
        Announce(recording).Record(RecordType.TimeConv, 0, body =>
        {
            body.U64(0);
            body.U64(1);
            body.U64(0);
        }).Mmap2(1, 0x10000, 0x1000, 0, Program).Mmap2(2, 0x10000, 0x1000, 0, Other);
        foreach (var (process, time) in ((uint Process, ulong Time)[])[(1, 100), (2, 200), (1, 300)])
        {
            recording.Record(RecordType.Switch, 0, body =>
            {
                body.U32(process);
                body.U32(process);
                body.U64(time);
                body.U64(0);
            });
        }

        var packets = new SpePackets().Branch(0x10010, 0x10020, time: 150).Branch(0x10010, 0x10020, time: 250).Branch(0x10010, 0x10020, time: 350);
        var (counts, _) = Count(recording, packets);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(2));
    }

    [Test]
    public void Stream_gives_the_same_as_a_file()
    {
        var recording = Traced().Mmap2(1, 0x10000, 0x1000, 0, Program);
        Trace(recording, new SpePackets().Branch(0x10010, 0x10020), AuxTracePiece.NoNumber);
        using var stream = new MemoryStream(recording.BuildPipe());
        using var file = PerfDataFile.Read(stream, mostAtOnce: 256);
        var counter = RecordingCounter.Run(file, _ => true, 1, null);
        Assert.That(counter.CountsOf(file.Events[0]).Totals.Samples, Is.EqualTo(1));
    }

    private static PerfDataBuilder Traced() => Announce(new PerfDataBuilder().Event(SampleType.Ip | SampleType.Tid | SampleType.Time));

    private static PerfDataBuilder Announce(PerfDataBuilder recording) => recording.Record(RecordType.AuxTraceInfo, 0, body =>
    {
        const uint ArmSpe = 4;
        const uint EventType = 4;
        body.U32(ArmSpe);
        body.U32(0);
        body.U64(EventType);
        body.U64(0);
    });

    private static void Trace(PerfDataBuilder recording, SpePackets packets, uint thread) => recording.Record(RecordType.AuxTrace, 0, body =>
    {
        body.U64((ulong)packets.Bytes.Length);
        body.U64(0);
        body.U64(0);
        body.U32(0);
        body.U32(thread);
        body.U32(thread == AuxTracePiece.NoNumber ? 0 : AuxTracePiece.NoNumber);
        body.U32(0);
    }).Raw(packets.Bytes);

    private static (BinaryCounts Counts, SpeTotals Totals) Count(PerfDataBuilder recording, SpePackets packets, uint thread = AuxTracePiece.NoNumber, string file = Program)
    {
        Trace(recording, packets, thread);
        using var opened = recording.Open();
        var counter = RecordingCounter.Run(opened, _ => true, 1, null);
        var mapped = counter.Scan.AddressSpaces.Files.Single(f => f.Path == file);
        return (counter.CountsOf(opened.Events[0]).Of(mapped).ToCounts(null), counter.Scan.Spe!);
    }
}
