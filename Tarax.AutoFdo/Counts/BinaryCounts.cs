using System.Diagnostics;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Counts;

/// <summary>Executions of one taken branch.</summary>
/// <param name="From">File offset of the branch instruction.</param>
/// <param name="To">File offset of its target.</param>
/// <param name="Count">Number of executions that were recorded.</param>
[DebuggerDisplay("{From,h} -> {To,h}: {Count}")]
public readonly record struct BranchCount(ulong From, ulong To, ulong Count) : ICount<BranchCount>
{
    static ulong ICount<BranchCount>.First(in BranchCount count) => count.From;

    static ulong ICount<BranchCount>.Second(in BranchCount count) => count.To;

    static BranchCount ICount<BranchCount>.Sum(in BranchCount left, in BranchCount right) => left with { Count = SaturatingSum.Of(left.Count, right.Count) };
}

/// <summary>Executions of one straight-line range of code.</summary>
/// <param name="Start">File offset of the first instruction.</param>
/// <param name="End">File offset of the last instruction, a taken branch: of its first byte.</param>
/// <param name="Count">Number of executions that were recorded.</param>
/// <param name="FirstTime">Earliest time of a sample with this range in nanoseconds of the recording's clock; 0 where times are not known.</param>
[DebuggerDisplay("{Start,h}-{End,h}: {Count}")]
public readonly record struct RangeCount(ulong Start, ulong End, ulong Count, ulong FirstTime) : ICount<RangeCount>
{
    static ulong ICount<RangeCount>.First(in RangeCount count) => count.Start;

    static ulong ICount<RangeCount>.Second(in RangeCount count) => count.End;

    static RangeCount ICount<RangeCount>.Sum(in RangeCount left, in RangeCount right) =>
        left with { Count = SaturatingSum.Of(left.Count, right.Count), FirstTime = Math.Min(left.FirstTime, right.FirstTime) };
}

/// <summary>Samples or entries at one address.</summary>
/// <param name="Address">File offset of the instruction.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstTime">Earliest time in nanoseconds of the recording's clock; 0 where times are not known.</param>
[DebuggerDisplay("{Address,h}: {Count}")]
public readonly record struct AddressCount(ulong Address, ulong Count, ulong FirstTime) : ICount<AddressCount>
{
    static ulong ICount<AddressCount>.First(in AddressCount count) => count.Address;

    static ulong ICount<AddressCount>.Second(in AddressCount count) => 0;

    static AddressCount ICount<AddressCount>.Sum(in AddressCount left, in AddressCount right) =>
        left with { Count = SaturatingSum.Of(left.Count, right.Count), FirstTime = Math.Min(left.FirstTime, right.FirstTime) };
}

/// <summary>
/// What a recording says of one binary: a small product of its own, from which a profile can be made later,
/// and that can be written and read as text (<see cref="CountsText"/>). All lists ascend by their offsets, without repetition.
/// </summary>
public sealed class BinaryCounts
{
    /// <summary>Creates counts from lists that are already in order.</summary>
    /// <param name="buildId">The binary's build-id in hexadecimal; null where it is not known.</param>
    /// <param name="branches">Taken branches inside of the binary.</param>
    /// <param name="ranges">Straight-line ranges inside of the binary.</param>
    /// <param name="samples">Addresses of the samples.</param>
    /// <param name="entries">Targets of branches that came from outside of the binary.</param>
    public BinaryCounts(
        string? buildId,
        IReadOnlyList<BranchCount> branches,
        IReadOnlyList<RangeCount> ranges,
        IReadOnlyList<AddressCount> samples,
        IReadOnlyList<AddressCount> entries)
    {
        ArgumentNullException.ThrowIfNull(branches);
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(entries);
        BuildId = buildId;
        Branches = branches;
        Ranges = ranges;
        Samples = samples;
        Entries = entries;
    }

    /// <summary>The binary's build-id in hexadecimal; null where it is not known.</summary>
    public string? BuildId { get; }

    /// <summary>Taken branches whose two ends lie in the binary.</summary>
    public IReadOnlyList<BranchCount> Branches { get; }

    /// <summary>Straight-line ranges, from the target of a branch to the next taken branch.</summary>
    public IReadOnlyList<RangeCount> Ranges { get; }

    /// <summary>Addresses at which the samples were taken.</summary>
    public IReadOnlyList<AddressCount> Samples { get; }

    /// <summary>Targets in the binary of branches that came from outside of it: callbacks, calls from libraries, <c>main</c>.</summary>
    public IReadOnlyList<AddressCount> Entries { get; }

    /// <summary>Adds counts of one binary up: the order does not matter.</summary>
    /// <param name="counts">The counts, which stay as they are.</param>
    public static BinaryCounts Merge(IEnumerable<BinaryCounts> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var sum = new FileCounts();
        string? buildId = null;
        foreach (var each in counts)
        {
            buildId ??= each.BuildId;
            sum.AddSorted([.. each.Branches], [.. each.Ranges], [.. each.Samples], [.. each.Entries], default);
        }

        return sum.ToCounts(buildId);
    }

    /// <summary>
    /// The same counts without branch stacks: each sample stands for one execution of the instruction at its address. That is how
    /// <c>create_gcov --use_lbr=false</c> counts.
    /// </summary>
    public BinaryCounts OfAddressesOnly()
    {
        var ranges = new RangeCount[Samples.Count];
        for (int i = 0; i < ranges.Length; i++)
        {
            var sample = Samples[i];
            ranges[i] = new RangeCount(sample.Address, sample.Address, sample.Count, sample.FirstTime);
        }

        return new BinaryCounts(BuildId, [], ranges, Samples, []);
    }
}
