using System.Runtime.InteropServices;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// What was counted of one mapped file, by position in it (<c>Mapping.PositionOf</c>). Threads add what they have collected; sums and
/// minima make the result the same in any order.
/// </summary>
internal sealed class FileCounts
{
    public SortedCounts<BranchCount> Branches { get; } = new();

    public SortedCounts<RangeCount> Ranges { get; } = new();

    public SortedCounts<AddressCount> Samples { get; } = new();

    /// <summary>Targets of branches from outside of the file.</summary>
    public SortedCounts<AddressCount> Entries { get; } = new();

    public FileSums Sums { get; private set; }

    /// <summary>The counts as lists.</summary>
    /// <param name="buildId">The binary's build-id in hexadecimal; null where it is not known.</param>
    public BinaryCounts ToCounts(string? buildId) => new(buildId, Branches.ToList(), Ranges.ToList(), Samples.ToList(), Entries.ToList());

    /// <summary>Adds counts that are in order.</summary>
    public void AddSorted(
        ReadOnlySpan<BranchCount> branches, ReadOnlySpan<RangeCount> ranges, ReadOnlySpan<AddressCount> samples, ReadOnlySpan<AddressCount> entries, in FileSums sums)
    {
        lock (this)
        {
            Branches.AddSorted(branches);
            Ranges.AddSorted(ranges);
            Samples.AddSorted(samples);
            Entries.AddSorted(entries);
            Sums += sums;
        }
    }

    /// <summary>Adds the counts of other samples, which stay.</summary>
    public void Add(FileCounts other)
    {
        Branches.Add(other.Branches);
        Ranges.Add(other.Ranges);
        Samples.Add(other.Samples);
        Entries.Add(other.Entries);
        Sums += other.Sums;
    }

    /// <summary>Takes over what a thread has collected, which is empty afterwards.</summary>
    public void Take(Collected collected)
    {
        var branches = Sorted(collected.Branches);
        var ranges = Sorted(collected.Ranges);
        var samples = Sorted(collected.Samples);
        var entries = Sorted(collected.Entries);
        AddSorted(branches, ranges, samples, entries, collected.Sums);
        collected.Clear();
    }

    private static Span<T> Sorted<T>(List<T> counts)
        where T : struct, ICount<T> => SortedCounts<T>.SortAndSum(CollectionsMarshal.AsSpan(counts));

    /// <summary>Counts of a file in no order, before they are added.</summary>
    internal sealed class Collected
    {
        public List<BranchCount> Branches { get; } = [];

        public List<RangeCount> Ranges { get; } = [];

        public List<AddressCount> Samples { get; } = [];

        public List<AddressCount> Entries { get; } = [];

        public FileSums Sums;

        public void Clear()
        {
            Branches.Clear();
            Ranges.Clear();
            Samples.Clear();
            Entries.Clear();
            Sums = default;
        }
    }
}

/// <summary>Sums over a file.</summary>
internal struct FileSums
{
    /// <summary>Samples whose address lies in the file.</summary>
    public ulong Samples;

    /// <summary>Recorded branches whose target lies in it.</summary>
    public ulong BranchesInto;

    /// <summary>Executions of ranges that begin in it, dropped ones included.</summary>
    public ulong RangesSeen;

    /// <summary>Of these, the next recorded branch lies in another file or in none.</summary>
    public ulong RangesLeaving;

    /// <summary>Of these, the next recorded branch lies before the range's start.</summary>
    public ulong RangesBackward;

    /// <summary>Of these, longer than 1 MiB.</summary>
    public ulong RangesTooLong;

    public static FileSums operator +(FileSums left, FileSums right) => new()
    {
        Samples = SaturatingSum.Of(left.Samples, right.Samples),
        BranchesInto = SaturatingSum.Of(left.BranchesInto, right.BranchesInto),
        RangesSeen = SaturatingSum.Of(left.RangesSeen, right.RangesSeen),
        RangesLeaving = SaturatingSum.Of(left.RangesLeaving, right.RangesLeaving),
        RangesBackward = SaturatingSum.Of(left.RangesBackward, right.RangesBackward),
        RangesTooLong = SaturatingSum.Of(left.RangesTooLong, right.RangesTooLong),
    };
}
