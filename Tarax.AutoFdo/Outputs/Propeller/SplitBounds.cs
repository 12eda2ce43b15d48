using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// What the edges within a chain gain where it is split. Only edges that lead over the split change, all by the same distance, so that all splits are found out in one pass. It is added up in another order
/// than the gain itself, and so only tells which splits need not be looked at.
/// </summary>
internal sealed class SplitBounds
{
    private readonly Crossing[] _crossings;
    private readonly double[] _within;
    private readonly double[] _turned;

    /// <param name="chain">The chain.</param>
    /// <param name="places">Places of its blocks in it.</param>
    /// <param name="indices">Indices of its blocks in it.</param>
    /// <param name="graph">The function.</param>
    public SplitBounds(BlockChain chain, long[] places, int[] indices, FlowGraph graph)
    {
        int length = chain.Blocks.Length;
        (Version, _within, _turned) = (chain.Version, new double[length + 1], new double[length + 1]);

        // Of blocks of one place, which have no bytes between them, all stand on one side.
        int[] next = new int[length];
        for (int i = length - 1; i >= 0; i--)
        {
            next[i] = i + 1 < length && places[chain.Blocks[i]] == places[chain.Blocks[i + 1]] ? next[i + 1] : i + 1;
        }

        var edges = CollectionsMarshal.AsSpan(chain.Inner);
        _crossings = new Crossing[edges.Length];
        for (int i = 0; i < edges.Length; i++)
        {
            var edge = edges[i];
            long end = places[edge.From] + graph.Sizes[edge.From];
            bool isForward = places[edge.From] < places[edge.To];
            var (low, high) = isForward ? (edge.From, edge.To) : (edge.To, edge.From);
            var crossing = new Crossing(edge, next[indices[low]], next[indices[high]], places[edge.To] - end, isForward, ExtTspScore.WithJumps(end, places[edge.To], edge));
            _crossings[i] = crossing;
            if (crossing.First < crossing.End)
            {
                Add(_turned, crossing, isForward ? -chain.Size : chain.Size);
                Largest += crossing.Score + edge.Count;
            }
        }

        Sum(_turned);
    }

    /// <summary>The version of the chain that they are of.</summary>
    public int Version { get; }

    /// <summary>What all edges together may be worth, for the error of sums.</summary>
    public double Largest { get; }

    /// <summary>Where the pieces are turned round, and stand together, by the index of the second piece's first block.</summary>
    public ReadOnlySpan<double> Turned => _turned;

    /// <summary>Where a guest is put between both pieces, by the index of the second piece's first block; until it is asked for the next guest.</summary>
    public ReadOnlySpan<double> Within(long guestSize)
    {
        _within.AsSpan().Clear();
        foreach (var crossing in _crossings)
        {
            if (crossing.First < crossing.End)
            {
                Add(_within, crossing, crossing.IsForward ? guestSize : -guestSize);
            }
        }

        Sum(_within);
        return _within;
    }

    private static void Add(double[] changes, in Crossing crossing, long longer)
    {
        double change = ExtTspScore.WithJumps(0, crossing.Distance + longer, crossing.Edge) - crossing.Score;
        changes[crossing.First] += change;
        changes[crossing.End] -= change;
    }

    private static void Sum(double[] changes)
    {
        double sum = 0;
        for (int i = 0; i < changes.Length; i++)
        {
            sum += changes[i];
            changes[i] = sum;
        }
    }

    /// <summary>An edge, and the splits that it leads over: from the first up to the end.</summary>
    private readonly record struct Crossing(FlowEdge Edge, int First, int End, long Distance, bool IsForward, double Score);
}
