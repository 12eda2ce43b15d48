namespace Tarax.AutoFdo.Samples;

/// <summary>Counts of one binary by file offset, and what was dropped on the way.</summary>
internal sealed class BinaryTally(FileCounts counts)
{
    public FileSums Sums => counts.Sums;

    public BinaryCounts ToCounts(string? buildId) =>
        new(buildId, counts.Branches.ToList(), counts.Ranges.ToList(), counts.Samples.ToList(), counts.Entries.ToList());
}
