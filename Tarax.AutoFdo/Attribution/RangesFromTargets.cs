using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Attribution;

/// <summary>
/// Ranges for counts of branches that were recorded one at a time (Arm SPE, stacks of one entry). From the target of a branch that was taken, and from behind one that was not, code ran on to the next
/// branch. Since of each branch taken and not taken executions are recorded alike, what ran into a block adds up to the block.
/// </summary>
internal static class RangesFromTargets
{
    /// <summary>Whether branches were recorded one at a time: less than half of them have a range behind them. Of stacks of four entries it is three quarters.</summary>
    public static bool AreMissing(BinaryCounts counts)
    {
        ulong branches = 0;
        foreach (var branch in counts.Branches)
        {
            branches = SaturatingSum.Of(branches, branch.Count);
        }

        foreach (var entry in counts.Entries)
        {
            branches = SaturatingSum.Of(branches, entry.Count);
        }

        // What is behind a branch that was not taken is a range of one instruction.
        ulong ranges = 0;
        foreach (var range in counts.Ranges)
        {
            ranges = SaturatingSum.Of(ranges, range.End > range.Start ? range.Count : 0);
        }

        return ranges < branches / 2;
    }

    /// <summary>The same counts with ranges.</summary>
    /// <param name="counts">Counts by file offset.</param>
    /// <param name="file">The binary.</param>
    /// <param name="lines">Its code.</param>
    public static BinaryCounts Add(BinaryCounts counts, ElfFile file, StraightLines lines)
    {
        // What has its range already is not counted again.
        var ranged = new Dictionary<ulong, ulong>();
        foreach (var range in counts.Ranges)
        {
            if (range.End > range.Start)
            {
                ranged[range.Start] = SaturatingSum.Of(ranged.GetValueOrDefault(range.Start), range.Count);
            }
        }

        var starts = new SortedDictionary<ulong, (ulong Count, ulong FirstTime)>();
        void Start(ulong offset, ulong count, ulong firstTime)
        {
            var known = starts.GetValueOrDefault(offset);
            starts[offset] = (SaturatingSum.Of(known.Count, count), known.FirstTime == 0 || firstTime == 0 ? Math.Max(known.FirstTime, firstTime) : Math.Min(known.FirstTime, firstTime));
        }

        var sources = new HashSet<ulong>();
        foreach (var branch in counts.Branches)
        {
            Start(branch.To, branch.Count, 0);
            if (file.TryGetVirtualAddress(branch.From, out ulong from, out _))
            {
                sources.Add(from);
            }
        }

        foreach (var entry in counts.Entries)
        {
            Start(entry.Address, entry.Count, entry.FirstTime);
        }

        var ranges = new List<RangeCount>();
        foreach (var range in counts.Ranges)
        {
            if (range.End > range.Start)
            {
                ranges.Add(range);
            }
            else
            {
                Start(range.Start, range.Count, range.FirstTime);
            }
        }

        foreach (var (start, executed) in starts)
        {
            ulong missing = executed.Count - Math.Min(executed.Count, ranged.GetValueOrDefault(start));
            if (missing == 0)
            {
                continue;
            }

            bool isCode = file.TryGetVirtualAddress(start, out ulong address, out _);
            ulong end = isCode ? lines.NextBranch(address, sources) - address + start : start;
            ranges.Add(new RangeCount(start, end, missing, executed.FirstTime));
        }

        return new BinaryCounts(counts.BuildId, counts.Branches, Sorted(ranges), counts.Samples, counts.Entries);
    }

    private static List<RangeCount> Sorted(List<RangeCount> ranges)
    {
        ranges.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        var sums = new List<RangeCount>(ranges.Count);
        foreach (var range in ranges)
        {
            if (sums.Count > 0 && sums[^1].Start == range.Start && sums[^1].End == range.End)
            {
                sums[^1] = sums[^1] with { Count = SaturatingSum.Of(sums[^1].Count, range.Count) };
            }
            else
            {
                sums.Add(range);
            }
        }

        return sums;
    }
}
