using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Counting;

/// <summary>Counts that were flushed on the way equal those that were flushed at the end.</summary>
public sealed class LocalCountsTests
{
    private const string Program = "/bin/program";
    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8];

    [Test]
    public void Thousands_of_processes_at_different_addresses_count_as_one_binary()
    {
        const int Processes = 5000;
        var builder = new PerfDataBuilder().Event();
        ulong time = 1;
        for (uint pid = 1; pid <= Processes; pid++)
        {
            ulong start = 0x10000UL * pid;
            builder.Mmap2(pid, start, 0x1000, 0, Program, Id, time: time++);
            for (int i = 0; i < 20; i++)
            {
                builder.Sample(pid, start + 0x10, time++, new BranchEntry(start + 0x28, start + 0x40, 0), new BranchEntry(start + 0x10, start + 0x20, 0));
            }

            if (pid % 50 == 0)
            {
                builder.Record(RecordType.FinishedRound, 0, _ => { });
            }
        }

        using var file = builder.Open();
        foreach (int threads in (int[])[1, 3])
        {
            var counts = Count(file, threads);
            Assert.That(counts.Branches, Is.EqualTo(new[] { new BranchCount(0x10, 0x20, 20 * Processes), new BranchCount(0x28, 0x40, 20 * Processes) }));
            Assert.That(counts.Ranges, Is.EqualTo(new[] { new RangeCount(0x20, 0x28, 20 * Processes, 2) }));
            Assert.That(counts.Samples, Is.EqualTo(new[] { new AddressCount(0x10, 20 * Processes, 2) }));
        }
    }

    [Test]
    public void Processes_of_which_no_mapping_is_known_take_memory_in_proportion()
    {
        // Each has an address space of its own, in which nothing is decided before the end.
        const uint Processes = 30_000;
        var builder = new PerfDataBuilder().Event();
        for (uint pid = 1; pid <= Processes; pid++)
        {
            builder.Exec(pid, pid).Sample(pid, 0x1000, 100_000 + pid, new BranchEntry(0x1000, 0x2000, 0));
        }

        using var file = builder.Open();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var counter = RecordingCounter.Run(file, _ => true, 1, progress: null);
        Assert.That(counter.Scan.Samples, Is.EqualTo(Processes));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(30_000L * Processes), "30 kB for each process, all tables and their growth included");
    }

    [Test]
    public void Many_distinct_branches_are_all_there_once()
    {
        // More than the tables of a thread hold; the mapping of half of them comes last, in a place where nothing was mapped.
        const int Samples = 12_000;
        const int Entries = 50;
        var builder = new PerfDataBuilder().Event().Mmap2(1, 0x1000_0000, 0x1000_0000, 0, Program, Id);
        var expected = new List<BranchCount>();
        for (int i = 0; i < Samples; i++)
        {
            var stack = new BranchEntry[Entries];
            for (int e = 0; e < Entries; e++)
            {
                ulong offset = ((ulong)((i * Entries) + e) * 16) + (i % 2 == 0 ? 0 : 0x1000_0000UL);
                stack[e] = new BranchEntry(0x1000_0000 + offset, 0x1000_0008 + offset, 0);
                expected.Add(new BranchCount(offset, offset + 8, 1));
            }

            builder.Sample(1, 0x1000_0000, (ulong)(10 + i), stack);
            if (i % 100 == 0)
            {
                builder.Record(RecordType.FinishedRound, 0, _ => { });
            }
        }

        builder.Mmap2(1, 0x2000_0000, 0x1000_0000, 0x1000_0000, Program, Id, time: 1_000_000);
        using var file = builder.Open();
        expected.Sort((a, b) => a.From.CompareTo(b.From));
        foreach (int threads in (int[])[1, 2])
        {
            Assert.That(Count(file, threads).Branches.SequenceEqual(expected), Is.True, $"{threads} threads");
        }
    }

    private static BinaryCounts Count(PerfDataFile file, int threads)
    {
        var counter = RecordingCounter.Run(file, _ => true, threads, progress: null);
        var match = BinaryMatch.Find(counter.Scan.AddressSpaces.Files, Program, new BuildId(Id), false, null);
        using var elf = new ElfBuilder().Open();
        return counter.CountsOf(file.Events[0]).TallyOf(match.Files, new BinaryLayout(elf)).ToCounts(null);
    }
}
