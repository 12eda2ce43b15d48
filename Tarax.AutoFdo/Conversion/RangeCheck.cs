using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Conversion;

/// <summary>Leaves out ranges that the code of the binary cannot have run: stacks that were damaged, or another build.</summary>
internal static class RangeCheck
{
    /// <summary>Parts in which ranges are looked at, on any number of threads; what comes out does not depend on it.</summary>
    private const int Parts = 8;

    /// <summary>One thread alone is done with fewer before others have started.</summary>
    private const int RangesForThreads = 4096;

    /// <summary>Does so, where it does not leave out most of them.</summary>
    /// <exception cref="ConversionException">Most of what ran cannot have run in this binary.</exception>
    public static BinaryCounts ApplyOrRefuse(BinaryCounts counts, Binary binary, ConversionReport report, ExecutedBytes bytes, int threads = 1)
    {
        var kept = Apply(counts, binary, report, bytes, threads);
        ulong before = Executions(counts);
        ulong impossible = before - Executions(kept);
        return impossible <= before / 2 ? kept : throw new ConversionException(
            ConversionFailure.ImpossibleRanges,
            $"{binary.Path}{(binary.BuildId.Length == 0 ? "" : $", build-id {binary.BuildId},")} cannot be what ran: {Rate.Of(impossible, before)} of the recorded ranges are impossible in its code. "
            + "Give the build that was recorded, or, to take what fits all the same, --check-ranges off");
    }

    /// <summary>Leaves out what cannot have run, and says how much that was.</summary>
    public static BinaryCounts Apply(BinaryCounts counts, Binary binary, ConversionReport report, ExecutedBytes? bytes = null, int threads = 1)
    {
        if (binary.Graphs is not { } graphs)
        {
            return counts;
        }

        var faults = FaultsOf(counts.Ranges, binary.File, graphs, threads);
        var kept = new List<RangeCount>(counts.Ranges.Count);
        ulong[] dropped = new ulong[(int)RangeFault.RunsThroughJump + 1];
        for (int i = 0; i < faults.Length; i++)
        {
            var range = counts.Ranges[i];
            if (faults[i] is not { } fault)
            {
                kept.Add(range);
                continue;
            }

            if (fault == RangeFault.None)
            {
                kept.Add(range);
            }
            else if (bytes is not null)
            {
                UInt128 executed = (UInt128)range.Count * ((UInt128)(range.End - range.Start) + 1);
                bytes.AddExecuted(executed);
                bytes.AddLeftOut(LeftOutReason.Impossible, executed);
            }

            dropped[(int)fault] = SaturatingSum.Of(dropped[(int)fault], range.Count);
        }

        report.Drop("ends within an instruction", dropped[(int)RangeFault.EndsWithinInstruction]);
        report.Drop("ends at an instruction that never branches", dropped[(int)RangeFault.EndsAtNoBranch]);
        report.Drop("runs through a jump", dropped[(int)RangeFault.RunsThroughJump]);
        if (kept.Count == counts.Ranges.Count)
        {
            return counts;
        }

        ulong impossible = SaturatingSum.Of(dropped[1], SaturatingSum.Of(dropped[2], dropped[3]));
        ulong all = SaturatingSum.Of(impossible, dropped[0]);
        if (impossible > all / 100)
        {
            report.Warn(
                DiagnosticId.ImpossibleRanges,
                $"{Rate.Of(impossible, all)} of the ranges in the binary cannot have run in this code and were dropped; this is another build, or the branch stacks are damaged (--check-ranges off keeps them)");
        }

        return new BinaryCounts(counts.BuildId, counts.Branches, kept, counts.Samples, counts.Entries);
    }

    /// <summary>What is wrong with each range; null where the file has no code for it.</summary>
    private static RangeFault?[] FaultsOf(IReadOnlyList<RangeCount> ranges, ElfFile file, FunctionGraphs graphs, int threads)
    {
        var faults = new RangeFault?[ranges.Count];
        ParallelLoop.Run(Parts, ranges.Count < RangesForThreads ? 1 : threads, part =>
        {
            var lines = graphs.Lines(Parts);
            var (start, length, address) = (0UL, 0UL, 0UL);
            int end = (int)((long)ranges.Count * (part + 1) / Parts);
            for (int i = (int)((long)ranges.Count * part / Parts); i < end; i++)
            {
                var range = ranges[i];
                if (range.Start - start >= length && !file.TryGetVirtualAddress(start = range.Start, out address, out length))
                {
                    length = 0;
                    continue;
                }

                ulong begin = range.Start - start + address;
                faults[i] = lines.Check(begin, begin + (range.End - range.Start));
            }
        });
        return faults;
    }

    private static ulong Executions(BinaryCounts counts)
    {
        ulong sum = 0;
        foreach (var range in counts.Ranges)
        {
            sum = SaturatingSum.Of(sum, range.Count);
        }

        return sum;
    }
}
