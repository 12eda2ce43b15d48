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
    private readonly ulong[] _counts;

    private SettingCode(ControlFlowGraph graph, CodeSegment[] segments, ulong[] counts)
    {
        _graph = graph;
        _segments = segments;
        _counts = counts;
    }

    /// <summary>Which segments of a function that ran are of that kind, and lie in blocks whose counts other positions tell; none where no place is that crowded.</summary>
    /// <param name="graph">The function's control flow.</param>
    /// <param name="segments">Its code.</param>
    /// <param name="counts">How often each segment ran.</param>
    public static bool[] Of(ControlFlowGraph graph, CodeSegment[] segments, ulong[] counts)
    {
        int[] arrivals = new int[graph.Blocks.Count];
        foreach (var edge in graph.Edges)
        {
            bool isJump = edge.Kind == FlowEdgeKind.Taken && graph.Instructions[graph.Blocks[edge.From].Last].Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump;
            if (isJump && ++arrivals[edge.To] == Crowd)
            {
                return new SettingCode(graph, segments, counts).Find();
            }
        }

        return [];
    }

    private bool[] Find()
    {
        var ofPosition = new Dictionary<(int Scope, uint Line, uint Discriminator), ulong>();
        ForEachBranch((position, _, count) => ofPosition[position] = Math.Max(ofPosition.GetValueOrDefault(position), count));

        // Where the compiler has made copies of code, the position of a branch tells the count of the one that ran most.
        var known = new HashSet<int>();
        ForEachBranch((position, block, count) =>
        {
            if (count >= ofPosition[position] / 2)
            {
                known.Add(block);
            }
        });
        bool[] found = new bool[_segments.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = _counts[i] > 0 && InstructionsOf(_segments[i]).All(instruction => known.Contains(_graph.BlockOf(instruction)) && !IsBranch(instruction));
        }

        return found;
    }

    private void ForEachBranch(Action<(int Scope, uint Line, uint Discriminator), int, ulong> action)
    {
        for (int i = 0; i < _segments.Length; i++)
        {
            foreach (int instruction in InstructionsOf(_segments[i]).Where(IsBranch))
            {
                action((_segments[i].Scope, _segments[i].Line, _segments[i].Discriminator), _graph.BlockOf(instruction), _counts[i]);
            }
        }
    }

    /// <summary>Whether an instruction takes one of several ways, or calls. A plain jump is not in GCC's blocks.</summary>
    private bool IsBranch(int instruction) => _graph.Instructions[instruction].Flow
        is InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump or InstructionFlow.Call or InstructionFlow.IndirectCall;

    private IEnumerable<int> InstructionsOf(CodeSegment segment)
    {
        int first = _graph.InstructionHolding(segment.Start);
        return Enumerable.Range(first, _graph.InstructionHolding(segment.End - 1) - first + 1);
    }
}
