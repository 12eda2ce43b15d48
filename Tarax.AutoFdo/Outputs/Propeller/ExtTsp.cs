using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// An order of a function's blocks with a high <see cref="ExtTspScore"/>, as Newell and Pupyrev describe it: chains of blocks, of which the two are joined that gain most, one behind the other, or one
/// put between two pieces of the other. The first block stays first. The same graph gives the same order.
/// </summary>
internal sealed class ExtTsp
{
    /// <summary>Chains are split at every block up to this length; up to the next, only where an edge leads from or to the other chain's ends; longer ones are not split.</summary>
    private const int LongestSplitAnywhere = 64;
    private const int LongestSplit = 256;

    /// <summary>Edges within a chain that are looked at anew, for all of its splits. A chain of 64 blocks has some hundred edges, and needs a tenth; in interpreters each operation leads to each other.</summary>
    private const long MostWork = 1 << 16;

    /// <summary>Beside more neighbours than this a chain is split the less: each time it is joined, all are considered again.</summary>
    private const int ManyNeighbours = 16;

    /// <summary>Of a chain with more neighbours than this, those that only it had are considered again when their turn comes: a switch with thousands of cases would take time with their square.</summary>
    private const int ManyMoreNeighbours = 256;

    private readonly FlowGraph _graph;
    private readonly BlockChain?[] _chains;
    private readonly BlockChain[] _chainOf;
    private readonly long[] _places;
    private readonly int[] _indices;
    private readonly PriorityQueue<Candidate, Candidate> _candidates = new(new BestFirst());

    private ExtTsp(FlowGraph graph)
    {
        _graph = graph;
        int blocks = graph.Sizes.Length;
        _places = new long[blocks];
        _indices = new int[blocks];
        _chainOf = new BlockChain[blocks];
        for (int i = 0; i < blocks; i++)
        {
            _chainOf[i] = new BlockChain(i, i, graph.Sizes[i]);
        }

        _chains = [.. _chainOf];
        foreach (var edge in graph.Edges)
        {
            if (edge.From != edge.To && edge.Count > 0)
            {
                Between(_chainOf[edge.From], edge.To).Add(edge);
                Between(_chainOf[edge.To], edge.From).Add(edge);
            }
        }
    }

    /// <summary>The order: each block once, the first one first.</summary>
    public static int[] Order(FlowGraph graph)
    {
        var search = new ExtTsp(graph);
        search.JoinOnlyWays();
        search.JoinBest();
        return search.Joined();
    }

    private static List<FlowEdge> Between(BlockChain chain, int other)
    {
        if (!chain.Outer.TryGetValue(other, out var edges))
        {
            chain.Outer.Add(other, edges = []);
        }

        return edges;
    }

    /// <summary>A block that only leads to one that only it leads to has it behind it in every good order.</summary>
    private void JoinOnlyWays()
    {
        int blocks = _graph.Sizes.Length;
        int[] next = new int[blocks];
        int[] before = new int[blocks];
        next.AsSpan().Fill(-1);
        before.AsSpan().Fill(-1);
        foreach (var edge in _graph.Edges)
        {
            if (edge.Count > 0)
            {
                next[edge.From] = next[edge.From] == -1 ? edge.To : -2;
                before[edge.To] = before[edge.To] == -1 ? edge.From : -2;
            }
        }

        for (int i = 0; i < blocks; i++)
        {
            if (next[i] > 0 && before[next[i]] == i && _chainOf[i] != _chainOf[next[i]])
            {
                Join(_chainOf[i], _chainOf[next[i]], [.. _chainOf[i].Blocks, .. _chainOf[next[i]].Blocks]);
            }
        }
    }

    private void JoinBest()
    {
        foreach (var chain in _chains)
        {
            foreach (int other in chain?.Outer.Keys.AsEnumerable() ?? [])
            {
                if (chain!.Id < other)
                {
                    Consider(chain, _chains[other]!);
                }
            }
        }

        while (_candidates.TryDequeue(out var best, out _))
        {
            if (_chains[best.First] is not { } first || _chains[best.Second] is not { } second || first.Version != best.FirstVersion || second.Version != best.SecondVersion)
            {
                // One of them was joined with another since.
                if (_chains[best.First] is { } one && _chains[best.Second] is { } other && (one.IsHub || other.IsHub) && one.Outer.ContainsKey(other.Id))
                {
                    Consider(one, other);
                }

                continue;
            }

            bool isHub = first.Outer.Count > ManyMoreNeighbours;
            int[] others = isHub ? [.. second.Outer.Keys.Where(k => k != first.Id)] : [];
            var joined = Join(first, second, Arranged(best.IsReversed ? second : first, best.IsReversed ? first : second, best.Arrangement));
            joined.IsHub |= isHub;
            foreach (int other in isHub ? others : joined.Outer.Keys.AsEnumerable())
            {
                var neighbour = _chains[other]!;
                Consider(joined.Id < other ? joined : neighbour, joined.Id < other ? neighbour : joined);
            }
        }
    }

