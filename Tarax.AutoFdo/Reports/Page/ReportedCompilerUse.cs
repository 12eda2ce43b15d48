namespace Tarax.AutoFdo.Reports.Page;

/// <summary>What a compiler made of the profile.</summary>
internal sealed record ReportedCompilerUse(ulong Count, ulong UsedCount, ulong ColdCount, ulong UnseenCount, bool KnowsCold, ReportedUse[] Functions);

/// <summary>What it made of one function.</summary>
internal sealed record ReportedUse(int Name, ulong Count, ulong UsedCount, bool IsSeen, bool IsTakenForCold)
{
    /// <summary>Lines whose counts found code; null for none, and where the compiler's report does not say lines.</summary>
    public ReportedUsedLine[]? Lines { get; init; }
}

/// <summary>A line whose count found code.</summary>
/// <param name="Offset">Its distance from the first line of its function.</param>
/// <param name="Count">The count.</param>
internal sealed record ReportedUsedLine(int Offset, ulong Count)
{
    /// <summary>Name of the file, without folders; null where the compiler's report does not say.</summary>
    public string? File { get; init; }

    /// <summary>The line in it; null where the compiler's report does not say.</summary>
    public uint? Line { get; init; }
}
