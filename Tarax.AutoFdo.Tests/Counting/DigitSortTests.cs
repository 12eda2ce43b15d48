using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Tests.Counting;

public sealed class DigitSortTests
{
    [Test]
    public void Counts_are_in_order_of_both_numbers([Values(0, 1, 255, 256, 5000)] int length, [Values(0ul, 0xFFul, 0xFFF_FF00ul, ulong.MaxValue)] ulong mask)
    {
        var random = new Random(length);
        var counts = Enumerable.Range(0, length).Select(i => new BranchCount(Number() & mask, Number() & mask, (ulong)i)).ToArray();
        var sorted = counts.ToArray();
        DigitSort.Sort(sorted.AsSpan());
        Assert.That(sorted, Is.EquivalentTo(counts));
        Assert.That(sorted.Select(c => (c.From, c.To)), Is.EqualTo(counts.Select(c => (c.From, c.To)).Order()));

        ulong Number() => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
    }
}
