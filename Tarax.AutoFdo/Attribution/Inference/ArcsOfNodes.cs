namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>The arcs at each node of a network.</summary>
internal sealed class ArcsOfNodes
{
    private readonly int[] _start;
    private readonly int[] _arcs;

    public ArcsOfNodes(FlowNetwork network)
    {
        _start = new int[network.Nodes + 1];
        for (int arc = 0; arc < network.Arcs; arc++)
        {
            _start[network.From[arc] + 1]++;
            _start[network.To[arc] + 1]++;
        }

        for (int node = 0; node < network.Nodes; node++)
        {
            _start[node + 1] += _start[node];
        }

        _arcs = new int[_start[network.Nodes]];
        int[] next = _start.AsSpan(0, network.Nodes).ToArray();
        for (int arc = 0; arc < network.Arcs; arc++)
        {
            _arcs[next[network.From[arc]]++] = arc;
            _arcs[next[network.To[arc]]++] = arc;
        }
    }

    /// <summary>The arcs that enter or leave a node; one that does both stands there twice.</summary>
    public ReadOnlySpan<int> this[int node] => _arcs.AsSpan(_start[node].._start[node + 1]);
}
