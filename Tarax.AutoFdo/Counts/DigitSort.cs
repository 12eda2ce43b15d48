using System.Buffers;
using System.Numerics;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// Puts counts in order by the digits of their two numbers, the last digit first, each time keeping the order of what is equal in it. Positions in a file
/// differ in few digits, so that this takes a fraction of the time of comparing.
/// </summary>
internal static class DigitSort
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    /// <summary>Fewer are compared.</summary>
    private const int FewestCounts = 256;

    public static void Sort<T>(Span<T> counts)
        where T : struct, ICount<T>
    {
        if (counts.Length < FewestCounts)
        {
            counts.Sort(static (left, right) => ICount<T>.Compare(left, right));
            return;
        }

        Key[] keys = ArrayPool<Key>.Shared.Rent(counts.Length);
        Key[] other = ArrayPool<Key>.Shared.Rent(counts.Length);
        ulong different = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            keys[i] = new Key { Number = T.Second(counts[i]), Index = i };
            different |= keys[i].Number ^ keys[0].Number;
        }

        Sort(ref keys, ref other, counts.Length, different);
        different = 0;
        foreach (ref var key in keys.AsSpan(0, counts.Length))
        {
            key.Number = T.First(counts[key.Index]);
            different |= key.Number ^ keys[0].Number;
        }

        Sort(ref keys, ref other, counts.Length, different);
        Arrange(counts, keys);
        ArrayPool<Key>.Shared.Return(keys);
        ArrayPool<Key>.Shared.Return(other);
    }

    /// <param name="keys">The keys, in order afterwards.</param>
    /// <param name="other">As much room again.</param>
    /// <param name="count">Number of keys.</param>
    /// <param name="different">The bits in which their numbers differ.</param>
    private static void Sort(ref Key[] keys, ref Key[] other, int count, ulong different)
    {
        Span<int> places = stackalloc int[Digits];
        while (different != 0)
        {
            int shift = BitOperations.TrailingZeroCount(different);
            different = different >> shift >> DigitBits << DigitBits << shift;
            places.Clear();
            foreach (ref readonly var key in keys.AsSpan(0, count))
            {
                places[(int)(key.Number >> shift) & (Digits - 1)]++;
            }

            int sum = 0;
            foreach (ref int next in places)
            {
                (next, sum) = (sum, sum + next);
            }

            foreach (ref readonly var key in keys.AsSpan(0, count))
            {
                other[places[(int)(key.Number >> shift) & (Digits - 1)]++] = key;
            }

            (keys, other) = (other, keys);
        }
    }

    /// <summary>Moves every count to its place, from one place to the next whose count is missing.</summary>
    private static void Arrange<T>(Span<T> counts, Key[] keys)
    {
        for (int start = 0; start < counts.Length; start++)
        {
            T first = counts[start];
            int place = start;
            while (keys[place].Index != start)
            {
                int from = keys[place].Index;
                counts[place] = counts[from];
                keys[place].Index = place;
                place = from;
            }

            counts[place] = first;
            keys[place].Index = place;
        }
    }

    private struct Key
    {
        public ulong Number;
        public int Index;
    }
}
