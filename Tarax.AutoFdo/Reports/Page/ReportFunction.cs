namespace Tarax.AutoFdo.Reports.Page;

/// <summary>A function with code of its own.</summary>
/// <param name="Name">Index of its name.</param>
/// <param name="Total">Sum of all of its counts, inlined calls included.</param>
/// <param name="Self">Sum of the counts of its own lines.</param>
/// <param name="Head">Number of times it was entered.</param>
/// <param name="Bodies">Its own body, and those of the calls inlined into it, each behind the one that it is in.</param>
internal sealed record ReportFunction(int Name, ulong Total, ulong Self, ulong Head, ReportedBody[] Bodies)
{
    /// <summary>Samples in its code; null where that is not known.</summary>
    public ulong? Samples { get; init; }

    /// <summary>Its instructions; null where they are not in the report.</summary>
    public ReportedCode[]? Code { get; init; }
}

/// <summary>Counts of a function's own lines at one place.</summary>
/// <param name="Parent">Index of the body that it is inlined into; −1 for a function's own.</param>
/// <param name="Line">Line of the call in it, relative to its function's first.</param>
/// <param name="Discriminator">Discriminator of the call.</param>
/// <param name="Name">Index of the name of the function that it is of.</param>
/// <param name="Lines">Line of each position, relative to the function's first.</param>
/// <param name="Counts">Count of each position.</param>
internal sealed record ReportedBody(int Parent, int Line, uint Discriminator, int Name, int[] Lines, ulong[] Counts)
{
    /// <summary>Discriminator of each position; null where all are 0.</summary>
    public uint[]? Discriminators { get; init; }

    /// <summary>Index of the file of its function, where that is another than of its name: of static functions of one name. Null otherwise.</summary>
    public int? File { get; init; }

    /// <summary>Line of its function in that file.</summary>
    public uint? FirstLine { get; init; }

    /// <summary>Positions and inlined calls that are of another file than its function; null for none.</summary>
    public ReportedElsewhere[]? Elsewhere { get; init; }

    /// <summary>Called functions: the index of the position, the index of the name and the number of calls, one behind the other. Null for none.</summary>
    public ulong[]? Targets { get; init; }
}

/// <summary>A line of a body that is of another file than its function: of one that is included within it.</summary>
/// <param name="Line">The line, relative to the function's first, as positions and calls have it.</param>
/// <param name="IsAlsoHere">Whether the same distance is also a line of the function's own file: a profile has one count for both.</param>
internal sealed record ReportedElsewhere(int Line, bool IsAlsoHere)
{
    /// <summary>Index of the file; null where it is not known.</summary>
    public int? File { get; init; }

    /// <summary>Line in that file.</summary>
    public uint? At { get; init; }
}
