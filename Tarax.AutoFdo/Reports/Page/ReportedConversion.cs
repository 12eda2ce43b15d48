namespace Tarax.AutoFdo.Reports.Page;

/// <summary>How the profile was made of the recording.</summary>
internal sealed record ReportedConversion
{
    public required string Binary { get; init; }

    public required string BuildId { get; init; }

    public required string Identification { get; init; }

    public required string Event { get; init; }

    public long Samples { get; init; }

    public ulong SamplesInBinary { get; init; }

    public ulong RangeExecutions { get; init; }

    public required ReportedShare[] DroppedRanges { get; init; }

    /// <summary>Bytes of code times executions, as a decimal number.</summary>
    public required string ExecutedBytes { get; init; }

    public required string BytesInPositions { get; init; }

    public required ReportedShare[] LeftOut { get; init; }

    public string? Compiler { get; init; }

    public required string MadeBy { get; init; }

    public required ReportedPass[] Passes { get; init; }

    public int FunctionsLeftOut { get; init; }

    public int PositionsLeftOut { get; init; }
}

/// <summary>A part of what ran, and why it is not in the profile.</summary>
internal sealed record ReportedShare(string Id, string Reason, string Amount);

/// <summary>What was done for the compiler's sake.</summary>
internal sealed record ReportedPass(string Id, int? FunctionsChanged);
