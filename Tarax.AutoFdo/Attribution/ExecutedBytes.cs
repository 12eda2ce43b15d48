namespace Tarax.AutoFdo.Attribution;

/// <summary>Why code that ran is not in the positions of a profile.</summary>
internal enum LeftOutReason
{
    /// <summary>The code cannot have run so: the branch stacks were damaged, or it is another build.</summary>
    Impossible,

    /// <summary>It lies outside of the executable segments.</summary>
    OutsideCode,

    /// <summary>It is of the linker's stubs, which jump into shared objects.</summary>
    LinkerStubs,

    /// <summary>It is of thunks, which adjust <c>this</c> and jump to a virtual function.</summary>
    Thunks,

    /// <summary>No function of the debug information holds it.</summary>
    NoFunction,

    /// <summary>A range goes on behind the end of the function that it begins in.</summary>
    PastFunctionEnd,

    /// <summary>The function has no name.</summary>
    NoName,

    /// <summary>The function was seen once or twice only.</summary>
    BelowThreshold,

    /// <summary>All positions of the function ran less often than was asked for.</summary>
    BelowMinimumCount,

    /// <summary>The line of the function's start, to which positions are relative, is not known.</summary>
    NoStartLine,

    /// <summary>The compiler gave the code no line.</summary>
    NoLine,

    /// <summary>The line table does not describe the code.</summary>
    NoRow,

    /// <summary>The line or the name of an inlined call is not known.</summary>
    UnknownCall,

    /// <summary>The count would mislead the compiler.</summary>
    Suppressed,
}

/// <summary>Names and words of the reasons.</summary>
internal static class LeftOutReasons
{
    public static string IdOf(LeftOutReason reason) => reason switch
    {
        LeftOutReason.Impossible => "impossible",
        LeftOutReason.OutsideCode => "outside-code",
        LeftOutReason.LinkerStubs => "linker-stubs",
        LeftOutReason.Thunks => "thunks",
        LeftOutReason.NoFunction => "no-function",
        LeftOutReason.PastFunctionEnd => "past-function-end",
        LeftOutReason.NoName => "no-name",
        LeftOutReason.BelowThreshold => "below-threshold",
        LeftOutReason.BelowMinimumCount => "below-minimum-count",
        LeftOutReason.NoStartLine => "no-start-line",
        LeftOutReason.NoLine => "no-line",
        LeftOutReason.NoRow => "no-row",
        LeftOutReason.UnknownCall => "unknown-call",
        _ => "suppressed",
    };

    public static string TextOf(LeftOutReason reason) => reason switch
    {
        LeftOutReason.Impossible => "cannot have run in this code",
        LeftOutReason.OutsideCode => "outside of the executable segments",
        LeftOutReason.LinkerStubs => "the linker's stubs",
        LeftOutReason.Thunks => "thunks before virtual functions",
        LeftOutReason.NoFunction => "no debug information",
        LeftOutReason.PastFunctionEnd => "behind the end of the function",
        LeftOutReason.NoName => "functions without a name",
        LeftOutReason.BelowThreshold => "functions that hardly ran",
        LeftOutReason.BelowMinimumCount => "functions below --min-count",
        LeftOutReason.NoStartLine => "functions whose first line is not known",
        LeftOutReason.NoLine => "code without a line",
        LeftOutReason.NoRow => "not in the line table",
        LeftOutReason.UnknownCall => "inlined calls whose place or name is not known",
        _ => "would mislead the compiler",
    };
}

/// <summary>Sums of executed bytes, by what became of them. Any thread may add.</summary>
internal sealed class ExecutedBytes
{
    private readonly UInt128[] _leftOut = new UInt128[(int)LeftOutReason.Suppressed + 1];
    private readonly Lock _lock = new();
    private UInt128 _inPositions;

    /// <summary>All of them.</summary>
    public UInt128 Executed { get; private set; }

    public UInt128 InPositions => _inPositions;

    public UInt128 LeftOut(LeftOutReason reason) => _leftOut[(int)reason];

    /// <summary>Takes up that code ran; what became of it is distinguished.</summary>
    public void AddExecuted(UInt128 bytes) => Executed += bytes;

    /// <summary>Takes up that code ran, and is left out.</summary>
    public void AddLeftOut(LeftOutReason reason, UInt128 bytes)
    {
        lock (_lock)
        {
            _leftOut[(int)reason] += bytes;
        }
    }

    /// <summary>Takes up what became of a function's code.</summary>
    public void Add(in FunctionBytes function)
    {
        lock (_lock)
        {
            _inPositions += function.InPositions;
            _leftOut[(int)LeftOutReason.NoStartLine] += function.NoStartLine;
            _leftOut[(int)LeftOutReason.NoLine] += function.NoLine;
            _leftOut[(int)LeftOutReason.NoRow] += function.NoRow;
            _leftOut[(int)LeftOutReason.UnknownCall] += function.UnknownCall;
            _leftOut[(int)LeftOutReason.Suppressed] += function.Suppressed;
            _leftOut[(int)LeftOutReason.Thunks] += function.Thunks;
        }
    }
}

/// <summary>Executed bytes of one function, by what became of them.</summary>
internal record struct FunctionBytes(UInt128 InPositions, UInt128 NoStartLine, UInt128 NoLine, UInt128 NoRow, UInt128 UnknownCall, UInt128 Suppressed, UInt128 Thunks);
