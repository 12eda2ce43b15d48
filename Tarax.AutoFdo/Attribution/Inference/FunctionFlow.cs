using Tarax.AutoFdo.Binaries.Disassembly;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>What was seen of a block or an edge.</summary>
/// <param name="Time">How much of it is expected for one execution; more than 0.</param>
/// <param name="Seen">How much of it there was.</param>
internal readonly record struct Evidence(double Time, double Seen)
{
    /// <summary>
    /// What counts as seen besides, so that what was never seen has a little flow.
    /// </summary>
    public const double Least = 0.01;

    /// <summary>An edge of which nothing is known; it takes next to no time.</summary>
    public static Evidence None => new(0.01, 0);

    /// <summary>A way that the code does not show: it is taken only where nothing else explains the rest.</summary>
    public static Evidence Unlikely => new(10, 0);
}

/// <summary>The executions of all blocks and edges of a function that the evidence makes most probable.</summary>
internal sealed class FunctionFlow
{
    private readonly ControlFlowGraph? _graph;
    private readonly SeriesReduction? _series;
    private readonly double[] _flow = [];
    private readonly double _scale;

    /// <summary>Multiplications for one function: some hundredths of a second. Functions that take more get a coarser answer.</summary>
    private const long MostOperations = 60_000_000;

    private FunctionFlow(ControlFlowGraph graph, SeriesReduction series, double[] flow, double scale)
    {
        (_graph, _series, _flow, _scale) = (graph, series, flow, scale);
        long[] rounded = FlowRounding.Round(series.Reduced, flow, scale);
        Blocks = new long[graph.Blocks.Count];
        for (int i = 0; i < Blocks.Length; i++)
        {
            Blocks[i] = graph.IsFiller(i) ? 0 : rounded[series.ArcOf[i]];
        }

        Edges = new long[graph.Edges.Count];
        for (int i = 0; i < Edges.Length; i++)
        {
            Edges[i] = rounded[series.ArcOf[Blocks.Length + i]];
        }
    }

    private FunctionFlow()
    {
    }

    /// <summary>What is not known yet.</summary>
    public static FunctionFlow Unknown { get; } = new();

    /// <summary>Executions of each block.</summary>
    public long[] Blocks { get; } = [];

    /// <summary>Executions of each edge. At each block those that lead to it, and those that lead away, have the block's sum.</summary>
    public long[] Edges { get; } = [];

    /// <summary>Finds the flow.</summary>
    /// <param name="graph">The function's control flow.</param>
    /// <param name="ofBlock">What was seen of each block.</param>
    /// <param name="ofEdge">What was seen of each edge.</param>
    /// <param name="scale">What executions are multiplied by before they are rounded.</param>
    public static FunctionFlow Infer(ControlFlowGraph graph, Evidence[] ofBlock, Evidence[] ofEdge, double scale)
    {
        var series = SeriesReduction.Of(NetworkOf(graph, ofBlock, ofEdge));
        return new FunctionFlow(graph, series, FlowSolver.Solve(series.Reduced, MostOperations), scale);
    }

    /// <summary>The same executions, multiplied, and again in balance.</summary>
    public FunctionFlow MultipliedBy(double factor) => _series is null ? this : new FunctionFlow(_graph!, _series, _flow, _scale * factor);

    /// <summary>A node before and one behind each block, with an arc between them, and an arc for each edge.</summary>
    private static FlowNetwork NetworkOf(ControlFlowGraph graph, Evidence[] ofBlock, Evidence[] ofEdge)
    {
        var network = new FlowNetwork(ofBlock.Length + ofEdge.Length);
        network.AddNodes(2 * ofBlock.Length);
        for (int block = 0; block < ofBlock.Length; block++)
        {
            // A filler goes around by itself.
            int before = 1 + (2 * block);
            network.AddArc(before, graph.IsFiller(block) ? before : before + 1, ofBlock[block].Time, ofBlock[block].Seen + Evidence.Least);
        }

        for (int i = 0; i < ofEdge.Length; i++)
        {
            var edge = graph.Edges[i];
            network.AddArc(edge.From < 0 ? 0 : 2 + (2 * edge.From), edge.To < 0 ? 0 : 1 + (2 * edge.To), ofEdge[i].Time, ofEdge[i].Seen + Evidence.Least);
        }

        return network;
    }
}
