using Tarax.AutoFdo.Disassembly;
using Tarax.AutoFdo.Samples;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo.Inference;

/// <summary>Code whose counts are right, but say something else to GCC.</summary>
internal static class MisleadingCode
{
    /// <summary>
    /// What tells, of one of the functions, which segments that ran shall not count; it tells nothing where all shall. It is given how often each segment ran, at most and over all bytes.
    /// </summary>
    /// <param name="graphs">The control flow of the binary's functions.</param>
    /// <param name="functions">The functions that will be asked for.</param>
    /// <param name="withSelections">Whether loops that select mislead too, see <see cref="SelectingLoops"/>.</param>
    public static Func<CodeFunction, FunctionSource, SegmentCount[], bool[]> In(FunctionGraphs graphs, CodeFunction[] functions, bool withSelections)
    {
        bool[] affordable = graphs.Affordable(Array.ConvertAll(functions, f => f.Debug.Ranges));
        var known = new HashSet<CodeFunction>();
        for (int i = 0; i < functions.Length; i++)
        {
            if (affordable[i])
            {
                known.Add(functions[i]);
            }
        }

        return (function, source, counts) =>
        {
            if (!known.Contains(function) || graphs.Build(function.Debug.Ranges, function.Entry) is not { } graph)
            {
                return [];
            }

            bool[] found = SettingCode.In(graph, source, counts);
            return withSelections ? Either(found, SelectingLoops.In(graph, source, counts)) : found;
        };
    }

    /// <summary>The instructions that a segment holds.</summary>
    public static (int First, int Last) InstructionsOf(in CodeSegment segment, ControlFlowGraph graph) =>
        (graph.InstructionHolding(segment.Start), graph.InstructionHolding(segment.End - 1));

    private static bool[] Either(bool[] some, bool[] others)
    {
        if (some.Length == 0)
        {
            return others;
        }

        for (int i = 0; i < others.Length; i++)
        {
            some[i] |= others[i];
        }

        return some;
    }
}
