using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>What was inferred, as branch records would have said it: ranges for blocks, branches for calls and jumps, and entries.</summary>
internal sealed class InferredCounts(ElfFile binary)
{
    private readonly FileCounts.Collected _collected = new();

    /// <summary>Adds a range by file offsets.</summary>
    public void AddRange(ulong start, ulong end, ulong count, ulong firstTime) => _collected.Ranges.Add(new RangeCount(start, end, count, firstTime));

    /// <summary>Adds a range for each block that ran.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="flow">Its executions.</param>
    /// <param name="firstTime">The earliest time of a sample between two addresses.</param>
    public void AddBlocks(ControlFlowGraph graph, FunctionFlow flow, Func<ulong, ulong, ulong> firstTime)
    {
        for (int block = 0; block < flow.Blocks.Length; block++)
        {
            var first = graph.Instructions[graph.Blocks[block].First];
            var last = graph.Instructions[graph.Blocks[block].Last];
            if (flow.Blocks[block] > 0 && binary.TryGetFileOffset(first.Address, out ulong start))
            {
                AddRange(start, start + (last.Address - first.Address), (ulong)flow.Blocks[block], firstTime(first.Address, last.End));
            }
        }
    }

    /// <summary>Adds the calls from all blocks, the jumps between them, and the entries into the function.</summary>
    public void AddBranches(ControlFlowGraph graph, FunctionFlow flow, ulong entry)
    {
        for (int block = 0; block < flow.Blocks.Length; block++)
        {
            for (int i = graph.Blocks[block].First; flow.Blocks[block] > 0 && i <= graph.Blocks[block].Last; i++)
            {
                if (graph.Instructions[i].Flow == InstructionFlow.Call)
                {
                    AddBranch(graph.Instructions[i].Address, graph.Instructions[i].Target, (ulong)flow.Blocks[block]);
                }
            }
        }

        for (int i = 0; i < flow.Edges.Length; i++)
        {
            if (flow.Edges[i] > 0)
            {
                AddEdge(graph, graph.Edges[i], (ulong)flow.Edges[i], entry);
            }
        }
    }

    /// <summary>All together, with the samples that they come from.</summary>
    public BinaryCounts ToCounts(string? buildId, IReadOnlyList<AddressCount> samples)
    {
        var sum = new FileCounts();
        sum.Take(_collected);
        var counts = sum.ToCounts(buildId);
        return new BinaryCounts(buildId, counts.Branches, counts.Ranges, samples, WithoutDirectCalls(counts.Entries, counts.Branches));
    }

    private void AddEdge(ControlFlowGraph graph, FlowEdge edge, ulong count, ulong entry)
    {
        if (edge.From < 0)
        {
            if (edge.Kind == FlowEdgeKind.CallOrReturn && binary.TryGetFileOffset(entry, out ulong start))
            {
                _collected.Entries.Add(new AddressCount(start, count, 0));
            }

            return;
        }

        var last = graph.Instructions[graph.Blocks[edge.From].Last];
        if (edge.Kind == FlowEdgeKind.Taken)
        {
            // A loop to the first instruction is no call, which is all that could be made of it later.
            ulong target = graph.Instructions[graph.Blocks[edge.To].First].Address;
            if (target != entry)
            {
                AddBranch(last.Address, target, count);
            }
        }
        else if (edge.Kind == FlowEdgeKind.CallOrReturn && last.Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump)
        {
            // A call at the end of the function.
            AddBranch(last.Address, last.Target, count);
        }
    }

    private void AddBranch(ulong from, ulong to, ulong count)
    {
        if (binary.TryGetFileOffset(from, out ulong fromOffset) && binary.TryGetFileOffset(to, out ulong toOffset))
        {
            _collected.Branches.Add(new BranchCount(fromOffset, toOffset, count));
        }
    }

    /// <summary>Entries into functions less those that direct calls and jumps account for: what is left came through pointers, or from another binary.</summary>
    private static List<AddressCount> WithoutDirectCalls(IReadOnlyList<AddressCount> entries, IReadOnlyList<BranchCount> branches)
    {
        var direct = new Dictionary<ulong, ulong>();
        foreach (var entry in entries)
        {
            direct[entry.Address] = 0;
        }

        foreach (var branch in branches)
        {
            if (direct.TryGetValue(branch.To, out ulong count))
            {
                direct[branch.To] = SaturatingSum.Of(count, branch.Count);
            }
        }

        var left = new List<AddressCount>();
        foreach (var entry in entries)
        {
            if (entry.Count > direct[entry.Address])
            {
                left.Add(entry with { Count = entry.Count - direct[entry.Address] });
            }
        }

        return left;
    }
}
