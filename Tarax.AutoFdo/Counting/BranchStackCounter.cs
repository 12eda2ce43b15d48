using System.Runtime.CompilerServices;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// Counts the branch stacks of one address space by runtime address: taken branches (from, to), and straight-line ranges
/// from a branch's target to the source of the next branch.
/// </summary>
/// <param name="kernel">The counter of branches inside of the kernel, which all processes share; null for the kernel's own.</param>
internal sealed class BranchStackCounter(BranchStackCounter? kernel = null)
{
    /// <summary>A backward step longer than this at the head of a stack, recorded twice, is the hardware's double entry, not a loop.</summary>
    private const ulong DuplicateHeadStride = 0x1000;

    /// <summary>Branches with the ranges that follow them.</summary>
    public BranchStepTable Steps { get; } = new();

    /// <summary>Ranges that follow no taken branch, or do not go forward to their end within 4 GB.</summary>
    public PairTable UnpairedRanges { get; } = new();

    /// <summary>Addresses of the samples themselves, paired with 0.</summary>
    public PairTable Addresses { get; } = new();

    /// <summary>Entries marked as executed on a wrong path only.</summary>
    public long WrongPathEntries { get; private set; }

    /// <summary>Second copies of a stack's first entry.</summary>
    public long DuplicateHeads { get; private set; }

    /// <summary>Number of different steps, ranges and addresses.</summary>
    public int Count => Steps.Count + UnpairedRanges.Count + Addresses.Count;

    public void AddAddress(ulong ip, ulong time) => ((long)ip < 0 && kernel is not null ? kernel : this).Addresses.Increment(ip, 0, time);

    /// <summary>Counts one stack, whose newest entry comes first.</summary>
    /// <param name="entries">The entries; those that are all zero are places the hardware did not fill.</param>
    /// <param name="time">Time of the sample.</param>
    /// <param name="dropDuplicateHead">Whether a doubled first entry is dropped: some Intel parts record it twice, AMD's do not.</param>
    [SkipLocalsInit]
    public void AddStack(ReadOnlySpan<BranchEntry> entries, ulong time, bool dropDuplicateHead)
    {
        if (entries.Length > 1)
        {
            entries = Trimmed(entries, dropDuplicateHead);
        }

        Span<BranchStepTable.PendingStep> steps = stackalloc BranchStepTable.PendingStep[BranchStepTable.StepsAtOnce];
        int count = 0;
        var table = Steps;
        table.MakeRoom();

        // The source of the branch that was taken after the current one: the end of the range that begins at its target.
        // An entry of a wrong path says nothing about what was executed, so the last good one stays.
        ulong nextFrom = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            if (entry.IsWrongPath)
            {
                WrongPathEntries++;
                continue;
            }

            if ((entry.From | entry.To) == 0)
            {
                nextFrom = 0;
                continue;
            }

            ulong length = nextFrom - entry.To;
            if (nextFrom == 0 || length >= BranchStepTable.NoRange || entry.IsNotTaken)
            {
                if (nextFrom != 0)
                {
                    UnpairedRanges.Increment(entry.To, nextFrom, time);
                }

                length = BranchStepTable.NoRange;
            }

            if (entry.IsNotTaken)
            {
                // Execution went on behind it; how far, the code says.
                if (nextFrom == 0)
                {
                    UnpairedRanges.Increment(entry.To, entry.To, time);
                }

                nextFrom = entry.From;
                continue;
            }

            nextFrom = entry.From;

            // Addresses of the upper half are the kernel's, in every process the same.
            long half = (long)(entry.From & entry.To) >> 63;
            var ofHalf = (half != 0 && kernel is not null ? kernel : this).Steps;
            if (ofHalf != table || count == steps.Length)
            {
                table.Add(entries, steps[..count], time);
                table = ofHalf;
                table.MakeRoom();
                count = 0;
            }

            steps[count++] = table.Prepare(entries, i, (uint)length);

            // Most entries follow each other without anything to be looked at.
            int more = table.Prepare(entries, i + 1, half, steps[count..]);
            count += more;
            i += more;
            nextFrom = entries[i].From;
        }

        table.Add(entries, steps[..count], time);
    }

    /// <summary>Forgets everything; the memory is used again.</summary>
    public void Clear()
    {
        Steps.Clear();
        UnpairedRanges.Clear();
        Addresses.Clear();
        WrongPathEntries = 0;
        DuplicateHeads = 0;
    }

    /// <summary>Adds the tables of another counter.</summary>
    public void Take(BranchStackCounter other)
    {
        UnpairedRanges.AddAll(other.UnpairedRanges);
        Addresses.AddAll(other.Addresses);
        foreach (ref readonly var step in other.Steps.AsSpan())
        {
            if (step.Count != 0)
            {
                Steps.Add(step);
            }
        }
    }

    /// <summary>
    /// A stack without what is no entry of it: a doubled head, and the previous target that Arm SPE recorded with a branch, which perf puts behind it. From there to a branch that was not taken is only
    /// the beginning of a range. It has no flags; half of a branch of BRBE, whose other end is not to be seen, has a type.
    /// </summary>
    private ReadOnlySpan<BranchEntry> Trimmed(ReadOnlySpan<BranchEntry> entries, bool dropDuplicateHead)
    {
        if (dropDuplicateHead && IsDuplicateHead(entries))
        {
            DuplicateHeads++;
            entries = entries[1..];
        }

        return entries is [_, { From: 0, To: not 0, Flags: 0 }] ? entries[..1] : entries;
    }

    private static bool IsDuplicateHead(ReadOnlySpan<BranchEntry> entries) =>
        entries[0].From == entries[1].From && entries[0].To == entries[1].To && entries[0].From - entries[0].To > DuplicateHeadStride
        && !entries[0].IsUnusual && !entries[1].IsUnusual;
}
