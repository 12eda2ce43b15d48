using Tarax.AutoFdo.Disassembly;
using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo.Inference;

/// <summary>What was inferred, as branch records would have said it: ranges for blocks, branches for calls and jumps, and entries.</summary>
internal sealed class InferredCounts(ElfFile binary)
{
    private readonly List<BranchCount> _branches = [];
    private readonly List<RangeCount> _ranges = [];
    private readonly List<AddressCount> _entries = [];

    /// <summary>Adds a range by file offsets.</summary>
    public void AddRange(ulong begin, ulong end, ulong count, ulong firstTime) => _ranges.Add(new RangeCount(begin, end, count, firstTime));

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
            if (flow.Blocks[block] > 0 && binary.TryGetFileOffset(first.Address, out ulong begin))
            {
                AddRange(begin, begin + (last.Address - first.Address), (ulong)flow.Blocks[block], firstTime(first.Address, last.End));
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

    /// <summary>All together.</summary>
    public BinaryCounts ToCounts(string? buildId, IReadOnlyList<AddressCount> samples)
    {
        var sum = new FileCounts();
        _branches.Sort((a, b) => a.From != b.From ? a.From.CompareTo(b.From) : a.To.CompareTo(b.To));
        sum.AddSorted([.. _branches], [.. SortedRanges()], [.. samples], [.. EntriesWithoutDirectCalls()], default);
        return sum.ToCounts(buildId);
    }

    /// <summary>The ranges in order.</summary>
    public List<RangeCount> SortedRanges()
    {
        _ranges.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        return _ranges;
    }

    private void AddEdge(ControlFlowGraph graph, FlowEdge edge, ulong count, ulong entry)
    {
        if (edge.From < 0)
        {
            if (edge.Kind == FlowEdgeKind.CallOrReturn && binary.TryGetFileOffset(entry, out ulong begin))
            {
                _entries.Add(new AddressCount(begin, count, 0));
            }

            return;
        }

        var last = graph.Instructions[graph.Blocks[edge.From].Last];
        if (edge.Kind == FlowEdgeKind.Taken)
        {
            AddBranch(last.Address, graph.Instructions[graph.Blocks[edge.To].First].Address, count);
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
            _branches.Add(new BranchCount(fromOffset, toOffset, count));
        }
    }

    /// <summary>Entries into functions less those that direct calls and jumps account for: what is left came through pointers, or from another binary.</summary>
    private List<AddressCount> EntriesWithoutDirectCalls()
    {
        _entries.Sort((a, b) => a.Address.CompareTo(b.Address));
        var direct = new Dictionary<ulong, ulong>();
        foreach (var entry in _entries)
        {
            direct[entry.Address] = 0;
        }

        foreach (var branch in _branches)
        {
            if (direct.TryGetValue(branch.To, out ulong count))
            {
                direct[branch.To] = SaturatingSum.Of(count, branch.Count);
            }
        }

        return _entries.FindAll(e => e.Count > direct[e.Address]).ConvertAll(e => e with { Count = e.Count - direct[e.Address] });
    }
}
