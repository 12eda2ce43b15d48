using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>Code whose counts are right, but say something else to GCC.</summary>
/// <param name="graphs">The control flow of the binary's functions.</param>
/// <param name="phiArguments">Whether <see cref="PhiArguments"/> are left out.</param>
/// <param name="ifConvertedLoops">Whether <see cref="IfConvertedLoops"/> are.</param>
internal sealed class SuppressedPositions(FunctionGraphs graphs, bool phiArguments, bool ifConvertedLoops) : ICodeFilter
{
    private readonly HashSet<CodeFunction> _affordable = [];

    /// <inheritdoc/>
    public void Prepare(IReadOnlyList<CodeFunction> functions)
    {
        bool[] affordable = graphs.Affordable([.. functions.Select(f => f.Debug.Ranges)]);
        for (int i = 0; i < affordable.Length; i++)
        {
            if (affordable[i])
            {
                _affordable.Add(functions[i]);
            }
        }
    }

    /// <inheritdoc/>
    public bool[] LeftOut(CodeFunction function, FunctionSource source, SegmentCount[] counts)
    {
        if (!_affordable.Contains(function) || graphs.Build(function.Debug.Ranges, function.Entry) is not { } graph)
        {
            return [];
        }

        bool[] found = phiArguments ? PhiArguments.In(graph, source, counts) : [];
        return ifConvertedLoops ? Either(found, IfConvertedLoops.In(graph, source, counts)) : found;
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
