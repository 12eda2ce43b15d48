using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// Makes the ranges of branch records consistent with the control flow: what is missing of a stack, because it was cut or filtered, is made up for by what comes before and
/// after it. Branches stay as they were recorded.
/// </summary>
internal static class RangeInference
{
    /// <summary>Infers the counts of a binary.</summary>
    /// <param name="counts">Its branches and ranges.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="graphs">The control flow of its functions.</param>
    /// <param name="symbolizer">Its functions.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    public static BinaryCounts Run(BinaryCounts counts, ElfFile binary, FunctionGraphs graphs, Symbolizer symbolizer, int threads)
    {
        ulong[] offsets = new ulong[counts.Ranges.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = counts.Ranges[i].Start;
        }

        var byFunction = CountsByFunction.Of(offsets, symbolizer, threads);
        var branches = Branches(counts, symbolizer);
        bool[] affordable = graphs.Affordable(byFunction.Functions.ConvertAll(f => f.Function.Debug.Ranges));
        var flows = new (ControlFlowGraph? Graph, FunctionFlow? Flow)[byFunction.Functions.Count];
        ParallelLoop.Run(flows.Length, threads, i =>
        {
            var function = byFunction.Functions[i];
            if (affordable[i] && graphs.Build(function.Function.Debug.Ranges, function.Function.Entry) is { } graph)
            {
                flows[i] = (graph, FunctionFlow.Infer(graph, EvidenceOfBlocks(graph, function, counts.Ranges), EvidenceOfEdges(graph, function, branches), 1));
            }
        });

        var inferred = new InferredCounts(binary);
        void Keep(int index) => inferred.AddRange(counts.Ranges[index].Start, counts.Ranges[index].End, counts.Ranges[index].Count, counts.Ranges[index].FirstTime);
        byFunction.Elsewhere.ForEach(Keep);
        for (int i = 0; i < flows.Length; i++)
        {
            if (flows[i] is (ControlFlowGraph graph, FunctionFlow flow))
            {
                ulong first = FirstTime(byFunction.Functions[i], counts.Ranges);
                inferred.AddBlocks(graph, flow, (_, _) => first);
            }
            else
            {
                byFunction.Functions[i].Indices.ForEach(Keep);
            }
        }

        return new BinaryCounts(counts.BuildId, counts.Branches, inferred.ToCounts(null, []).Ranges, counts.Samples, counts.Entries);
    }

    /// <summary>Executions of each branch, by ELF virtual addresses.</summary>
    private static Dictionary<(ulong From, ulong To), ulong> Branches(BinaryCounts counts, Symbolizer symbolizer)
    {
        var branches = new Dictionary<(ulong, ulong), ulong>();
        void Add(ulong from, ulong to, ulong count) => branches[(from, to)] = SaturatingSum.Of(branches.GetValueOrDefault((from, to)), count);
        foreach (var branch in counts.Branches)
        {
            if (symbolizer.TryGetVirtualAddress(branch.From, out ulong from) && symbolizer.TryGetVirtualAddress(branch.To, out ulong to))
            {
                Add(from, to, branch.Count);
            }
        }

        return branches;
    }

    /// <summary>A block ran as often as its most executed instruction.</summary>
    private static Evidence[] EvidenceOfBlocks(ControlFlowGraph graph, FunctionCounts function, IReadOnlyList<RangeCount> ranges)
    {
        double[] change = new double[graph.Instructions.Length + 1];
        for (int i = 0; i < function.Indices.Count; i++)
        {
            var range = ranges[function.Indices[i]];
            int first = graph.InstructionHolding(function.Addresses[i]);
            int last = graph.InstructionHolding(function.Addresses[i] + (range.End - range.Start));
            change[first] += range.Count;
            change[Math.Max(last, first) + 1] -= range.Count;
        }

        var ofBlock = new Evidence[graph.Blocks.Count];
        double running = 0;
        for (int block = 0; block < ofBlock.Length; block++)
        {
            double most = 0;
            for (int i = graph.Blocks[block].First; i <= graph.Blocks[block].Last; i++)
            {
                running += change[i];
                most = Math.Max(most, running);
            }

            ofBlock[block] = new Evidence(1, most);
        }

        return ofBlock;
    }

    private static Evidence[] EvidenceOfEdges(ControlFlowGraph graph, FunctionCounts function, Dictionary<(ulong From, ulong To), ulong> branches)
    {
        var ofEdge = new Evidence[graph.Edges.Count];
        for (int i = 0; i < ofEdge.Length; i++)
        {
            var edge = graph.Edges[i];
            if (edge.Kind == FlowEdgeKind.Taken)
            {
                ulong from = graph.Instructions[graph.Blocks[edge.From].Last].Address;
                ulong to = graph.Instructions[graph.Blocks[edge.To].First].Address;
                ofEdge[i] = new Evidence(1, branches.GetValueOrDefault((from, to)));
            }
            else
            {
                ofEdge[i] = edge.Kind == FlowEdgeKind.Unseen ? Evidence.Unlikely : Evidence.None;
            }
        }

        return ofEdge;
    }

    private static ulong FirstTime(FunctionCounts function, IReadOnlyList<RangeCount> ranges)
    {
        ulong earliest = ulong.MaxValue;
        foreach (int index in function.Indices)
        {
            earliest = ranges[index].FirstTime == 0 ? earliest : Math.Min(earliest, ranges[index].FirstTime);
        }

        return earliest == ulong.MaxValue ? 0 : earliest;
    }
}
