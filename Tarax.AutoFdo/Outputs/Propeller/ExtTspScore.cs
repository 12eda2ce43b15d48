namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// How good an order of blocks is, by the model of Newell and Pupyrev ("Improved Basic Block Reordering", 2020): an edge that needs no jump is worth most; a short jump is worth something, since its
/// target is likely in the same lines of the cache. Distances are from the end of the source.
/// </summary>
internal static class ExtTspScore
{
    private const double FallThrough = 10;
    private const double JumpInstruction = 0.5;
    private const double ForwardDistance = 1024;
    private const double BackwardDistance = 680;

    /// <summary>Worth of an edge.</summary>
    /// <param name="sourceEnd">Place of the end of the block that is left.</param>
    /// <param name="target">Place of the block that is entered.</param>
    /// <param name="edge">The edge.</param>
    public static double Of(long sourceEnd, long target, in FlowEdge edge)
    {
        long distance = target - sourceEnd;
        return distance == 0 ? Adjacent(edge)
            : distance > 0 ? (distance < ForwardDistance ? edge.Count * (1 - (distance / ForwardDistance)) : 0)
            : -distance < BackwardDistance ? edge.Count * (1 + (distance / BackwardDistance)) : 0;
    }

    /// <summary>The same, and what a jump costs that only leads elsewhere: an instruction, half as much as the branch itself, which one with a condition does not cost.</summary>
    public static double WithJumps(long sourceEnd, long target, in FlowEdge edge) =>
        Of(sourceEnd, target, edge) + (sourceEnd == target ? FallThrough * JumpInstruction * edge.JumpsSaved : 0);

    /// <summary>Worth of an edge to the block right behind.</summary>
    private static double Adjacent(in FlowEdge edge) => edge.IsIndirect ? edge.Count : FallThrough * edge.Count;

    /// <summary>Score of blocks at places. Edges from a block to itself are the same in every order, and are left out.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="places">Place of each block; negative ones are in another section.</param>
    public static double Of(FlowGraph graph, ReadOnlySpan<long> places)
    {
        double score = 0;
        foreach (var edge in graph.Edges)
        {
            if (edge.From != edge.To && places[edge.From] >= 0 && places[edge.To] >= 0)
            {
                score += Of(places[edge.From] + graph.Sizes[edge.From], places[edge.To], edge);
            }
        }

        return score;
    }

    /// <summary>What no order of these functions can exceed; at least 1.</summary>
    public static double Highest(IEnumerable<FlowGraph> graphs) =>
        Math.Max(1, graphs.Sum(g => g.Edges.Where(e => e.From != e.To).Sum(e => Adjacent(e))));

    /// <summary>Places of blocks that stand one behind the other; −1 for those that are not among them.</summary>
    public static long[] Places(FlowGraph graph, ReadOnlySpan<int> order)
    {
        long[] places = new long[graph.Sizes.Length];
        places.AsSpan().Fill(-1);
        long next = 0;
        foreach (int block in order)
        {
            places[block] = next;
            next += graph.Sizes[block];
        }

        return places;
    }
}
