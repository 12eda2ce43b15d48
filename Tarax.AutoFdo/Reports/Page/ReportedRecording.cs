namespace Tarax.AutoFdo.Reports.Page;

/// <summary>What was recorded.</summary>
internal sealed record ReportedRecording
{
    public required string Path { get; init; }

    public required string Container { get; init; }

    public required string[] CommandLine { get; init; }

    public required string Architecture { get; init; }

    public required string Cpu { get; init; }

    public required string KernelRelease { get; init; }

    public required string PerfVersion { get; init; }

    public required ReportedEvent[] Events { get; init; }

    public required string CountedEvent { get; init; }

    public long CountedSamples { get; init; }

    public long SamplesWithBranchStack { get; init; }

    public long BranchEntries { get; init; }

    public int DeepestBranchStack { get; init; }

    public ulong LostSamples { get; init; }

    public ulong FirstTime { get; init; }

    public ulong LastTime { get; init; }

    public ulong SamplesElsewhere { get; init; }

    public required ReportedBinary[] Binaries { get; init; }
}

/// <summary>An event of a recording.</summary>
internal sealed record ReportedEvent(string Name, long Samples, ulong PeriodOrFrequency, bool IsFrequency, bool SamplesUser, bool SamplesKernel, string BranchFilter);

/// <summary>A binary of a recording.</summary>
internal sealed record ReportedBinary(string Name, string BuildId, ulong Samples, double Share, ulong Branches, double BranchShare, string DebugInformation);
