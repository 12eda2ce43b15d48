using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// What the edges within a chain gain at most where it is split, whatever is put there. It is added up in another order than the gain itself, and so only tells which splits need not be looked at.
/// </summary>
internal sealed class SplitBounds
{
    private readonly double[] _within;
    private readonly double[] _turned;

    /// <param name="chain">The chain.</param>
    /// <param name="places">Places of its blocks in it.</param>
    /// <param name="graph">The function.</param>
    public SplitBounds(BlockChain chain, long[] places, FlowGraph graph)
    {
        (Version, _within, _turned) = (chain.Version, new double[chain.Blocks.Length], new double[chain.Blocks.Length]);
        var edges = CollectionsMarshal.AsSpan(chain.Inner);
        var lost = new Dictionary<long, double>();
        foreach (var edge in edges)
        {
            long end = places[edge.From] + graph.Sizes[edge.From];
            if (end == places[edge.To])
            {
                lost[end] = lost.GetValueOrDefault(end) + ExtTspScore.WithJumps(end, end, edge) - edge.Count;
            }
        }

        for (int at = 1; at < _within.Length; at++)
        {
            long split = places[chain.Blocks[at]];
            _within[at] = -lost.GetValueOrDefault(split);
            double score = 0;
            foreach (var edge in edges)
            {
                long from = places[edge.From] < split ? places[edge.From] + chain.Size - split : places[edge.From] - split;
                long to = places[edge.To] < split ? places[edge.To] + chain.Size - split : places[edge.To] - split;
                score += ExtTspScore.WithJumps(from + graph.Sizes[edge.From], to, edge);
            }

            _turned[at] = score - chain.Score;
        }
    }

    /// <summary>The version of the chain that they are of.</summary>
    public int Version { get; }

    /// <summary>The most where a guest is put between both pieces: it lengthens edges, and ends falling through.</summary>
    public double Within(int at, long guestSize) => guestSize == 0 ? 0 : _within[at];

    /// <summary>Where the pieces are turned round, and stand together.</summary>
    public double Turned(int at) => _turned[at];
}
