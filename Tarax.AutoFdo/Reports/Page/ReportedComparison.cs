namespace Tarax.AutoFdo.Reports.Page;

/// <summary>How the profile differs from an older one.</summary>
/// <param name="Title">What the older one is called.</param>
/// <param name="Overlap">What both have in common, 0 to 1.</param>
/// <param name="InBoth">Functions in both.</param>
/// <param name="Appear">Functions that only the newer one has.</param>
/// <param name="Vanish">Functions that only the older one has.</param>
/// <param name="Functions">Those whose share differs most first.</param>
internal sealed record ReportedComparison(string Title, double Overlap, int InBoth, int Appear, int Vanish, ReportedDifference[] Functions);

/// <summary>A function in both profiles.</summary>
/// <param name="Name">Index of its name.</param>
/// <param name="OldTotal">Sum of its counts in the older one.</param>
/// <param name="NewTotal">Sum of its counts in the newer one.</param>
/// <param name="OldShare">Its share of the older one, 0 to 1.</param>
/// <param name="NewShare">Its share of the newer one.</param>
/// <param name="Overlap">What its two bodies have in common, 0 to 1.</param>
/// <param name="OldRank">Its place by counts, from 1; 0 where it is not in it.</param>
/// <param name="NewRank">The same of the newer one.</param>
internal sealed record ReportedDifference(int Name, ulong OldTotal, ulong NewTotal, double OldShare, double NewShare, double Overlap, int OldRank, int NewRank);
