using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>
/// Code that only sets values, in a function where very many branches meet in one place, as the cases of a switch do that stands in a loop. GCC counts a block that has no code, as most breaks are,
/// by the place where the values that it passes on were set (auto-profile.cc, afdo_set_bb_count): all cases as often as what the loop does before the switch. Without a position of that place it
/// finds out the count by those around.
/// </summary>
internal sealed class PhiArguments
{
    /// <summary>Branches that meet. Where they are fewer, what their values say does more good than harm (docs/outcome.md).</summary>
    private const int Crowd = 32;

    private readonly ControlFlowGraph _graph;
    private readonly FunctionSource _source;
    private readonly SegmentCount[] _counts;

    private PhiArguments(ControlFlowGraph graph, FunctionSource source, SegmentCount[] counts)
    {
        _graph = graph;
        _source = source;
        _counts = counts;
    }

    /// <summary>Which segments that ran are of that kind and lie in blocks whose counts other positions tell. Empty where no place is that crowded.</summary>
    public static bool[] In(ControlFlowGraph graph, FunctionSource source, SegmentCount[] counts) =>
        new PhiArguments(graph, source, counts) is var code && code.IsCrowded() ? code.Find() : [];

    /// <summary>Whether many branches meet where the function runs most: often they do where it gives up.</summary>
    private bool IsCrowded()
    {
        const ulong LeastPart = 8;
        ulong most = 0;
        foreach (var count in _counts)
        {
            most = Math.Max(most, count.Maximum);
        }

        int[] arrivals = new int[_graph.Instructions.Length];
        bool isCrowded = false;
        foreach (var edge in _graph.Edges)
        {
            bool isJump = edge.Kind == FlowEdgeKind.Taken && _graph.Instructions[_graph.Blocks[edge.From].Last].Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump;
            isCrowded |= isJump && ++arrivals[_graph.Blocks[edge.To].First] >= Crowd;
        }

        for (int i = 0; isCrowded && i < _source.Segments.Length; i++)
        {
            var (first, last) = SuppressedPositions.InstructionsOf(_source.Segments[i], _graph);
            for (int instruction = first; _counts[i].Maximum > most / LeastPart && instruction <= last; instruction++)
            {
                if (arrivals[instruction] >= Crowd)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool[] Find()
    {
        // Where the compiler has made copies of code, the position of a branch gives the count of the one that ran most.
        var positions = new Dictionary<ulong, MostCount>?[_source.Scopes.Length];
        bool[] isKnown = new bool[_graph.Blocks.Count];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < _source.Segments.Length; i++)
            {
                var (first, last) = SuppressedPositions.InstructionsOf(_source.Segments[i], _graph);
                for (int instruction = first; instruction <= last; instruction++)
                {
                    if (!IsBranch(instruction))
                    {
                        continue;
                    }

                    var most = MostOf(positions, _source.Segments[i]);
                    if (pass == 0)
                    {
                        most.Count = Math.Max(most.Count, _counts[i].Maximum);
                    }
                    else
                    {
                        isKnown[_graph.BlockOf(instruction)] |= _counts[i].Maximum >= most.Count / 2;
                    }
                }
            }
        }

        bool[] found = new bool[_source.Segments.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = _counts[i].Maximum > 0;
            var (first, last) = SuppressedPositions.InstructionsOf(_source.Segments[i], _graph);
            for (int instruction = first; instruction <= last; instruction++)
            {
                found[i] &= isKnown[_graph.BlockOf(instruction)] && !IsBranch(instruction);
            }
        }

        return found;
    }

    /// <param name="positions">By scope, and then by line and discriminator.</param>
    /// <param name="segment">Whose position is asked for.</param>
    private static MostCount MostOf(Dictionary<ulong, MostCount>?[] positions, in CodeSegment segment)
    {
        var ofScope = positions[segment.Scope] ??= [];
        ulong position = ((ulong)segment.Line << 32) | segment.Discriminator;
        if (!ofScope.TryGetValue(position, out var most))
        {
            ofScope.Add(position, most = new MostCount());
        }

        return most;
    }

    /// <summary>Whether an instruction takes one of several ways, or calls. A plain jump is not in GCC's blocks.</summary>
    private bool IsBranch(int instruction) => _graph.Instructions[instruction].Flow
        is InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump or InstructionFlow.Call or InstructionFlow.IndirectCall;

    private sealed class MostCount
    {
        public ulong Count { get; set; }
    }
}
