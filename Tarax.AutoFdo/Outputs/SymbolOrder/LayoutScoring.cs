using System.Runtime.InteropServices;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>Scores layouts of the same functions.</summary>
internal sealed class LayoutScoring
{
    private const int PageBits = 12;

    /// <summary>Share of what ran, of a hundred, for which <see cref="LayoutScore.HotPages"/> are enough.</summary>
    private const int HotShare = 99;

    /// <summary>What GCC and Clang align functions to at -O2.</summary>
    private const ulong Alignment = 16;

    private readonly CallGraph _graph;

    public LayoutScoring(CallGraph graph) => _graph = graph;

    /// <summary>As they lie in the binary.</summary>
    public LayoutScore AsLinked() => Score([.. _graph.Functions.Select(f => f.Start)]);

    /// <summary>One behind another, from the start of a page.</summary>
    /// <param name="order">Indices of functions.</param>
    public LayoutScore InOrder(IEnumerable<int> order)
    {
        ulong[] starts = new ulong[_graph.Functions.Count];
        ulong at = 1UL << 32;
        foreach (int function in order)
        {
            starts[function] = at;
            at += (_graph.Functions[function].Size + Alignment - 1) / Alignment * Alignment;
        }

        return Score(starts);
    }

    private LayoutScore Score(ulong[] starts)
    {
        var pages = new Dictionary<ulong, ulong>();
        foreach (var (function, start, end, count) in _graph.Ranges)
        {
            ulong first = starts[function] + start;
            ulong last = starts[function] + end;
            for (ulong page = first >> PageBits; page <= last >> PageBits; page++)
            {
                ulong from = Math.Max(first, page << PageBits);
                ulong to = Math.Min(last, (page << PageBits) + ((1UL << PageBits) - 1));
                ref ulong executed = ref CollectionsMarshal.GetValueRefOrAddDefault(pages, page, out _);
                executed = SaturatingSum.Of(executed, Product(count, to - from + 1));
            }
        }

        UInt128 calls = 0;
        UInt128 within = 0;
        double distance = 0;
        foreach (var call in _graph.Calls)
        {
            ulong from = starts[call.From] + call.Offset;
            ulong to = starts[call.To];
            calls += call.Count;
            within += from >> PageBits == to >> PageBits ? call.Count : 0;
            distance += (double)call.Count * (from > to ? from - to : to - from);
        }

        return new LayoutScore(pages.Count, HotPages(pages.Values), calls == 0 ? 0 : (double)within / (double)calls, calls == 0 ? 0 : distance / (double)calls);
    }

    private static int HotPages(ICollection<ulong> executed)
    {
        ulong[] sorted = [.. executed];
        Array.Sort(sorted);
        UInt128 all = 0;
        Array.ForEach(sorted, e => all += e);
        UInt128 sum = 0;
        int pages = 0;
        while (pages < sorted.Length && sum * 100 < all * HotShare)
        {
            sum += sorted[^++pages];
        }

        return pages;
    }

    private static ulong Product(ulong count, ulong bytes) => (ulong)UInt128.Min((UInt128)count * bytes, ulong.MaxValue);
}
