namespace Tarax.AutoFdo.Samples;

/// <summary>Counts of one binary by file offset, while they are collected, and what was dropped on the way.</summary>
internal sealed class BinaryTally
{
    public PairTable Branches { get; } = new();

    public PairTable Ranges { get; } = new();

    /// <summary>Sample addresses, paired with 0.</summary>
    public PairTable Addresses { get; } = new();

    /// <summary>Targets of branches from outside of the binary, paired with 0.</summary>
    public PairTable Entries { get; } = new();

    public ulong Samples { get; set; }

    /// <summary>Executions of ranges that begin in the binary, dropped ones included.</summary>
    public ulong RangesSeen { get; set; }

    /// <summary>Of these, the next recorded branch lies in another file or in none.</summary>
    public ulong RangesLeavingBinary { get; set; }

    /// <summary>Of these, the next recorded branch lies before the range's begin.</summary>
    public ulong RangesBackward { get; set; }

    /// <summary>Of these, longer than 1 MiB.</summary>
    public ulong RangesTooLong { get; set; }

    public BinaryCounts ToCounts(string? buildId) => new(
        buildId,
        Array.ConvertAll(Branches.ToSortedArray(), s => new BranchCount(s.First, s.Second, s.Count)),
        Array.ConvertAll(Ranges.ToSortedArray(), s => new RangeCount(s.First, s.Second, s.Count, s.FirstTime)),
        Array.ConvertAll(Addresses.ToSortedArray(), s => new AddressCount(s.First, s.Count, s.FirstTime)),
        Array.ConvertAll(Entries.ToSortedArray(), s => new AddressCount(s.First, s.Count, s.FirstTime)));
}
