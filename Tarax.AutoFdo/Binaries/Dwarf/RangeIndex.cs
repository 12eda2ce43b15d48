using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>
/// Finds what covers an address among ranges that may overlap and nest: of several, the one that starts last, then the longest, then the
/// first that was added.
/// </summary>
internal sealed class RangeIndex<T>
{
    private readonly (CodeRange Range, T Value)[] _entries;

    /// <summary>For each entry the largest end of it and all before it: beyond that, no earlier entry reaches.</summary>
    private readonly ulong[] _furthestEnd;

    /// <summary>All ends in ascending order, each once.</summary>
    private readonly ulong[] _ends;

    public RangeIndex(List<(CodeRange Range, T Value)> entries)
    {
        // The search goes from the last start backwards, so within one start the preferred entry comes last.
        var order = new (ulong Start, ulong End, int Place)[entries.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (entries[i].Range.Start, entries[i].Range.End, -i);
        }

        // Entries often ascend already.
        if (!IsAscending(order))
        {
            Array.Sort(order);
        }

        _entries = new (CodeRange Range, T Value)[order.Length];
        _furthestEnd = new ulong[order.Length];
        ulong[] ends = new ulong[order.Length];
        ulong furthest = 0;
        for (int i = 0; i < order.Length; i++)
        {
            _entries[i] = entries[-order[i].Place];
            furthest = Math.Max(furthest, order[i].End);
            _furthestEnd[i] = furthest;
            ends[i] = order[i].End;
        }

        _ends = EachOnce(ends);
    }

    private static bool IsAscending(ReadOnlySpan<(ulong Start, ulong End, int Place)> order)
    {
        for (int i = 1; i < order.Length; i++)
        {
            if (order[i].CompareTo(order[i - 1]) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static ulong[] EachOnce(ulong[] numbers)
    {
        Array.Sort(numbers);
        int kept = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (kept == 0 || numbers[i] != numbers[kept - 1])
            {
                numbers[kept++] = numbers[i];
            }
        }

        return kept == numbers.Length ? numbers : numbers[..kept];
    }

    /// <summary>Visits what covers an address, the preferred one first.</summary>
    public IEnumerable<T> At(ulong address)
    {
        for (int i = FirstStartingAfter(address) - 1; i >= 0 && _furthestEnd[i] > address; i--)
        {
            if (_entries[i].Range.Contains(address))
            {
                yield return _entries[i].Value;
            }
        }
    }

    /// <summary>The preferred one of what covers an address.</summary>
    public bool TryFind(ulong address, out T? value)
    {
        for (int i = FirstStartingAfter(address) - 1; i >= 0 && _furthestEnd[i] > address; i--)
        {
            if (_entries[i].Range.Contains(address))
            {
                value = _entries[i].Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Up to where what covers an address covers all that follows it too, at least: no range starts or ends before.</summary>
    public ulong SameUntil(ulong address)
    {
        int next = FirstStartingAfter(address);
        int end = Array.BinarySearch(_ends, address);
        end = end < 0 ? ~end : end + 1;
        return Math.Min(next < _entries.Length ? _entries[next].Range.Start : ulong.MaxValue, end < _ends.Length ? _ends[end] : ulong.MaxValue);
    }

    private int FirstStartingAfter(ulong address)
    {
        int low = 0;
        int high = _entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Range.Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
