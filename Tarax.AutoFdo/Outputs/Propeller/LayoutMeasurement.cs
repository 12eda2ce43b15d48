using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Measures the order in which blocks lie in the binary, and that which was found.</summary>
internal static class LayoutMeasurement
{
    private const int PageSize = 4096;

    /// <summary>Bytes up to the next multiple that compilers align loops to.</summary>
    private const ulong LargestGap = 64;

    /// <summary>As the binary is.</summary>
    public static LayoutMeasure Before(IReadOnlyList<LayoutFunction> functions)
    {
        double score = 0;
        ulong taken = 0;
        foreach (var function in functions)
        {
            long[] places = PlacesInBinary(function);
            score += ExtTspScore.Of(function.Graph, places);
            taken = SaturatingSum.Of(taken, Taken(function.Graph, places));
        }

        return new LayoutMeasure(score / ExtTspScore.Highest(functions.Select(f => f.Graph)), taken, Pages(functions));
    }

    /// <summary>As it will be.</summary>
    public static LayoutMeasure After(IReadOnlyList<LayoutFunction> functions)
    {
        double score = 0;
        ulong taken = 0;
        ulong bytes = 0;
        foreach (var function in functions)
        {
            long[] places = ExtTspScore.Places(function.Graph, function.Order);
            score += ExtTspScore.Of(function.Graph, places);
            taken = SaturatingSum.Of(taken, Taken(function.Graph, places));
            bytes += function.HotBytes;
        }

        return new LayoutMeasure(score / ExtTspScore.Highest(functions.Select(f => f.Graph)), taken, (bytes + PageSize - 1) / PageSize);
    }

    /// <summary>Pages with a byte of a hot block.</summary>
    private static ulong Pages(IReadOnlyList<LayoutFunction> functions)
    {
        ulong pages = 0;
        ulong next = 0;
        foreach (var block in functions.SelectMany(f => f.Hot.Select(h => f.Blocks[h])).Where(b => b.Size > 0).OrderBy(b => b.Start))
        {
            ulong first = Math.Max(block.Start / PageSize, next);
            ulong end = ((block.End - 1) / PageSize) + 1;
            pages += end > first ? end - first : 0;
            next = Math.Max(next, end);
        }

        return pages;
    }

    private static ulong Taken(FlowGraph graph, long[] places)
    {
        ulong taken = 0;
        foreach (var edge in graph.Edges)
        {
            if (edge.IsIndirect || places[edge.To] != places[edge.From] + graph.Sizes[edge.From])
            {
                taken = SaturatingSum.Of(taken, edge.Count);
            }
        }

        return taken;
    }

    /// <summary>Places of the hot blocks, without gaps that a block goes on over.</summary>
    private static long[] PlacesInBinary(LayoutFunction function)
    {
        long[] places = new long[function.Hot.Length];
        int[] byAddress = [.. Enumerable.Range(0, function.Blocks.Length).OrderBy(b => function.Blocks[b].Start).ThenBy(b => b)];
        var hotOf = new Dictionary<int, int>();
        for (int i = 0; i < function.Hot.Length; i++)
        {
            hotOf.Add(function.Hot[i], i);
        }

        ulong gaps = 0;
        for (int i = 0; i < byAddress.Length; i++)
        {
            var block = function.Blocks[byAddress[i]];
            if (i > 0 && function.Blocks[byAddress[i - 1]] is var before && (before.Properties & BlockProperties.FallsThrough) != 0 && block.Start - before.End <= LargestGap)
            {
                gaps += block.Start - before.End;
            }

            if (hotOf.TryGetValue(byAddress[i], out int hot))
            {
                places[hot] = (long)(block.Start - function.Blocks[byAddress[0]].Start - gaps);
            }
        }

        return places;
    }
}
