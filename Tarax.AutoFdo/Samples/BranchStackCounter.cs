using System.Runtime.CompilerServices;
using Tarax.AutoFdo.PerfData;

namespace Tarax.AutoFdo.Samples;

/// <summary>
/// Counts the branch stacks of one address space by runtime address: taken branches (from, to), and straight-line ranges
/// from a branch's target to the source of the next branch.
/// </summary>
/// <param name="kernel">The counter of branches inside of the kernel, which all processes share; null for the kernel's own.</param>
internal sealed class BranchStackCounter(BranchStackCounter? kernel = null)
{
    /// <summary>A backward step longer than this at the head of a stack, recorded twice, is the hardware's double entry, not a loop.</summary>
    private const ulong DuplicateHeadStride = 0x1000;

    public PairTable Branches { get; } = new();

    public PairTable Ranges { get; } = new();

    /// <summary>Addresses of the samples themselves, paired with 0.</summary>
    public PairTable Addresses { get; } = new();

    /// <summary>Entries marked as executed on a wrong path only.</summary>
    public long WrongPathEntries { get; private set; }

    /// <summary>Second copies of a stack's first entry.</summary>
    public long DuplicateHeads { get; private set; }

    public void AddAddress(ulong ip, ulong time) => Of(ip).Addresses.Increment(ip, 0, time);

    /// <summary>Counts one stack, whose newest entry comes first.</summary>
    /// <param name="entries">The entries; those that are all zero are places the hardware did not fill.</param>
    /// <param name="time">Time of the sample.</param>
    /// <param name="dropDuplicateHead">Whether a doubled first entry is dropped: some Intel parts record it twice, AMD's do not.</param>
    public void AddStack(ReadOnlySpan<BranchEntry> entries, ulong time, bool dropDuplicateHead)
    {
        // The source of the branch that was taken after the current one: the end of the range that begins at its target.
        // An entry of a wrong path tells nothing about what was executed, so the last good one stays.
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

            if (i == 1 && dropDuplicateHead && IsDuplicateHead(entries))
            {
                DuplicateHeads++;
                continue;
            }

            if (nextFrom != 0)
            {
                Of(entry.To & nextFrom).Ranges.Increment(entry.To, nextFrom, time);
            }

            if (!entry.IsNotTaken)
            {
                Of(entry.From & entry.To).Branches.Increment(entry.From, entry.To, time);
            }

            nextFrom = entry.From;
        }
    }

    /// <summary>Adds everything of another counter.</summary>
    public void AddAll(BranchStackCounter other)
    {
        Branches.AddAll(other.Branches);
        Ranges.AddAll(other.Ranges);
        Addresses.AddAll(other.Addresses);
        WrongPathEntries += other.WrongPathEntries;
        DuplicateHeads += other.DuplicateHeads;
    }

    /// <summary>Addresses of the upper half are the kernel's, in every process the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BranchStackCounter Of(ulong address) => (long)address < 0 && kernel is not null ? kernel : this;

    private static bool IsDuplicateHead(ReadOnlySpan<BranchEntry> entries) =>
        entries[0].From == entries[1].From && entries[0].To == entries[1].To && entries[0].From - entries[0].To > DuplicateHeadStride;
}
