using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>The blocks of a function and the samples of its instructions.</summary>
/// <param name="graph">Its control flow.</param>
/// <param name="samples">Samples of each instruction, by its index.</param>
internal sealed class SampledFunction(ControlFlowGraph graph, ulong[] samples)
{
    /// <summary>Counts for an execution of which one sample is expected, so that rare blocks have counts too.</summary>
    public const double Scale = 100;

    private readonly Evidence[] _ofEdge = EvidenceOfEdges(graph);
    private BlockEntries? _entries;

    public ControlFlowGraph Graph => graph;

    /// <summary>All samples.</summary>
    public ulong Total { get; } = SumOf(samples);

    /// <summary>Executions, in proportion to each other and to those of other functions.</summary>
    public FunctionFlow Flow { get; private set; } = FunctionFlow.Unknown;

    /// <summary>Calls of the function.</summary>
    public double Entries
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Flow.Edges.Length; i++)
            {
                bool isEntry = graph.Edges[i] is { From: < 0, Kind: FlowEdgeKind.CallOrReturn };
                sum += isEntry ? Flow.Edges[i] : 0;
            }

            return sum;
        }
    }

    /// <summary>Calls of each function that is called directly, also by a jump at the end, by its entry.</summary>
    public SortedDictionary<ulong, double> DirectCalls()
    {
        var calls = new SortedDictionary<ulong, double>();
        for (int block = 0; block < Flow.Blocks.Length; block++)
        {
            for (int i = graph.Blocks[block].First; Flow.Blocks[block] > 0 && i <= graph.Blocks[block].Last; i++)
            {
                if (graph.Instructions[i].Flow == InstructionFlow.Call)
                {
                    calls[graph.Instructions[i].Target] = calls.GetValueOrDefault(graph.Instructions[i].Target) + Flow.Blocks[block];
                }
            }
        }

        for (int i = 0; i < Flow.Edges.Length; i++)
        {
            var edge = graph.Edges[i];
            if (Flow.Edges[i] > 0 && edge is { From: >= 0, To: < 0, Kind: FlowEdgeKind.CallOrReturn }
                && graph.Instructions[graph.Blocks[edge.From].Last] is { Flow: InstructionFlow.Jump or InstructionFlow.ConditionalJump } jump)
            {
                calls[jump.Target] = calls.GetValueOrDefault(jump.Target) + Flow.Edges[i];
            }
        }

        return calls;
    }

    /// <summary>Multiplies all executions.</summary>
    public void MultiplyBy(double factor) => Flow = Flow.MultipliedBy(factor);

    /// <summary>Finds the executions of blocks and edges. What was found before helps to tell what blocks begin with.</summary>
    public void Infer(InstructionTimes times)
    {
        var entries = EntriesUnder(times);
        var ofBlock = new Evidence[graph.Blocks.Count];
        for (int block = 0; block < ofBlock.Length; block++)
        {
            double time = 0;
            double seen = 0;
            var (first, last) = (graph.Blocks[block].First, graph.Blocks[block].Last);
            for (int i = first; i <= last; i++)
            {
                time += i == first ? TimeOf(entries[block], times) : times[(int)KindAt(i, times.Skids)];
                seen += samples[i];
            }

            ofBlock[block] = new Evidence(time, seen);
        }

        Flow = FunctionFlow.Infer(graph, ofBlock, _ofEdge, Scale);
        _entries = null;
    }

    /// <summary>Adds the samples and executions of each kind of instruction.</summary>
    public void AddTo(double[] samplesOfKind, double[] executionsOfKind, InstructionTimes times)
    {
        var entries = EntriesUnder(times);
        for (int block = 0; block < Flow.Blocks.Length; block++)
        {
            double executions = Flow.Blocks[block] / Scale;
            var (first, last) = (graph.Blocks[block].First, graph.Blocks[block].Last);
            double time = TimeOf(entries[block], times);
            for (int kind = 0; kind < InstructionTimes.Kinds; kind++)
            {
                // Samples of several causes are divided among them.
                samplesOfKind[kind] += samples[first] * entries[block][kind] * times[kind] / time;
                executionsOfKind[kind] += executions * entries[block][kind];
            }

            for (int i = first + 1; i <= last; i++)
            {
                int kind = (int)KindAt(i, times.Skids);
                samplesOfKind[kind] += samples[i];
                executionsOfKind[kind] += executions;
            }
        }
    }

    /// <summary>The logarithm of the probability of the samples, up to what does not depend on times and executions.</summary>
    public double LogLikelihood(InstructionTimes times)
    {
        var entries = EntriesUnder(times);
        double sum = 0;
        for (int block = 0; block < Flow.Blocks.Length; block++)
        {
            double executions = Math.Max(Flow.Blocks[block], Evidence.Least) / Scale;
            var (first, last) = (graph.Blocks[block].First, graph.Blocks[block].Last);
            for (int i = first; i <= last; i++)
            {
                double expected = executions * (i == first ? TimeOf(entries[block], times) : times[(int)KindAt(i, times.Skids)]);
                sum += (samples[i] * Math.Log(expected)) - expected;
            }
        }

        return sum;
    }

    /// <summary>What blocks begin with, by the executions that are known now.</summary>
    private BlockEntries EntriesUnder(InstructionTimes times)
    {
        if (_entries is null || _entries.Skids != times.Skids)
        {
            _entries = new BlockEntries(graph, Flow, times.Skids);
        }

        return _entries;
    }

    /// <summary>The kind whose time a sample of an instruction within a block stands for; behind a call that of its return.</summary>
    private InstructionKind KindAt(int instruction, bool skids) =>
        !skids ? graph.Instructions[instruction].Kind
        : graph.Instructions[instruction - 1].Flow is InstructionFlow.Call or InstructionFlow.IndirectCall ? InstructionKind.Return
        : graph.Instructions[instruction - 1].Kind;

    private static double TimeOf(ReadOnlySpan<double> entry, InstructionTimes times)
    {
        double time = 0;
        for (int kind = 0; kind < entry.Length; kind++)
        {
            time += entry[kind] * times[kind];
        }

        return time;
    }

    private static ulong SumOf(ulong[] samples)
    {
        ulong sum = 0;
        foreach (ulong count in samples)
        {
            sum = SaturatingSum.Of(sum, count);
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
