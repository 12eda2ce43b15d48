namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// A network without the nodes that one arc enters and one leaves: these two have the same flow, so they become one, whose times and samples are the sums.
/// </summary>
internal sealed class SeriesReduction
{
    private SeriesReduction(FlowNetwork reduced, int[] arcOf)
    {
        Reduced = reduced;
        ArcOf = arcOf;
    }

    /// <summary>The smaller network.</summary>
    public FlowNetwork Reduced { get; }

    /// <summary>The arc of the smaller network for each of the larger one's.</summary>
    public int[] ArcOf { get; }

    public static SeriesReduction Of(FlowNetwork network)
    {
        var (inOf, outOf) = (new int[network.Nodes], new int[network.Nodes]);
        int[] outArc = new int[network.Nodes];
        for (int arc = 0; arc < network.Arcs; arc++)
        {
            inOf[network.To[arc]]++;
            outOf[network.From[arc]]++;
            outArc[network.From[arc]] = arc;
        }

        bool IsPassed(int node) => node != 0 && inOf[node] == 1 && outOf[node] == 1;
        var reduced = new FlowNetwork(network.Arcs);
        int[] nodeOf = new int[network.Nodes];
        for (int node = 1; node < network.Nodes; node++)
        {
            nodeOf[node] = IsPassed(node) ? -1 : reduced.AddNodes(1);
        }

        int[] arcOf = new int[network.Arcs];
        Array.Fill(arcOf, -1);
        for (int arc = 0; arc < network.Arcs; arc++)
        {
            if (!IsPassed(network.From[arc]))
            {
                Follow(arc, nodeOf[network.From[arc]]);
            }
        }

        // What is left are rings without an end.
        for (int arc = 0; arc < network.Arcs; arc++)
        {
            if (arcOf[arc] < 0)
            {
                nodeOf[network.From[arc]] = reduced.AddNodes(1);
                Follow(arc, nodeOf[network.From[arc]]);
            }
        }

        return new SeriesReduction(reduced, arcOf);

        void Follow(int arc, int start)
        {
            double time = 0;
            double samples = 0;
            int number = reduced.Arcs;
            int last = arc;
            for (int next = arc; ; next = outArc[network.To[last]])
            {
                last = next;
                arcOf[last] = number;
                time += network.Time[last];
                samples += network.Samples[last];
                if (nodeOf[network.To[last]] >= 0)
                {
                    break;
                }
            }

            reduced.AddArc(start, nodeOf[network.To[last]], time, samples);
        }
    }
}
