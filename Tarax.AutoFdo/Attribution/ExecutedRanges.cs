using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Attribution;

/// <summary>Ranges in a row that begin in one part of a function.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="Bias">What is added to their file offsets to get ELF virtual addresses.</param>
/// <param name="PartEnd">Address after the part, where they are cut.</param>
internal readonly record struct RangeSlice(int First, int Count, ulong Bias, ulong PartEnd);

/// <summary>
/// The executed ranges of a function as every place where the number of running ranges changes, in order. A range covers its bytes from the start to the first byte of its
/// last instruction.
/// </summary>
internal sealed class ExecutedRanges
{
    public ExecutedRanges(List<RangeSlice> slices, IReadOnlyList<RangeCount> ranges)
    {
        int total = slices.Sum(s => s.Count);
        (Begins, Started) = (new ulong[total], new ulong[total]);
        int next = 0;
        foreach (var slice in slices)
        {
            for (int i = slice.First; i < slice.First + slice.Count; i++, next++)
            {
                (Begins[next], Started[next]) = (ranges[i].Start + slice.Bias, ranges[i].Count);
            }
        }

        (Ends, Ended) = (new ulong[total], (ulong[])Started.Clone());
        next = 0;
        foreach (var slice in slices)
        {
            for (int i = slice.First; i < slice.First + slice.Count; i++, next++)
            {
                Ends[next] = Begins[next] + Math.Min(ranges[i].End - ranges[i].Start, slice.PartEnd - 1 - Begins[next]) + 1;
            }
        }

        if (!IsAscending(Begins))
        {
            Array.Sort(Begins, Started);
        }

        Array.Sort(Ends, Ended);
    }

    /// <summary>Addresses where ranges begin, ascending.</summary>
    public ulong[] Begins { get; }

    /// <summary>How many executions begin at each.</summary>
    public ulong[] Started { get; }

    /// <summary>Addresses after the ends of ranges, ascending.</summary>
    public ulong[] Ends { get; }

    /// <summary>How many executions end at each.</summary>
    public ulong[] Ended { get; }

    /// <summary>How often each segment ran.</summary>
    /// <param name="segments">The segments, by ascending address.</param>
    public SegmentCount[] CountsOf(CodeSegment[] segments)
    {
        var running = new RunningRanges(this);
        var result = new SegmentCount[segments.Length];
        for (int i = 0; i < segments.Length; i++)
        {
            ulong at = segments[i].Start;
            running.PassTo(at);
            var maximum = running.ExactCount;
            UInt128 ofBytes = 0;
            while (running.NextChange < segments[i].End)
            {
                ofBytes += running.ExactCount * (running.NextChange - at);
                at = running.NextChange;
                running.PassTo(at);
                maximum = UInt128.Max(maximum, running.ExactCount);
            }

            ofBytes += running.ExactCount * (segments[i].End - at);
            result[i] = new SegmentCount(Saturated(maximum), ofBytes);
        }

        return result;
    }

    /// <summary>As 64 bits can say it.</summary>
    public static ulong Saturated(UInt128 count) => (ulong)UInt128.Min(count, ulong.MaxValue);

    /// <summary>The ranges of a part ascend, and so do parts, but where segments of the file are not in the order of their addresses.</summary>
    private static bool IsAscending(ReadOnlySpan<ulong> addresses)
    {
        for (int i = 1; i < addresses.Length; i++)
        {
            if (addresses[i] < addresses[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>How many executions of ranges are under way at an address, for addresses in ascending order.</summary>
internal ref struct RunningRanges(ExecutedRanges ranges)
{
    private readonly ReadOnlySpan<ulong> _begins = ranges.Begins;
    private readonly ReadOnlySpan<ulong> _started = ranges.Started;
    private readonly ReadOnlySpan<ulong> _ends = ranges.Ends;
    private readonly ReadOnlySpan<ulong> _ended = ranges.Ended;
    private int _begun;
    private int _past;

    /// <summary>The count, which saturates.</summary>
    public readonly ulong Count => ExecutedRanges.Saturated(ExactCount);

    /// <summary>The count beyond 64 bits.</summary>
    public UInt128 ExactCount { get; private set; }

    /// <summary>The address at which the count changes next; the largest number where it does not change any more.</summary>
    public readonly ulong NextChange => Math.Min(
        _begun < _begins.Length ? _begins[_begun] : ulong.MaxValue, _past < _ends.Length ? _ends[_past] : ulong.MaxValue);

    /// <summary>Applies all changes up to an address.</summary>
    public void PassTo(ulong address)
    {
        for (; _begun < _begins.Length && _begins[_begun] <= address; _begun++)
        {
            ExactCount += _started[_begun];
        }

        for (; _past < _ends.Length && _ends[_past] <= address; _past++)
        {
            ExactCount -= _ended[_past];
        }
    }
}
