using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Tests.Attribution;

/// <summary>Code between branches that were recorded one at a time.</summary>
public sealed class RangesFromTargetsTests
{
    [Test]
    public void Stacks_of_many_entries_have_their_ranges()
    {
        string program = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var counts = Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")).CountsOf(program);
        Assert.That(RangesFromTargets.AreMissing(counts), Is.False);
    }

    [Test]
    public void What_has_its_range_is_not_counted_again()
    {
        // Stacks of two entries: half of the branches have a range behind them.
        string program = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var counts = Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")).CountsOf(program);
        var straight = counts.Ranges.Where(r => r.End > r.Start).ToList();
        var some = new BinaryCounts(counts.BuildId, counts.Branches, straight, [], counts.Entries);
        using var binary = Binary.Open(program);
        var made = RangesFromTargets.Add(some, binary.File, binary.Graphs!.Lines());
        foreach (var target in counts.Branches.GroupBy(b => b.To))
        {
            ulong into = target.Aggregate(0UL, (sum, b) => sum + b.Count) + (counts.Entries.FirstOrDefault(e => e.Address == target.Key).Count);
            ulong before = straight.Where(r => r.Start == target.Key).Aggregate(0UL, (sum, r) => sum + r.Count);
            Assert.That(made.Ranges.Where(r => r.Start == target.Key).Aggregate(0UL, (sum, r) => sum + r.Count), Is.EqualTo(Math.Max(into, before)), $"0x{target.Key:x}");
        }
    }

    [Test]
    public void Without_ranges_they_are_those_that_the_branches_ran()
    {
        // Of whole stacks every range is known: what is made of the branches alone must be of the same places.
        string program = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var counts = Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")).CountsOf(program);
        var alone = new BinaryCounts(counts.BuildId, counts.Branches, [], [], counts.Entries);
        Assert.That(RangesFromTargets.AreMissing(alone), Is.True);
        using var binary = Binary.Open(program);
        var made = RangesFromTargets.Add(alone, binary.File, binary.Graphs!.Lines());
        var starts = counts.Ranges.Select(r => r.Start).ToHashSet();
        Assert.That(made.Ranges.Count(r => starts.Contains(r.Start)), Is.GreaterThan(made.Ranges.Count * 0.95));
        var longest = counts.Ranges.GroupBy(r => r.Start).ToDictionary(g => g.Key, g => g.Min(r => r.End));
        Assert.That(made.Ranges.Where(r => longest.ContainsKey(r.Start)), Has.All.Matches<RangeCount>(r => r.End <= longest[r.Start]));
        Assert.That(made.Ranges.Select(r => (r.Start, r.End)), Is.Ordered.And.Unique);
    }
}
