using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Counting;

/// <summary>The first half of a recording counted apart, in the same pass.</summary>
public sealed class HalvesTests
{
    private const string Program = "/bin/program";
    private const ulong Start = 0x10000;
    private const int Samples = 40_000;
    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8];

    [TestCase(1)]
    [TestCase(3)]
    public void First_half_is_that_of_the_records_and_the_whole_is_what_it_is_without(int threads)
    {
        var builder = new PerfDataBuilder().Event().Mmap2(1, Start, 0x1000, 0, Program, Id, time: 1);
        for (int i = 0; i < Samples; i++)
        {
            // The second half runs at another place, and some code in both.
            ulong at = Start + (i < Samples / 2 ? 0x100UL : 0x200UL);
            builder.Sample(1, at + 0x10, (ulong)i + 2, new BranchEntry(at + 0x28, at + 0x40, 0), new BranchEntry(at + 0x10, at + 0x20, 0), new BranchEntry(Start + 0x10, Start + 0x20, 0));
        }

        using var file = builder.Open();
        var plain = Whole(RecordingCounter.Run(file, _ => true, threads, progress: null).CountsOf(file.Events[0]));
        var counter = RecordingCounter.Run(file, _ => true, threads, progress: null, countsHalves: true);
        var (whole, first) = (counter.CountsOf(file.Events[0]), counter.FirstHalfOf(file.Events[0])!);
        Assert.That(Whole(whole).Branches, Is.EqualTo(plain.Branches));
        Assert.That(Whole(whole).Ranges, Is.EqualTo(plain.Ranges));
        Assert.That(Whole(whole).Samples, Is.EqualTo(plain.Samples));
        Assert.That((whole.Totals.Samples, whole.Totals.BranchEntries), Is.EqualTo((Samples, 3 * Samples)));
        Assert.That(first.Totals.Samples, Is.EqualTo(Samples / 2).Within(2));
        Assert.That(Whole(first).Samples.Where(s => s.Address == 0x110).Sum(s => (long)s.Count), Is.EqualTo(Samples / 2).Within(2));
        Assert.That(Whole(first).Samples.Where(s => s.Address == 0x210).Sum(s => (long)s.Count), Is.LessThan(2));
    }

    private static BinaryCounts Whole(RecordedCounts counts)
    {
        using var elf = new ElfBuilder().Open();
        return counts.TallyOf(counts.Files.ToHashSet(), new BinaryLayout(elf)).ToCounts(null);
    }
}
