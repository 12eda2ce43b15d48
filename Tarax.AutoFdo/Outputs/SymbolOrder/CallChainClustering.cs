namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>Code that is laid out as a whole.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Weight">How much runs in it: samples, or bytes that ran.</param>
internal readonly record struct ClusteredNode(ulong Size, ulong Weight);

/// <summary>Calls from one node to another.</summary>
/// <param name="From">Index of the caller.</param>
/// <param name="To">Index of what is called.</param>
/// <param name="Weight">How often.</param>
internal readonly record struct ClusteredArc(int From, int To, ulong Weight);

/// <summary>
/// Call-chain clustering (C3; Ottoni and Maher, "Optimizing Function Placement for Large-Scale Data-Center Applications", CGO 2017): each node, the hottest first, is put behind the node that calls it
/// most, with all that was put together with either, unless that becomes too large or thins a hot cluster out. Clusters are laid out by density. The time is that of sorting; equal ones keep the order
/// of their indices, so the result depends on nothing else.
/// </summary>
internal static class CallChainClustering
{
    /// <summary>Where clusters end to grow: a large page. In the paper it is a page, for pages of 2 MB half as much is given here to each side of its boundary.</summary>
    private const ulong LargestCluster = 1 << 20;

    /// <summary>A caller's cluster is not joined where that leaves less than one in so many of its density, as in the linkers that sort by call graphs.</summary>
    private const ulong MostThinning = 8;

    /// <summary>A caller that makes less than one in so many of the calls does not matter to what it calls.</summary>
    private const ulong LeastShare = 10;

    /// <summary>The order of nodes.</summary>
    /// <param name="nodes">The nodes; those that have no weight are laid out last, in their own order.</param>
    /// <param name="arcs">The calls, in any order; of a node to itself they do not matter.</param>
    /// <returns>The indices of all nodes.</returns>
    public static int[] Order(IReadOnlyList<ClusteredNode> nodes, IEnumerable<ClusteredArc> arcs)
    {
        var (caller, calls) = LikeliestCallers(nodes.Count, arcs);
        var clusters = new Clusters(nodes);
        foreach (int node in ByWeight(nodes))
        {
            // A caller that makes few of the calls says little about where they come from.
            bool hasCaller = nodes[node].Weight > 0 && caller[node].Weight > 0 && caller[node].Weight >= calls[node] / LeastShare;
            if (hasCaller)
            {
                clusters.JoinBehind(clusters.Of(caller[node].From), clusters.Of(node));
            }
        }

        return clusters.InOrder();
    }

    private static int[] ByWeight(IReadOnlyList<ClusteredNode> nodes)
    {
        int[] order = [.. Enumerable.Range(0, nodes.Count)];
        Array.Sort(order, (a, b) => nodes[a].Weight != nodes[b].Weight ? nodes[b].Weight.CompareTo(nodes[a].Weight) : a.CompareTo(b));
        return order;
    }

    /// <summary>Who calls each node most, and how often it is called in all.</summary>
    private static (ClusteredArc[] Most, ulong[] All) LikeliestCallers(int count, IEnumerable<ClusteredArc> arcs)
    {
        ClusteredArc[] sorted = [.. arcs.Where(a => a.From != a.To && a.Weight > 0)];
        Array.Sort(sorted, (a, b) => a.To != b.To ? a.To.CompareTo(b.To) : a.From.CompareTo(b.From));
        var most = new ClusteredArc[count];
        ulong[] all = new ulong[count];
        for (int i = 0; i < sorted.Length;)
        {
            var arc = sorted[i++];
            for (; i < sorted.Length && sorted[i].To == arc.To && sorted[i].From == arc.From; i++)
            {
                arc = arc with { Weight = Sum(arc.Weight, sorted[i].Weight) };
            }

            all[arc.To] = Sum(all[arc.To], arc.Weight);
            most[arc.To] = arc.Weight > most[arc.To].Weight ? arc : most[arc.To];
        }

        return (most, all);
    }

    private static ulong Sum(ulong left, ulong right) => Numbers.SaturatingSum.Of(left, right);

    /// <summary>Nodes that were put together: a list of each, whose first node is found by halving paths.</summary>
    private sealed class Clusters
    {
        private readonly int[] _parent;
        private readonly int[] _next;
        private readonly int[] _last;
        private readonly ulong[] _size;
        private readonly ulong[] _weight;

        public Clusters(IReadOnlyList<ClusteredNode> nodes)
        {
            _parent = [.. Enumerable.Range(0, nodes.Count)];
            _last = [.. _parent];
            _next = new int[nodes.Count];
            Array.Fill(_next, -1);
            _size = [.. nodes.Select(n => Math.Max(n.Size, 1))];
            _weight = [.. nodes.Select(n => n.Weight)];
        }

        /// <summary>The cluster of a node: its first one.</summary>
        public int Of(int node)
        {
            while (_parent[node] != node)
            {
                node = _parent[node] = _parent[_parent[node]];
            }

            return node;
        }

        /// <summary>Puts a cluster behind another, where that is good for both.</summary>
        public void JoinBehind(int first, int second)
        {
            ulong size = Sum(_size[first], _size[second]);
            ulong weight = Sum(_weight[first], _weight[second]);
            bool isThinned = (UInt128)weight * _size[first] * MostThinning < (UInt128)_weight[first] * size;
            if (first == second || size > LargestCluster || isThinned)
            {
                return;
            }

            _parent[second] = first;
            _next[_last[first]] = second;
            _last[first] = _last[second];
            (_size[first], _weight[first]) = (size, weight);
        }

        /// <summary>All nodes, those of the densest cluster first.</summary>
        public int[] InOrder()
        {
            int[] clusters = [.. Enumerable.Range(0, _parent.Length).Where(n => _parent[n] == n)];
            Array.Sort(clusters, (a, b) =>
            {
                int byDensity = ((UInt128)_weight[b] * _size[a]).CompareTo((UInt128)_weight[a] * _size[b]);
                return byDensity != 0 ? byDensity : a.CompareTo(b);
            });
            int[] order = new int[_parent.Length];
            int at = 0;
            foreach (int cluster in clusters)
            {
                for (int node = cluster; node >= 0; node = _next[node])
                {
                    order[at++] = node;
                }
            }

            return order;
        }
    }
}
