namespace Tarax.AutoFdo.Profiles;

/// <summary>Where the counts of inlined functions stand in a profile.</summary>
public enum InlinedBodies
{
    /// <summary>
    /// As helps programs most that the target compiler makes, by the measurements in <c>docs/outcome.md</c>: nested, and for GCC 16 with a position at the place of the call
    /// (<see cref="TargetCompiler.NeedsPositionsOfCalls"/>); for GCC with positions that run no more often than their statements begin (<see cref="TargetCompiler.IsMisledByMovedCode"/>), and without the counts of code that only sets values before a large switch
    /// (<see cref="TargetCompiler.CountsByPassedOnValues"/>), and for GCC up to 15 without those of lines that select a value in a loop (<see cref="TargetCompiler.CountsBranchesByLine"/>).
    /// </summary>
    Auto,

    /// <summary>At the place of the call, within the function that they were inlined into. The compiler inlines there again what is hot.</summary>
    Nested,

    /// <summary>With the function's own, wherever it was called; the place of the call is a position with a target.</summary>
    Flat,

    /// <summary>In both places. What the compiler does not inline again it adds to the function's own, and so counts it twice.</summary>
    Both,
}