    /// <summary>All chains, the first block's first, then those that run most for their size.</summary>
    private int[] Joined()
    {
        double Density(BlockChain chain) => chain.Blocks.Sum(b => (double)_graph.Counts[b]) / Math.Max(chain.Size, 1);
        var ordered = _chains.OfType<BlockChain>().Select(c => (Chain: c, Density: Density(c))).OrderBy(c => c.Chain.Blocks[0] == 0 ? 0 : 1).ThenByDescending(c => c.Density).ThenBy(c => c.Chain.Id);
        return [.. ordered.SelectMany(c => c.Chain.Blocks)];
    }

    /// <summary>Finds out what it gains to join two chains, and how.</summary>
    private void Consider(BlockChain first, BlockChain second)
    {
        var best = new Candidate(first.Id, second.Id, first.Version, second.Version, IsReversed: false, default, 0);
        Try(first, second, isReversed: false, ref best);
        Try(second, first, isReversed: true, ref best);
        if (best.Gain > 0)
        {
            _candidates.Enqueue(best, best);
        }
    }

    /// <summary>One chain behind another, or within it.</summary>
    private void Try(BlockChain host, BlockChain guest, bool isReversed, ref Candidate best)
    {
        if (guest.Blocks[0] == 0)
        {
            return; // What has the first block begins with it.
        }

        var across = CollectionsMarshal.AsSpan(host.Outer[guest.Id]);
        Try(host, guest, new Arrangement(ArrangementKind.Behind, host.Blocks.Length), across, isReversed, ref best);
        int length = host.Blocks.Length;
        if (length == 1 || length > LongestSplit)
        {
            return;
        }

        bool[]? worthwhile = length <= LongestSplitAnywhere ? null : EndsOfWays(host, guest, across);
        long splits = worthwhile?.Count(w => w) ?? length - 1;
        if (splits * host.Inner.Count * Math.Max(1, Math.Max(host.Outer.Count, guest.Outer.Count) / ManyNeighbours) > MostWork)
        {
            return;
        }

        var bounds = BoundsOf(host);
        var within = bounds.Within(guest.Size);
        for (int at = 1; at < length; at++)
        {
            if (worthwhile?[at] == false)
            {
                continue;
            }

            Try(host, guest, new Arrangement(ArrangementKind.Within, at), across, isReversed, ref best, within[at]);
            if (host.Blocks[0] != 0)
            {
                Try(host, guest, new Arrangement(ArrangementKind.GuestThenTurned, at), across, isReversed, ref best, bounds.Turned[at]);
                Try(host, guest, new Arrangement(ArrangementKind.TurnedThenGuest, at), across, isReversed, ref best, bounds.Turned[at]);
            }
        }
    }

    private SplitBounds BoundsOf(BlockChain chain)
    {
        if (chain.Bounds is not { } known || known.Version != chain.Version)
        {
            chain.Bounds = known = new SplitBounds(chain, _places, _indices, _graph);
        }

        return known;
    }

    private static bool[] EndsOfWays(BlockChain host, BlockChain guest, ReadOnlySpan<FlowEdge> across)
    {
        bool[] ends = new bool[host.Blocks.Length + 1];
        foreach (var edge in across)
        {
            if (edge.To == guest.Blocks[0])
            {
                ends[Array.IndexOf(host.Blocks, edge.From) + 1] = true;
            }
            else if (edge.From == guest.Blocks[^1])
            {
                ends[Array.IndexOf(host.Blocks, edge.To)] = true;
            }
        }

        return ends;
    }

