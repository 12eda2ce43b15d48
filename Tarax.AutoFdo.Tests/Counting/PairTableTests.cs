using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Tests.Counting;

public sealed class PairTableTests
{
    [Test]
    public void Counts_equal_those_of_a_dictionary() =>
        Prop.ForAll<(byte First, byte Second, byte Time)[]>(additions =>
        {
            var table = new PairTable();
            var expected = new SortedDictionary<(ulong First, ulong Second), (ulong Count, ulong Time)>();
            foreach (var (first, second, time) in additions)
            {
                // Few different keys with equal low bits, so that slots collide and the table grows.
                (ulong First, ulong Second) key = ((ulong)first << 40, (ulong)(second % 16) << 20);
                table.Increment(key.First, key.Second, time);
                expected[key] = expected.TryGetValue(key, out var old) ? (old.Count + 1, Math.Min(old.Time, time)) : (1, time);
            }

            return table.Count == expected.Count
                && table.ToSortedArray().Select(s => (s.First, s.Second, s.Count, s.FirstTime))
                    .SequenceEqual(expected.Select(e => (e.Key.First, e.Key.Second, e.Value.Count, e.Value.Time)));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Sum_of_two_tables_does_not_depend_on_their_order() =>
        Prop.ForAll<byte[], byte[]>((left, right) =>
        {
            PairTable Sum(byte[] a, byte[] b)
            {
                var sum = TableOf(a);
                sum.AddAll(TableOf(b));
                return sum;
            }

            return Sum(left, right).ToSortedArray().SequenceEqual(Sum(right, left).ToSortedArray())
                && Sum(left, right).ToSortedArray().SequenceEqual(TableOf([.. left, .. right]).ToSortedArray());
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Pair_of_zeros_is_a_pair_like_others()
    {
        var table = new PairTable();
        table.Increment(0, 0, 5);
        table.Increment(0, 0, 4);
        Assert.That(table.ToSortedArray().Single(), Is.EqualTo(new PairTable.Slot { Count = 2, FirstTime = 4 }));
    }

    [Test]
    public void Counts_stay_at_the_largest_number()
    {
        var table = new PairTable();
        table.Add(1, 2, 1UL << 63, 0);
        table.Add(1, 2, 1UL << 63, 0);
        Assert.That(table.ToSortedArray().Single().Count, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void Hundred_thousand_pairs_are_kept_apart()
    {
        var table = new PairTable();
        for (ulong i = 0; i < 100_000; i++)
        {
            table.Add(0x401000 + i, 0x402000 + (2 * i), i + 1, i);
        }

        var slots = table.ToSortedArray();
        Assert.That(slots, Has.Length.EqualTo(100_000));
        Assert.That(slots.Select((s, i) => s.Count == (ulong)i + 1 && s.FirstTime == (ulong)i), Has.All.True);
    }

    private static PairTable TableOf(byte[] keys)
    {
        var table = new PairTable();
        foreach (byte key in keys)
        {
            table.Increment(key, (ulong)key * 3, key);
        }

        return table;
    }
}
