namespace Tarax.AutoFdo.Reports.Page;

/// <summary>What a compiler made of the profile.</summary>
internal sealed record ReportedCompilerUse(ulong Count, ulong UsedCount, ulong ColdCount, ulong UnseenCount, bool KnowsCold, ReportedUse[] Functions);

/// <summary>What it made of one function.</summary>
internal sealed record ReportedUse(int Name, ulong Count, ulong UsedCount, bool IsSeen, bool IsTakenForCold);
