using Tarax.AutoFdo.Samples;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo;

/// <summary>The counts of a binary by ELF virtual address, to be asked for pieces of code.</summary>
internal sealed class ExecutedCode
{
    private readonly Symbolizer _symbolizer;
    private readonly List<RangeCount> _ranges = [];
    private readonly ILookup<ulong, (ulong? From, ulong Count)> _into;
    private readonly ILookup<ulong, (ulong To, ulong Count)> _outOf;

    public ExecutedCode(BinaryCounts counts, Symbolizer symbolizer)
    {
        _symbolizer = symbolizer;
        foreach (var range in counts.Ranges)
        {
            if (symbolizer.TryGetVirtualAddress(range.Begin, out ulong begin))
            {
                _ranges.Add(range with { Begin = begin, End = begin + (range.End - range.Begin) });
            }
        }

        _ranges.Sort((a, b) => a.Begin.CompareTo(b.Begin));
        var into = new List<(ulong To, ulong? From, ulong Count)>();
        foreach (var branch in counts.Branches)
        {
            if (symbolizer.TryGetVirtualAddress(branch.From, out ulong from) && symbolizer.TryGetVirtualAddress(branch.To, out ulong to))
            {
                into.Add((to, from, branch.Count));
            }
        }

        _outOf = into.ToLookup(b => b.From!.Value, b => (b.To, b.Count));
        foreach (var entry in counts.Entries)
        {
            if (symbolizer.TryGetVirtualAddress(entry.Address, out ulong to))
            {
                into.Add((to, null, entry.Count));
            }
        }

        _into = into.ToLookup(b => b.To, b => (b.From, b.Count));
    }

    /// <summary>The functions in which ranges begin.</summary>
    public IEnumerable<CodeFunction> Functions()
    {
        ulong until = 0;
        var found = new HashSet<CodeFunction>();
        foreach (var range in _ranges)
        {
            if (range.Begin >= until)
            {
                var stretch = _symbolizer.FindStretch(range.Begin);
                until = stretch.End;
                if (stretch.Function is { } function && found.Add(function))
                {
                    yield return function;
                }
            }
        }
    }

    /// <summary>The ranges of a function that cover a byte of some code, the most frequent first.</summary>
    public IReadOnlyList<ExplainedRange> RangesOver(CodeFunction function, ulong start, ulong end) =>
        [.. Over(function, start, end).OrderByDescending(r => r.Count).ThenBy(r => r.Begin).ThenBy(r => r.End).Select(r => new ExplainedRange(
            r.Begin, r.End, r.Count,
            [.. _into[r.Begin].OrderByDescending(b => b.Count).ThenBy(b => b.From)],
            [.. _outOf[r.End].OrderByDescending(b => b.Count).ThenBy(b => b.To)]))];

    /// <summary>The largest number of executions of the bytes of some code.</summary>
    public ulong LargestCount(CodeFunction function, ulong start, ulong end)
    {
        var covering = Over(function, start, end);
        ulong largest = 0;
        foreach (ulong address in covering.Select(r => Math.Max(r.Begin, start)).Distinct())
        {
            ulong count = 0;
            foreach (var range in covering)
            {
                count = range.Begin <= address && address <= range.End ? SaturatingSum.Of(count, range.Count) : count;
            }

            largest = Math.Max(largest, count);
        }

        return largest;
    }

    /// <summary>Ranges are at most 1 MiB long, and count for the part of the function that they begin in.</summary>
    private List<RangeCount> Over(CodeFunction function, ulong start, ulong end)
    {
        const ulong LongestRange = 1 << 20;
        ulong from = start > LongestRange ? start - LongestRange : 0;
        int first = _ranges.BinarySearch(new RangeCount(from, 0, 0, 0), Comparer<RangeCount>.Create((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : 1));
        var result = new List<RangeCount>();
        for (int i = first < 0 ? ~first : first; i < _ranges.Count && _ranges[i].Begin < end; i++)
        {
            if (_ranges[i].End >= start && function.PartAt(_ranges[i].Begin) is { } part && part.Contains(start))
            {
                result.Add(_ranges[i]);
            }
        }

        return result;
    }
}
