using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Attribution;

/// <summary>How code is counted, where compilers that read profiles differ.</summary>
internal sealed record AttributionChoices
{
    /// <summary>Code of line 0 has a position too.</summary>
    public bool KeepsLineZero { get; init; }

    /// <summary>
    /// Positions run as often as their statements begin (is_stmt rows of the line table), not as often as code of theirs that was moved. Not for samples of addresses alone, of which one instruction
    /// may have any number.
    /// </summary>
    public bool CountsIsStmtRows { get; init; }

    /// <summary>
    /// The total of a function is the sum over all bytes of all instructions, each piece of code once, as llvm-profgen counts it (ProfileGenerator.cpp, populateBodySamplesForAllFunctions). Otherwise the
    /// last instruction of each range counts as one byte and copies of a loop's code count as often as there are, as create_gcov does it.
    /// </summary>
    public bool CountsWholeInstructions { get; init; }

    /// <summary>
    /// Functions are left out whose ranges, each counted by its bytes, weigh no more than this: as create_gcov does it, those that were seen once or twice. llvm-profgen keeps all.
    /// </summary>
    public ulong LargestWeightLeftOut { get; init; } = 10;

    /// <summary>Positions have columns beside discriminators (<see cref="ColumnPosition"/>).</summary>
    public bool ByColumn { get; init; }

    /// <summary>Tells which code always runs together, of which positions then keep the counts; null where only the largest counts.</summary>
    public CodePieces? Pieces { get; init; }

    /// <summary>Finds code whose counts are left out; null where all count.</summary>
    public ICodeFilter? Filter { get; init; }
}

/// <summary>Finds code that ran and whose counts are left out of a profile.</summary>
internal interface ICodeFilter
{
    /// <summary>Receives all functions of the profile, before it is asked for any of them.</summary>
    void Prepare(IReadOnlyList<CodeFunction> functions);

    /// <summary>Which segments of a function do not count; empty where all do. Any thread may ask.</summary>
    /// <param name="function">The function.</param>
    /// <param name="source">Its source positions.</param>
    /// <param name="counts">How often each segment ran, at most and over all bytes.</param>
    bool[] LeftOut(CodeFunction function, FunctionSource source, SegmentCount[] counts);
}
