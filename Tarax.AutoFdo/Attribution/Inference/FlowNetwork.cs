namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// A network whose flow is to be found. Node 0 is the outside, into which all flow returns, so that as much comes into each node as leaves it.
/// </summary>
/// <remarks>
/// <para>An arc with flow y costs <c>Time · y − Samples · ln y</c>. That is, up to a constant, the negative logarithm of the probability that a Poisson process gives so many
/// samples where <c>Time · y</c> are expected; its least is at <c>y = Samples / Time</c>, the measured frequency. The flow sought is the one with the least sum of
/// costs among those that keep inflow and outflow equal: the most probable one.</para>
/// <para>The costs are convex, so this is a minimum-cost flow; linear costs as of Levin, Newman and Haber ("Complementing missing and inaccurate profiling using a minimum cost circulation
/// algorithm", HiPEAC 2008) and He et al. ("Profile inference revisited", POPL 2022) charge each unit of change alike, whereas here a block
/// with many samples resists more than one with few.</para>
/// </remarks>
internal sealed class FlowNetwork
{
    private readonly List<int> _from;
    private readonly List<int> _to;
    private readonly List<double> _time;
    private readonly List<double> _samples;

    /// <param name="arcs">Arcs for which room is made.</param>
    public FlowNetwork(int arcs = 0) => (_from, _to, _time, _samples) = (new(arcs), new(arcs), new(arcs), new(arcs));

    /// <summary>Number of nodes, the outside included.</summary>
    public int Nodes { get; private set; } = 1;

    /// <summary>Number of arcs.</summary>
    public int Arcs => _from.Count;

    public ReadOnlySpan<int> From => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_from);

    public ReadOnlySpan<int> To => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_to);

    public ReadOnlySpan<double> Time => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_time);

    public ReadOnlySpan<double> Samples => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_samples);

    /// <summary>Adds nodes.</summary>
    /// <returns>The number of the first.</returns>
    public int AddNodes(int count)
    {
        int first = Nodes;
        Nodes += count;
        return first;
    }

    /// <summary>Adds an arc.</summary>
    /// <param name="from">Node that it leaves.</param>
    /// <param name="to">Node that it leads to.</param>
    /// <param name="time">Samples that are expected for a flow of 1; more than 0.</param>
    /// <param name="samples">Samples that were seen; more than 0, a little where there are none.</param>
    /// <returns>Its number.</returns>
    public int AddArc(int from, int to, double time, double samples)
    {
        _from.Add(from);
        _to.Add(to);
        _time.Add(time);
        _samples.Add(samples);
        return _from.Count - 1;
    }
}
