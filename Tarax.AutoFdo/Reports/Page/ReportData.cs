namespace Tarax.AutoFdo.Reports.Page;

/// <summary>All that a report says, as it is written as JSON (docs/report.md). Counts are whole numbers; those beyond 2⁵³ are strings of digits.</summary>
internal sealed record ReportData
{
    /// <summary>Grows when what programs read changes its meaning.</summary>
    public int Version { get; init; } = 1;

    public required string Title { get; init; }

    public required string MadeBy { get; init; }

    public required ReportedProfile Profile { get; init; }

    public ReportedRecording? Recording { get; init; }

    public ReportedHalves? Halves { get; init; }

    public ReportedConversion? Conversion { get; init; }

    public required ReportedDiagnostic[] Diagnostics { get; init; }

    /// <summary>The functions that anything else speaks of, by their index.</summary>
    public required ReportedName[] Names { get; init; }

    /// <summary>Paths of source files, by their index.</summary>
    public required string[] Files { get; init; }

    /// <summary>The functions, those with the largest totals first.</summary>
    public required ReportFunction[] Functions { get; init; }

    public required ReportedSource[] Sources { get; init; }

    public ReportedComparison? Comparison { get; init; }

    public ReportedCompilerUse? Compiler { get; init; }

    /// <summary>What is not in the report, and how to get it.</summary>
    public required string[] Missing { get; init; }
}

/// <summary>A profile's summary.</summary>
internal sealed record ReportedProfile(
    string Format, bool IsFlowSensitive, bool HasHashedNames, uint HotCutoff, int Symbols, ulong Functions, ulong Positions, ulong TotalCount, ulong MaximumCount, ulong MaximumHeadCount, ReportedCutoff[] Cutoffs);

/// <summary>How many of the hottest positions hold a share of all counts, in millionths.</summary>
internal sealed record ReportedCutoff(uint Cutoff, ulong MinimumCount, ulong Positions);

/// <summary>What the first and the second half of a recording have in common, 0 to 1.</summary>
internal sealed record ReportedHalves(ulong FirstSamples, ulong SecondSamples, double FunctionOverlap, double RangeOverlap);

/// <summary>A warning or a note.</summary>
internal sealed record ReportedDiagnostic(string Id, string Severity, string Message);

/// <summary>A function's name.</summary>
/// <param name="Name">Linkage name, as the profile has it.</param>
/// <param name="Short">As people call it; null for the same.</param>
/// <param name="File">Index of the file that defines it; null where it is not known.</param>
/// <param name="Line">Line of its definition, to which positions are relative; null where it is not known.</param>
internal sealed record ReportedName(string Name, string? Short, int? File, uint? Line)
{
    /// <summary>The hash that the profile has in place of the name; null where it has the name, or where the name is not known and stands for itself.</summary>
    public string? Hash { get; init; }

    /// <summary>Where functions of this name are defined, of which the profile does not say which it means: static functions of several files. Null where there is one.</summary>
    public ReportedPlace[]? Places { get; init; }
}

/// <summary>Where a function is defined.</summary>
/// <param name="File">Index of the file.</param>
/// <param name="Line">Line in it.</param>
internal sealed record ReportedPlace(int File, uint Line);

/// <summary>Lines of a source file.</summary>
/// <param name="File">Index of the file.</param>
/// <param name="Pieces">Lines that follow each other.</param>
internal sealed record ReportedSource(int File, ReportedLines[] Pieces)
{
    /// <summary>True where the file is not what was compiled; null where it is, or that is not known.</summary>
    public bool? IsChanged { get; init; }
}

/// <summary>Lines that follow each other.</summary>
/// <param name="First">Number of the first, from 1.</param>
/// <param name="Lines">Their text.</param>
internal sealed record ReportedLines(int First, string[] Lines);
