using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>struct perf_branch_entry: one taken branch, runtime addresses.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BranchEntry
{
    public const int Size = 24;

    /// <summary>Set by the perf tool for Arm SPE records: the branch was executed and not taken.</summary>
    public const ulong NotTakenBit = 1UL << 33;
    private const ulong SpeculationMask = 3UL << 24;
    private const ulong WrongPath = 1UL << 24;

    public readonly ulong From;
    public readonly ulong To;
    public readonly ulong Flags;

    public BranchEntry(ulong from, ulong to, ulong flags)
    {
        From = from;
        To = to;
        Flags = flags;
    }

    /// <summary>The branch was only speculated, on a path that was then dropped (AMD LbrExtV2).</summary>
    public bool IsWrongPath => (Flags & SpeculationMask) == WrongPath;

    /// <summary>The branch was not executed, or not taken.</summary>
    public bool IsUnusual => IsWrongPath | IsNotTaken;

    /// <summary>
    /// The flags of a machine of the other byte order, after its words were swapped: they are a C bitfield, whose first member is the lowest there
    /// and the highest here (perf_event_attr's flags likewise).
    /// </summary>
    public static ulong FlagsOfOtherByteOrder(ulong flags)
    {
        // mispred, predicted, in_tx, abort, cycles, type, spec, new_type, priv, and the tool's not_taken.
        ReadOnlySpan<int> widths = [1, 1, 1, 1, 16, 4, 2, 4, 3, 1];
        ulong result = 0;
        int at = 0;
        foreach (int width in widths)
        {
            ulong field = (flags >> (64 - at - width)) & ((1UL << width) - 1);
            result |= field << at;
            at += width;
        }

        return result;
    }

    public bool IsNotTaken => (Flags & NotTakenBit) != 0;
}

/// <summary>The branch stack of a sample, most recent branch first: a view over the record.</summary>
internal readonly ref struct BranchStack
{
    public BranchStack(ReadOnlySpan<byte> entries, ulong hardwareIndex, ReadOnlySpan<byte> counters)
    {
        Entries = MemoryMarshal.Cast<byte, BranchEntry>(entries);
        HardwareIndex = hardwareIndex;
        Counters = MemoryMarshal.Cast<byte, ulong>(counters);
    }

    public ReadOnlySpan<BranchEntry> Entries { get; }

    /// <summary>hw_idx; all ones where the hardware does not tell, 0 where the recording does not have it.</summary>
    public ulong HardwareIndex { get; }

    /// <summary>One word of branch counters per entry; empty where the recording has none.</summary>
    public ReadOnlySpan<ulong> Counters { get; }
}
