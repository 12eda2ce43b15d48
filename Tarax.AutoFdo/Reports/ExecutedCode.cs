using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Reports;

/// <summary>The counts of a binary by ELF virtual address, to be asked for pieces of code.</summary>
internal sealed class ExecutedCode
{
    private readonly Symbolizer _symbolizer;
    private readonly List<RangeCount> _ranges = [];
    private readonly Dictionary<ulong, List<ExplainedBranch>> _into = [];
    private readonly Dictionary<ulong, List<ExplainedBranch>> _outOf = [];

    public ExecutedCode(BinaryCounts counts, Symbolizer symbolizer)
    {
        _symbolizer = symbolizer;
        foreach (var range in counts.Ranges)
        {
            if (symbolizer.TryGetVirtualAddress(range.Start, out ulong begin))
            {
                _ranges.Add(range with { Start = begin, End = begin + (range.End - range.Start) });
            }
        }

        _ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
        foreach (var branch in counts.Branches)
        {
            if (symbolizer.TryGetVirtualAddress(branch.From, out ulong from) && symbolizer.TryGetVirtualAddress(branch.To, out ulong to))
            {
                Add(_into, to, new ExplainedBranch(from, branch.Count));
                Add(_outOf, from, new ExplainedBranch(to, branch.Count));
            }
        }

        foreach (var entry in counts.Entries)
        {
            if (symbolizer.TryGetVirtualAddress(entry.Address, out ulong to))
            {
                Add(_into, to, new ExplainedBranch(null, entry.Count));
            }
        }

        SortByCount(_into);
        SortByCount(_outOf);
    }

    /// <summary>The functions in which ranges begin.</summary>
    public IEnumerable<CodeFunction> Functions()
    {
        ulong until = 0;
        var found = new HashSet<CodeFunction>();
        foreach (var range in _ranges)
        {
            if (range.Start >= until)
            {
                var functionRange = _symbolizer.FindFunctionRange(range.Start);
                until = functionRange.End;
                if (functionRange.Function is { } function && found.Add(function))
                {
                    yield return function;
                }
            }
        }
    }

    /// <summary>The ranges that begin in some code, by where they do.</summary>
    public IEnumerable<RangeCount> RangesFrom(ulong start, ulong end)
    {
        int first = _ranges.BinarySearch(new RangeCount(start, 0, 0, 0), Comparer<RangeCount>.Create((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : 1));
        for (int i = first < 0 ? ~first : first; i < _ranges.Count && _ranges[i].Start < end; i++)
        {
            yield return _ranges[i];
        }
    }

    /// <summary>The branches to an address, the most frequent first.</summary>
    public IReadOnlyList<ExplainedBranch> Into(ulong address) => MostFrequentFirst(_into, address);

    /// <summary>The branches from an address, the most frequent first.</summary>
    public IReadOnlyList<ExplainedBranch> OutOf(ulong address) => MostFrequentFirst(_outOf, address);

    /// <summary>The ranges of a function that cover a byte of some code, the most frequent first.</summary>
    public IReadOnlyList<ExplainedRange> RangesOver(CodeFunction function, ulong start, ulong end)
    {
        var covering = Over(function, start, end);
        covering.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        return covering.ConvertAll(r => new ExplainedRange(r.Start, r.End, r.Count, MostFrequentFirst(_into, r.Start), MostFrequentFirst(_outOf, r.End)));
    }

    /// <summary>The largest number of executions of the bytes of some code. It changes to a larger one only where a range begins.</summary>
    public ulong LargestCount(CodeFunction function, ulong start, ulong end)
    {
        var covering = Over(function, start, end);
        ulong largest = 0;
        foreach (var begun in covering)
        {
            ulong address = Math.Max(begun.Start, start);
            ulong count = 0;
            foreach (var range in covering)
            {
                count = range.Start <= address && address <= range.End ? SaturatingSum.Of(count, range.Count) : count;
            }

            largest = Math.Max(largest, count);
        }

        return largest;
    }

    private static void Add(Dictionary<ulong, List<ExplainedBranch>> branches, ulong end, ExplainedBranch branch)
    {
        if (!branches.TryGetValue(end, out var list))
        {
            list = [];
            branches.Add(end, list);
        }

        list.Add(branch);
    }

    private static void SortByCount(Dictionary<ulong, List<ExplainedBranch>> branches)
    {
        foreach (var list in branches.Values)
        {
            list.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : Nullable.Compare(a.Address, b.Address));
        }
    }

    private static List<ExplainedBranch> MostFrequentFirst(Dictionary<ulong, List<ExplainedBranch>> branches, ulong end) =>
        branches.TryGetValue(end, out var list) ? list : [];

    /// <summary>Ranges are at most 1 MiB long, and count for the part of the function that they begin in.</summary>
    private List<RangeCount> Over(CodeFunction function, ulong start, ulong end)
    {
        const ulong LongestRange = 1 << 20;
        ulong from = start > LongestRange ? start - LongestRange : 0;
        int first = _ranges.BinarySearch(new RangeCount(from, 0, 0, 0), Comparer<RangeCount>.Create((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : 1));
        var result = new List<RangeCount>();
        for (int i = first < 0 ? ~first : first; i < _ranges.Count && _ranges[i].Start < end; i++)
        {
            if (_ranges[i].End >= start && function.PartAt(_ranges[i].Start) is { } part && part.Contains(start))
            {
                result.Add(_ranges[i]);
            }
        }

        return result;
    }
}
