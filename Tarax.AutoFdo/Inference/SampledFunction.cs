using Tarax.AutoFdo.Disassembly;

namespace Tarax.AutoFdo.Inference;

/// <summary>The blocks of a function and the samples of its instructions.</summary>
/// <param name="graph">Its control flow.</param>
/// <param name="samples">Samples of each instruction, by its index.</param>
internal sealed class SampledFunction(ControlFlowGraph graph, ulong[] samples)
{
    /// <summary>Counts for an execution of which one sample is expected, so that rare blocks have counts too.</summary>
    private const double Scale = 100;

    private readonly Evidence[] _ofEdge = EvidenceOfEdges(graph);

    public ControlFlowGraph Graph => graph;

    /// <summary>All samples.</summary>
    public ulong Total { get; } = SumOf(samples);

    /// <summary>Executions, in proportion to each other and to those of other functions.</summary>
    public FunctionFlow Flow { get; private set; } = new([], []);

    /// <summary>Finds the executions of blocks and edges.</summary>
    public void Infer(InstructionTimes times)
    {
        var ofBlock = new Evidence[graph.Blocks.Count];
        for (int block = 0; block < ofBlock.Length; block++)
        {
            double time = 0;
            double seen = 0;
            var (first, last) = (graph.Blocks[block].First, graph.Blocks[block].Last);
            for (int i = first; i <= last; i++)
            {
                time += times.Of(times.KindAt(graph.Instructions, i, i == first));
                seen += samples[i];
            }

            ofBlock[block] = new Evidence(time, seen);
        }

        Flow = FunctionFlow.Infer(graph, ofBlock, _ofEdge, Scale);
    }

    /// <summary>Adds the samples and executions of each kind of instruction.</summary>
    public void AddTo(double[] samplesOfKind, double[] executionsOfKind, InstructionTimes times)
    {
        for (int block = 0; block < Flow.Blocks.Length; block++)
        {
            var (first, last) = (graph.Blocks[block].First, graph.Blocks[block].Last);
            for (int i = first; i <= last; i++)
            {
                int kind = (int)times.KindAt(graph.Instructions, i, i == first);
                samplesOfKind[kind] += samples[i];
                executionsOfKind[kind] += Flow.Blocks[block] / Scale;
            }
        }
    }

    /// <summary>The logarithm of the probability of the samples, up to what does not depend on times and executions.</summary>
    public double LogLikelihood(InstructionTimes times)
    {
        double sum = 0;
        for (int block = 0; block < Flow.Blocks.Length; block++)
        {
            double executions = Math.Max(Flow.Blocks[block], Evidence.Least) / Scale;
            var (first, last) = (graph.Blocks[block].First, graph.Blocks[block].Last);
            for (int i = first; i <= last; i++)
            {
                double expected = executions * times.Of(times.KindAt(graph.Instructions, i, i == first));
                sum += (samples[i] * Math.Log(expected)) - expected;
            }
        }

        return sum;
    }

    private static ulong SumOf(ulong[] samples)
    {
        ulong sum = 0;
        foreach (ulong count in samples)
        {
            sum = Samples.SaturatingSum.Of(sum, count);
        }

        return sum;
    }

    private static Evidence[] EvidenceOfEdges(ControlFlowGraph graph)
    {
        var ofEdge = new Evidence[graph.Edges.Count];
        for (int i = 0; i < ofEdge.Length; i++)
        {
            ofEdge[i] = graph.Edges[i].Kind == FlowEdgeKind.Unseen ? Evidence.Unlikely : Evidence.None;
        }

        return ofEdge;
    }
}
