namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// Whole numbers for a flow, exactly in balance at each node and nowhere below 0. All arcs but those of a spanning tree are rounded; the tree's, which has the largest
/// flows, take what is left over.
/// </summary>
internal sealed class FlowRounding
{
    private readonly FlowNetwork _network;
    private readonly ArcsOfNodes _arcsOf;
    private readonly long[] _flow;

    private FlowRounding(FlowNetwork network)
    {
        _network = network;
        _arcsOf = new ArcsOfNodes(network);
        _flow = new long[network.Arcs];
    }

    /// <summary>Rounds a flow.</summary>
    /// <param name="network">The network, each of whose nodes is reached from node 0 and reaches it.</param>
    /// <param name="flow">The flow of each arc.</param>
    /// <param name="scale">What flows are multiplied by before.</param>
    public static long[] Round(FlowNetwork network, double[] flow, double scale)
    {
        // So that sums of all arcs fit.
        double most = long.MaxValue / 4.0 / Math.Max(network.Arcs, 1);
        var rounding = new FlowRounding(network);
        for (int arc = 0; arc < flow.Length; arc++)
        {
            rounding._flow[arc] = (long)Math.Min(Math.Round(flow[arc] * scale), most);
        }

        rounding.BalanceByTree(flow);
        rounding.LiftNegatives();
        return rounding._flow;
    }

    private void BalanceByTree(double[] flow)
    {
        int[] byFlow = new int[flow.Length];
        for (int i = 0; i < byFlow.Length; i++)
        {
            byFlow[i] = i;
        }

        Array.Sort(byFlow, (a, b) => flow[a] != flow[b] ? flow[b].CompareTo(flow[a]) : a.CompareTo(b));
        int[] rootOf = new int[_network.Nodes];
        for (int i = 0; i < rootOf.Length; i++)
        {
            rootOf[i] = i;
        }

        int Root(int node)
        {
            while (rootOf[node] != node)
            {
                node = rootOf[node] = rootOf[rootOf[node]];
            }

            return node;
        }

        bool[] isInTree = new bool[flow.Length];
        int[] degree = new int[_network.Nodes];
        foreach (int arc in byFlow)
        {
            var (from, to) = (Root(_network.From[arc]), Root(_network.To[arc]));
            if (from != to)
            {
                rootOf[from] = to;
                isInTree[arc] = true;
                degree[_network.From[arc]]++;
                degree[_network.To[arc]]++;
                _flow[arc] = 0;
            }
        }

        // From the leaves inward.
        var leaves = new Queue<int>();
        for (int node = 0; node < degree.Length; node++)
        {
            if (degree[node] == 1)
            {
                leaves.Enqueue(node);
            }
        }

        while (leaves.TryDequeue(out int leaf))
        {
            long excess = 0;
            int open = -1;
            foreach (int arc in _arcsOf[leaf])
            {
                var (from, to) = (_network.From[arc], _network.To[arc]);
                if (from == to)
                {
                    continue;
                }

                excess += to == leaf ? _flow[arc] : -_flow[arc];
                open = isInTree[arc] ? arc : open;
            }

            if (open < 0)
            {
                continue;
            }

            isInTree[open] = false;
            _flow[open] = _network.From[open] == leaf ? excess : -excess;
            int other = _network.From[open] == leaf ? _network.To[open] : _network.From[open];
            if (--degree[other] == 1)
            {
                leaves.Enqueue(other);
            }
        }
    }

    /// <summary>
    /// What is missing in an arc flows around it: from its end out of the network and from there to its start, along arcs that may always take more. That is a
    /// little for arcs that have next to no flow, and is done for all at once.
    /// </summary>
    private void LiftNegatives()
    {
        long[] toOutside = new long[_network.Nodes];
        long[] fromOutside = new long[_network.Nodes];
        bool isMissing = false;
        for (int arc = 0; arc < _flow.Length; arc++)
        {
            if (_flow[arc] < 0)
            {
                isMissing = true;
                toOutside[_network.To[arc]] -= _flow[arc];
                fromOutside[_network.From[arc]] -= _flow[arc];
                _flow[arc] = 0;
            }
        }

        if (isMissing)
        {
            Carry(toOutside, againstArcs: true);
            Carry(fromOutside, againstArcs: false);
        }
    }

    /// <summary>Carries amounts along a tree of shortest ways, the farthest first.</summary>
    /// <param name="amounts">Of each node.</param>
    /// <param name="againstArcs">Whether the tree is searched against the arcs, so that its ways lead to node 0; otherwise they come from it.</param>
    private void Carry(long[] amounts, bool againstArcs)
    {
        int[] wayOf = new int[_network.Nodes];
        Array.Fill(wayOf, -1);
        var found = new List<int> { 0 };
        for (int i = 0; i < found.Count; i++)
        {
            foreach (int arc in _arcsOf[found[i]])
            {
                var (near, far) = againstArcs ? (_network.To[arc], _network.From[arc]) : (_network.From[arc], _network.To[arc]);
                if (near == found[i] && far != 0 && wayOf[far] < 0)
                {
                    wayOf[far] = arc;
                    found.Add(far);
                }
            }
        }

        for (int i = found.Count - 1; i > 0; i--)
        {
            int arc = wayOf[found[i]];
            _flow[arc] += amounts[found[i]];
            amounts[againstArcs ? _network.To[arc] : _network.From[arc]] += amounts[found[i]];
        }
    }
}
