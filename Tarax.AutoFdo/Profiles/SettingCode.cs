using Tarax.AutoFdo.Disassembly;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo.Profiles;

/// <summary>
/// Code that only sets values, in a function where very many branches meet in one place, as the cases of a switch do that stands in a loop. GCC counts a block that has no code, as most breaks are,
/// by the place where the values that it passes on were set (auto-profile.cc, afdo_set_bb_count): all cases as often as what the loop does before the switch. Without a position of that place it
/// finds out the count by those around.
/// </summary>
internal sealed class SettingCode
{
    /// <summary>Branches that meet. Where they are fewer, what their values say does more good than harm (docs/outcome.md).</summary>
    private const int Crowd = 32;

    private readonly ControlFlowGraph _graph;
    private readonly CodeSegment[] _segments;
    private readonly (ulong Maximum, ulong OfBytes)[] _counts;

    private SettingCode(ControlFlowGraph graph, CodeSegment[] segments, (ulong Maximum, ulong OfBytes)[] counts)
    {
        _graph = graph;
        _segments = segments;
        _counts = counts;
    }

    /// <summary>Which segments of a function that ran are of that kind, and lie in blocks whose counts other positions tell; none where no place is that crowded.</summary>
    /// <param name="graph">The function's control flow.</param>
    /// <param name="scopes">How many functions and inlined calls its code is of.</param>
    /// <param name="segments">Its code.</param>
    /// <param name="counts">How often each segment ran, at most and over all bytes.</param>
    public static bool[] Of(ControlFlowGraph graph, int scopes, CodeSegment[] segments, (ulong Maximum, ulong OfBytes)[] counts)
    {
        var code = new SettingCode(graph, segments, counts);
        return code.IsCrowded() ? code.Find(scopes) : [];
    }

    /// <summary>Whether many branches meet where the function runs most: often they do where it gives up.</summary>
    private bool IsCrowded()
    {
        const ulong LeastPart = 8;
        ulong most = 0;
        foreach (var (maximum, _) in _counts)
        {
            most = Math.Max(most, maximum);
        }

        int[] arrivals = new int[_graph.Instructions.Count];
        bool isCrowded = false;
        foreach (var edge in _graph.Edges)
        {
            bool isJump = edge.Kind == FlowEdgeKind.Taken && _graph.Instructions[_graph.Blocks[edge.From].Last].Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump;
            isCrowded |= isJump && ++arrivals[_graph.Blocks[edge.To].First] >= Crowd;
        }

        for (int i = 0; isCrowded && i < _segments.Length; i++)
        {
            var (first, last) = InstructionsOf(_segments[i]);
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

    private bool[] Find(int scopes)
    {
        // Where the compiler has made copies of code, the position of a branch tells the count of the one that ran most.
        var positions = new Dictionary<SourcePosition, MostCount>?[scopes];
        bool[] isKnown = new bool[_graph.Blocks.Count];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < _segments.Length; i++)
            {
                var (first, last) = InstructionsOf(_segments[i]);
                for (int instruction = first; instruction <= last; instruction++)
                {
                    if (!IsBranch(instruction))
                    {
                        continue;
                    }

                    var most = MostOf(positions, _segments[i]);
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

        bool[] found = new bool[_segments.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = _counts[i].Maximum > 0;
            var (first, last) = InstructionsOf(_segments[i]);
            for (int instruction = first; instruction <= last; instruction++)
            {
                found[i] &= isKnown[_graph.BlockOf(instruction)] && !IsBranch(instruction);
            }
        }

        return found;
    }

    private static MostCount MostOf(Dictionary<SourcePosition, MostCount>?[] positions, in CodeSegment segment)
    {
        var ofScope = positions[segment.Scope] ??= [];
        var position = new SourcePosition((int)segment.Line, segment.Discriminator);
        if (!ofScope.TryGetValue(position, out var most))
        {
            ofScope.Add(position, most = new MostCount());
        }

        return most;
    }

    /// <summary>Whether an instruction takes one of several ways, or calls. A plain jump is not in GCC's blocks.</summary>
    private bool IsBranch(int instruction) => _graph.Instructions[instruction].Flow
        is InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump or InstructionFlow.Call or InstructionFlow.IndirectCall;

    private (int First, int Last) InstructionsOf(in CodeSegment segment) => (_graph.InstructionHolding(segment.Start), _graph.InstructionHolding(segment.End - 1));

    private sealed class MostCount
    {
        public ulong Count { get; set; }
    }
}
