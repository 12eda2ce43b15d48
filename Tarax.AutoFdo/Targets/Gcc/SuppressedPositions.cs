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
    private readonly AffordableGraphs _graphs = new(graphs);

    /// <inheritdoc/>
    public void Prepare(IReadOnlyList<CodeFunction> functions) => _graphs.Prepare(functions);

    /// <inheritdoc/>
    public bool[] LeftOut(CodeFunction function, FunctionSource source, SegmentCount[] counts)
    {
        bool[] all = [];
        foreach (var (_, found) in ByPass(function, source, counts))
        {
            all = Either(all, found);
        }

        return all;
    }

    /// <summary>Which segments of a function each pass leaves out; an array is empty where it leaves out none.</summary>
    public IEnumerable<(ProfilePass Pass, bool[] LeftOut)> ByPass(CodeFunction function, FunctionSource source, SegmentCount[] counts)
    {
        if (_graphs.Of(function) is not { } graph)
        {
            yield break;
        }

        if (phiArguments)
        {
            yield return (GccPasses.PhiArguments, PhiArguments.In(graph, source, counts));
        }

        if (ifConvertedLoops)
        {
            yield return (GccPasses.IfConvertedLoops, IfConvertedLoops.In(graph, source, counts));
        }
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
