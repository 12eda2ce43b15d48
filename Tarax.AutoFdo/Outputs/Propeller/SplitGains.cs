using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// What the edges within a chain gain where it is split. Only edges that lead over the split change, all by the same distance, so that all turns are found out in one pass.
/// </summary>
internal sealed class SplitGains
{
    private readonly Crossing[] _crossings;
    private readonly double[] _turned;

    /// <param name="chain">The chain.</param>
    /// <param name="places">Places of its blocks in it.</param>
    /// <param name="indices">Indices of its blocks in it.</param>
    /// <param name="graph">The function.</param>
    public SplitGains(BlockChain chain, long[] places, int[] indices, FlowGraph graph)
    {
        int length = chain.Blocks.Length;
        (Version, _turned) = (chain.Version, new double[length + 1]);

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
            ref readonly var edge = ref edges[i];
            long end = places[edge.From] + graph.Sizes[edge.From];
            bool isForward = places[edge.From] < places[edge.To];
            var (low, high) = isForward ? (edge.From, edge.To) : (edge.To, edge.From);
            var crossing = new Crossing(edge, next[indices[low]], next[indices[high]], places[edge.To] - end, isForward, ExtTspScore.WithJumps(end, places[edge.To], edge));
            _crossings[i] = crossing;
            if (crossing.First < crossing.End)
            {
                double change = Change(crossing, isForward ? -chain.Size : chain.Size);
                _turned[crossing.First] += change;
                _turned[crossing.End] -= change;
                Largest += crossing.Score + edge.Count;
            }
        }

        Sum(_turned);
        MostTurned = _turned.Max();
    }

    /// <summary>The version of the chain that they are of.</summary>
    public int Version { get; }

    /// <summary>What all edges together may be worth, for the error of sums.</summary>
    public double Largest { get; }

    /// <summary>The most that turning the pieces gains, without a guest.</summary>
    public double MostTurned { get; }

    /// <summary>Where the pieces are turned round, and stand together, by the index of the second piece's first block.</summary>
    public ReadOnlySpan<double> Turned => _turned;

    /// <summary>Where a guest is put between both pieces.</summary>
    /// <param name="at">Index of the second piece's first block.</param>
    /// <param name="guestSize">Its bytes.</param>
    public double Within(int at, long guestSize)
    {
        double sum = 0;
        foreach (ref readonly var crossing in _crossings.AsSpan())
        {
            if (crossing.First <= at && at < crossing.End)
            {
                sum += Change(crossing, crossing.IsForward ? guestSize : -guestSize);
            }
        }

        return sum;
    }

    private static double Change(in Crossing crossing, long longer) => ExtTspScore.WithJumps(0, crossing.Distance + longer, crossing.Edge) - crossing.Score;

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
