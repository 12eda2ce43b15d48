using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Inputs.Preaggregated;

/// <summary>What a pre-aggregated text says of one file.</summary>
internal sealed class PreaggregatedFile
{
    /// <summary>As in recordings (<see cref="FileSums.RangesTooLong"/>).</summary>
    private const ulong LongestRange = 1 << 20;

    /// <summary>Counts from which on they are sorted and added up.</summary>
    private const int MostCollected = 1 << 18;

    private readonly FileCounts.Collected _collected = new();
    private readonly FileCounts _counts;

    public PreaggregatedFile(MappedFile file, RecordedCounts counts) => (File, _counts) = (file, counts.Of(file));

    public MappedFile File { get; }

    public void AddBranch(ulong from, ulong to, ulong count)
    {
        _collected.Branches.Add(new BranchCount(from, to, count));
        AddInto(count);
    }

    public void AddEntry(ulong to, ulong count)
    {
        _collected.Entries.Add(new AddressCount(to, count, 0));
        AddInto(count);
    }

    public void AddRange(ulong start, ulong end, ulong count)
    {
        _collected.Sums.RangesSeen = SaturatingSum.Of(_collected.Sums.RangesSeen, count);
        if (end < start)
        {
            _collected.Sums.RangesBackward = SaturatingSum.Of(_collected.Sums.RangesBackward, count);
        }
        else if (end - start > LongestRange)
        {
            _collected.Sums.RangesTooLong = SaturatingSum.Of(_collected.Sums.RangesTooLong, count);
        }
        else
        {
            _collected.Ranges.Add(new RangeCount(start, end, count, 0));
        }

        TakeIfMany();
    }

    /// <summary>A range whose end lies in another file, or in none.</summary>
    public void AddLeaving(ulong count)
    {
        _collected.Sums.RangesSeen = SaturatingSum.Of(_collected.Sums.RangesSeen, count);
        _collected.Sums.RangesLeaving = SaturatingSum.Of(_collected.Sums.RangesLeaving, count);
    }

    public void AddSample(ulong address, ulong count)
    {
        _collected.Samples.Add(new AddressCount(address, count, 0));
        _collected.Sums.Samples = SaturatingSum.Of(_collected.Sums.Samples, count);
        TakeIfMany();
    }

    /// <summary>Adds up what is left.</summary>
    /// <param name="hasSamples">Whether the text has samples; else each branch into the file stands for one.</param>
    public void Finish(bool hasSamples)
    {
        Take();
        if (!hasSamples)
        {
            _counts.AddSorted([], [], [], [], new FileSums { Samples = _counts.Sums.BranchesInto });
        }
    }

    private void AddInto(ulong count)
    {
        _collected.Sums.BranchesInto = SaturatingSum.Of(_collected.Sums.BranchesInto, count);
        TakeIfMany();
    }

    private void TakeIfMany()
    {
        if (_collected.Branches.Count + _collected.Ranges.Count + _collected.Entries.Count + _collected.Samples.Count >= MostCollected)
        {
            Take();
        }
    }

    private void Take() => _counts.Take(_collected);
}
