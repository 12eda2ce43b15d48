using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>
/// Loops of one block that select one of two values, where the source has branches: <c>m >= size ? m - size : 0</c>. How often the selection ran says nothing of these, but GCC up to 15, which has
/// one count of a line, takes it for that of each: a branch that is always taken is not made a selection again, and the loop is unrolled with it (zlib's slide_hash by GCC 12: half as many
/// instructions again as without a profile). Without a count of the line the loop becomes what it was.
/// </summary>
internal static class IfConvertedLoops
{
    /// <summary>Which segments are of lines that select in such a loop, and ran nowhere more often, where other lines tell how often the loop ran. Empty for none.</summary>
    public static bool[] In(ControlFlowGraph graph, FunctionSource source, SegmentCount[] counts)
    {
        var loops = Find(graph);
        if (loops.Count == 0)
        {
            return [];
        }

        for (int i = 0; i < source.Segments.Length; i++)
        {
            var (first, last) = SuppressedPositions.InstructionsOf(source.Segments[i], graph);
            for (int instruction = first; instruction <= last; instruction++)
            {
                if (loops.TryGetValue(graph.BlockOf(instruction), out var loop))
                {
                    loop.Add(LineOf(source.Segments[i]), graph.Instructions[instruction].Selects, counts[i].Maximum);
                }
            }
        }

        var most = new Dictionary<ulong, ulong>();
        foreach (var loop in loops.Values)
        {
            loop.TellMost(most);
        }

        bool[] found = new bool[source.Segments.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = counts[i].Maximum > 0 && most.TryGetValue(LineOf(source.Segments[i]), out ulong count) && counts[i].Maximum <= count;
        }

        return found;
    }

    /// <summary>A line of a function, or of one that was inlined, as a number.</summary>
    private static ulong LineOf(in CodeSegment segment) => ((ulong)segment.Scope << 32) | segment.Line;

    /// <summary>By the number of their block.</summary>
    private static Dictionary<int, Loop> Find(ControlFlowGraph graph)
    {
        var loops = new Dictionary<int, Loop>();
        foreach (var edge in graph.Edges)
        {
            if (edge.From == edge.To && edge.From != ControlFlowGraph.Outside && edge.Kind == FlowEdgeKind.Taken && Selects(graph, graph.Blocks[edge.From]))
            {
                loops.TryAdd(edge.From, new Loop());
            }
        }

        return loops;
    }

    private static bool Selects(ControlFlowGraph graph, BasicBlock block)
    {
        bool selects = false;
        for (int i = block.First; i <= block.Last; i++)
        {
            selects |= graph.Instructions[i].Selects;
            if (graph.Instructions[i].Flow is InstructionFlow.Call or InstructionFlow.IndirectCall)
            {
                return false;
            }
        }

        return selects;
    }

    private sealed class Loop
    {
        /// <summary>How often each line selected, at most; 0 for those that do not.</summary>
        private readonly Dictionary<ulong, ulong> _lines = [];

        public void Add(ulong line, bool selects, ulong count) => _lines[line] = Math.Max(_lines.GetValueOrDefault(line), selects ? count : 0);

        public void TellMost(Dictionary<ulong, ulong> most)
        {
            bool othersTell = false;
            foreach (var (_, count) in _lines)
            {
                othersTell |= count == 0;
            }

            foreach (var (line, count) in _lines)
            {
                if (othersTell && count > 0)
                {
                    most[line] = Math.Max(most.GetValueOrDefault(line), count);
                }
            }
        }
    }
}
