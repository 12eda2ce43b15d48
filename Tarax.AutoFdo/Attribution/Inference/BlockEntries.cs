using Tarax.AutoFdo.Binaries.Disassembly;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// What the first instruction of each block waits for: the instruction before it, which is that of several blocks, in proportion to how often each led here; and a
/// misprediction where a conditional jump did, the more so the rarer it goes this way.
/// </summary>
internal sealed class BlockEntries
{
    private readonly double[] _weights;

    /// <param name="graph">The function.</param>
    /// <param name="flow">Its executions as far as they are known; ways of which nothing is known count alike.</param>
    /// <param name="skids">Whether a sample names the next instruction.</param>
    public BlockEntries(ControlFlowGraph graph, FunctionFlow flow, bool skids)
    {
        Skids = skids;
        int blocks = graph.Blocks.Count;
        _weights = new double[blocks * InstructionTimes.Kinds];
        var (into, outOf) = (new double[blocks], new double[blocks]);
        for (int i = 0; i < graph.Edges.Count; i++)
        {
            var edge = graph.Edges[i];
            if (edge.To >= 0)
            {
                into[edge.To] += CountOf(flow, i);
            }

            if (edge.From >= 0)
            {
                outOf[edge.From] += CountOf(flow, i);
            }
        }

        for (int i = 0; i < graph.Edges.Count; i++)
        {
            var edge = graph.Edges[i];
            if (edge.To < 0)
            {
                continue;
            }

            double count = CountOf(flow, i);
            double share = count / into[edge.To];
            var weights = _weights.AsSpan(edge.To * InstructionTimes.Kinds, InstructionTimes.Kinds);
            if (edge.From < 0)
            {
                weights[(int)InstructionKind.Branch] += skids ? share : 0;
                continue;
            }

            var last = graph.Instructions[graph.Blocks[edge.From].Last];
            weights[(int)last.Kind] += skids ? share : 0;
            if (last.Flow == InstructionFlow.ConditionalJump)
            {
                weights[(int)InstructionKind.Misprediction] += share * (1 - (count / outOf[edge.From]));
            }
        }

        for (int block = 0; block < blocks; block++)
        {
            if (!skids || into[block] == 0)
            {
                _weights[(block * InstructionTimes.Kinds) + (int)graph.Instructions[graph.Blocks[block].First].Kind] += 1;
            }
        }
    }

    /// <summary>Whether a sample names the next instruction.</summary>
    public bool Skids { get; }

    /// <summary>How much of each kind a block begins with.</summary>
    public ReadOnlySpan<double> this[int block] => _weights.AsSpan(block * InstructionTimes.Kinds, InstructionTimes.Kinds);

    private static double CountOf(FunctionFlow flow, int edge) => flow.Edges.Length == 0 ? 1 : flow.Edges[edge] + Evidence.Least;
}
