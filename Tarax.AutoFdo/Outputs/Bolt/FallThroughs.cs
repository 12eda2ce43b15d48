using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>A fall-through that ran, from a block to the one behind it, by ELF virtual addresses.</summary>
/// <param name="From">The last instruction of the block.</param>
/// <param name="To">The first one of the next block.</param>
/// <param name="Count">How often.</param>
internal readonly record struct FallThrough(ulong From, ulong To, ulong Count);

/// <summary>
/// The fall-throughs between blocks that ranges of one function ran through, as BOLT has its blocks (BinaryFunction::buildCFG): a jump behind a conditional one is of the same block, unless another jump leads to
/// it.
/// </summary>
internal sealed class FallThroughs
{
    private readonly ControlFlowGraph _graph;
    private readonly ulong[] _counts;
    private readonly bool[] _isJoined;
    private readonly bool[] _fallsThrough;

    public FallThroughs(ControlFlowGraph graph)
    {
        _graph = graph;
        _counts = new ulong[graph.Blocks.Count];
        _fallsThrough = new bool[graph.Blocks.Count];
        bool[] isTarget = new bool[graph.Blocks.Count];
        foreach (var edge in graph.Edges)
        {
            if (edge.Kind == FlowEdgeKind.FallThrough)
            {
                _fallsThrough[edge.From] = true;
            }
            else if (edge.To >= 0)
            {
                isTarget[edge.To] = true;
            }
        }

        _isJoined = new bool[graph.Blocks.Count];
        for (int block = 1; block < _isJoined.Length; block++)
        {
            _isJoined[block] = !isTarget[block] && graph.Blocks[block].Count == 1 && _fallsThrough[block - 1]
                && graph.Instructions[graph.Blocks[block].First].Flow == InstructionFlow.Jump && graph.Instructions[graph.Blocks[block - 1].Last].Flow == InstructionFlow.ConditionalJump;
        }
    }

    /// <summary>Adds executions of a range.</summary>
    /// <param name="start">ELF virtual address of its first instruction.</param>
    /// <param name="end">Of its last one.</param>
    /// <param name="count">How often.</param>
    /// <param name="origins">Of these, how many came from where.</param>
    /// <returns>Whether the blocks can have run so.</returns>
    public bool Add(ulong start, ulong end, ulong count, in OriginCounts origins)
    {
        int first = _graph.InstructionAt(start);
        int last = _graph.InstructionAt(end);
        if (first < 0 || last < first)
        {
            return false;
        }

        var (from, to) = (_graph.BlockOf(first), _graph.BlockOf(last));
        for (int block = from; block < to; block++)
        {
            if (!_fallsThrough[block])
            {
                return false;
            }
        }

        for (int block = from; block < to; block++)
        {
            Add(block, count);
        }

        if (BeganWithCall(from, first))
        {
            Add(from - 1, SaturatingSum.Of(origins.Returned, origins.Foreign));
        }

        return true;
    }

    /// <summary>What was added, by address.</summary>
    public IEnumerable<FallThrough> Counted()
    {
        for (int block = 0; block < _counts.Length; block++)
        {
            int next = block + 1;
            if (_counts[block] > 0 && !_isJoined[next])
            {
                yield return new FallThrough(_graph.Instructions[_graph.Blocks[block].Last].Address, _graph.Instructions[_graph.Blocks[next].First].Address, _counts[block]);
            }
        }
    }

    private void Add(int block, ulong count) => _counts[block] = SaturatingSum.Of(_counts[block], count);

    /// <summary>Whether execution came back to the start of a block, and the one before it ends with a call.</summary>
    private bool BeganWithCall(int block, int first) =>
        block > 0 && first == _graph.Blocks[block].First && _fallsThrough[block - 1]
        && _graph.Instructions[_graph.Blocks[block - 1].Last].Flow is InstructionFlow.Call or InstructionFlow.IndirectCall;
}
