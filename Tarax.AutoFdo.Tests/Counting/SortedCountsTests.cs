using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Tests.Counting;

public sealed class SortedCountsTests
{
    [Test]
    public void Counts_in_any_portions_equal_those_of_a_dictionary() =>
        Prop.ForAll<(byte Start, byte End, byte Time)[][]>(portions =>
        {
            var counts = new SortedCounts<RangeCount>();
            var expected = new SortedDictionary<(ulong Start, ulong End), (ulong Count, ulong Time)>();
            foreach (var portion in portions)
            {
                foreach (var (begin, end, time) in portion)
                {
                    var old = expected.TryGetValue((begin, end), out var known) ? known : (Count: 0, Time: ulong.MaxValue);
                    expected[(begin, end)] = (old.Count + 1, Math.Min(old.Time, time));
                }

                counts.Add([.. portion.Select(p => new RangeCount(p.Start, p.End, 1, p.Time))]);
            }

            return counts.ToList().SequenceEqual(expected.Select(e => new RangeCount(e.Key.Start, e.Key.End, e.Value.Count, e.Value.Time)));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Portions_of_many_chunks_are_merged_in_order()
    {
        // Every number below 100,000 that two or three divide, those that both divide twice: portions of very different lengths.
        var counts = new SortedCounts<AddressCount>();
        foreach (ulong step in (ulong[])[2, 3])
        {
            for (ulong start = 0; start < 100_000; start += 9_000)
            {
                counts.Add([.. Enumerable.Range(0, 9_000).Select(i => start + (ulong)i).Where(a => a < 100_000 && a % step == 0).Reverse().Select(a => new AddressCount(a, 1, a + step))]);
            }
        }

        var list = counts.ToList();
        var expected = Enumerable.Range(0, 100_000).Where(a => a % 2 == 0 || a % 3 == 0).Select(a => new AddressCount((ulong)a, a % 6 == 0 ? 2ul : 1, (ulong)a + (a % 2 == 0 ? 2ul : 3)));
        Assert.That(list, Is.EqualTo(expected));
        Assert.That(Enumerable.Range(0, list.Chunks).Sum(i => list.Chunk(i).Length), Is.EqualTo(list.Count));
        Assert.That(list[list.Count - 1].Address, Is.EqualTo(99_999));
        Assert.That(() => list[list.Count], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Counts_stay_at_the_largest_number()
    {
        var counts = new SortedCounts<BranchCount>();
        counts.Add([new BranchCount(1, 2, ulong.MaxValue), new BranchCount(1, 2, 5)]);
        Assert.That(counts.ToList(), Is.EqualTo(new[] { new BranchCount(1, 2, ulong.MaxValue) }));
    }
}