    private void Try(BlockChain host, BlockChain guest, Arrangement arrangement, ReadOnlySpan<FlowEdge> across, bool isReversed, ref Candidate best, double innerGain = 0)
    {
        // Places within the chains stay what they are, unless pieces move.
        long split = arrangement.At < host.Blocks.Length ? _places[host.Blocks[arrangement.At]] : host.Size;
        var (head, tail, within) = arrangement.Kind switch
        {
            ArrangementKind.Within => (0L, guest.Size, split),
            ArrangementKind.GuestThenTurned => (guest.Size + host.Size - split, guest.Size - split, 0L),
            ArrangementKind.TurnedThenGuest => (host.Size - split, -split, host.Size),
            _ => (0L, 0L, host.Size),
        };
        long PlaceOf(int block) => _chainOf[block] == guest ? _places[block] + within : _places[block] + (_places[block] < split ? head : tail);
        double score = 0;
        foreach (var edge in across)
        {
            score += ExtTspScore.WithJumps(PlaceOf(edge.From) + _graph.Sizes[edge.From], PlaceOf(edge.To), edge);
        }

        double gain = score;
        if (arrangement.Kind != ArrangementKind.Behind)
        {
            // More than what sums in another order differ by.
            const double Rounding = 1e-11;
            if (score + innerGain + (Rounding * (score + host.Score + host.Bounds!.Largest + best.Gain)) < best.Gain)
            {
                return;
            }

            foreach (var edge in CollectionsMarshal.AsSpan(host.Inner))
            {
                gain += ExtTspScore.WithJumps(PlaceOf(edge.From) + _graph.Sizes[edge.From], PlaceOf(edge.To), edge);
            }

            gain -= host.Score;
        }

        if (gain > best.Gain)
        {
            best = best with { Gain = gain, Arrangement = arrangement, IsReversed = isReversed };
        }
    }

    private static int[] Arranged(BlockChain host, BlockChain guest, Arrangement arrangement)
    {
        var (head, tail) = (host.Blocks[..arrangement.At], host.Blocks[arrangement.At..]);
        return arrangement.Kind switch
        {
            ArrangementKind.Within => [.. head, .. guest.Blocks, .. tail],
            ArrangementKind.GuestThenTurned => [.. guest.Blocks, .. tail, .. head],
            ArrangementKind.TurnedThenGuest => [.. tail, .. head, .. guest.Blocks],
            _ => [.. head, .. guest.Blocks],
        };
    }

    private BlockChain Join(BlockChain a, BlockChain b, int[] blocks)
    {
        var (kept, gone) = a.Id < b.Id ? (a, b) : (b, a);
        kept.Inner.AddRange(gone.Inner);
        kept.Inner.AddRange(kept.Outer[gone.Id]);
        kept.Outer.Remove(gone.Id);
        foreach (var (other, edges) in gone.Outer)
        {
            if (other != kept.Id)
            {
                Between(kept, other).AddRange(edges);
                var neighbour = _chains[other]!;
                Between(neighbour, kept.Id).AddRange(edges);
                neighbour.Outer.Remove(gone.Id);
            }
        }

        _chains[gone.Id] = null;
        kept.Blocks = blocks;
        kept.Size += gone.Size;
        kept.Version++;
        long place = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            int block = blocks[i];
            _chainOf[block] = kept;
            _places[block] = place;
            _indices[block] = i;
            place += _graph.Sizes[block];
        }

        kept.Score = 0;
        foreach (var edge in CollectionsMarshal.AsSpan(kept.Inner))
        {
            kept.Score += ExtTspScore.WithJumps(_places[edge.From] + _graph.Sizes[edge.From], _places[edge.To], edge);
        }

        return kept;
    }

    private enum ArrangementKind
    {
        /// <summary>The guest behind the host.</summary>
        Behind,

        /// <summary>The host's head, the guest, the host's tail.</summary>
        Within,

        /// <summary>The guest, the host's tail, the host's head.</summary>
        GuestThenTurned,

        /// <summary>The host's tail, the host's head, the guest.</summary>
        TurnedThenGuest,
    }

    private readonly record struct Arrangement(ArrangementKind Kind, int At);

    private readonly record struct Candidate(int First, int Second, int FirstVersion, int SecondVersion, bool IsReversed, Arrangement Arrangement, double Gain);

    private sealed class BestFirst : IComparer<Candidate>
    {
        public int Compare(Candidate x, Candidate y) =>
            x.Gain != y.Gain ? y.Gain.CompareTo(x.Gain) : x.First != y.First ? x.First.CompareTo(y.First) : x.Second.CompareTo(y.Second);
    }
}
