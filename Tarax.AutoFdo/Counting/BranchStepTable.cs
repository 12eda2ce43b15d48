using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// Counts steps of execution: a taken branch together with the straight-line range from its target to the next one, so that one look at the table
/// counts both. Open addressing, one cache line for two steps.
/// </summary>
internal sealed class BranchStepTable
{
    /// <summary>Steps that are prepared and then added together.</summary>
    public const int StepsAtOnce = 32;

    /// <summary>The length of a step of which the next branch is not known.</summary>
    public const uint NoRange = uint.MaxValue;

    private const int InitialSlots = 64;

    /// <summary>Smaller tables become four times as large, which saves every other move of what they hold.</summary>
    private const int MostGrownByFour = 1 << 17;

    private static readonly Slot[] Unused = new Slot[2];

    private readonly HashMultipliers _hash = HashMultipliers.OfProcess;
    private Slot[] _slots = Unused;
    private int _shift = 63;

    /// <summary>Number of different steps.</summary>
    public int Count { get; private set; }

    /// <summary>The slots in no particular order; those whose count is 0 are free.</summary>
    public ReadOnlySpan<Slot> AsSpan() => _slots;

    /// <summary>Forgets all steps; the memory is used again.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>Makes room for <see cref="StepsAtOnce"/> more steps.</summary>
    public void MakeRoom() => MakeRoom(StepsAtOnce);

    /// <summary>Prepares a step, for which there must be room.</summary>
    public PendingStep Prepare(ReadOnlySpan<BranchEntry> stack, int entry, uint length)
    {
        uint place = (uint)(_hash.Of(stack[entry].From, stack[entry].To, length) >> _shift);
        return new PendingStep { Entry = entry, Length = length, Place = place };
    }

    /// <summary>
    /// Prepares entries of a stack for as long as each is a taken branch in one half of the address space, from which the program went straight on to the
    /// entry before. All places are asked for before the first is looked at, so that the cache fetches them side by side.
    /// </summary>
    /// <param name="stack">The stack, newest branch first.</param>
    /// <param name="first">The first entry; that before it is a branch.</param>
    /// <param name="half">0 for the lower half of the address space, all ones for the upper.</param>
    /// <param name="pending">Where to write the steps; room for them must have been made.</param>
    /// <returns>Number of steps.</returns>
    public int Prepare(ReadOnlySpan<BranchEntry> stack, int first, long half, Span<PendingStep> pending)
    {
        ref Slot start = ref MemoryMarshal.GetArrayDataReference(_slots);
        var hash = _hash;
        int shift = _shift;
        int most = Math.Min(stack.Length - first, pending.Length);
        ref readonly var entry = ref stack[first - 1];
        ref var step = ref MemoryMarshal.GetReference(pending);
        int count = 0;
        for (; count < most; count++)
        {
            ulong nextFrom = entry.From;
            entry = ref Unsafe.Add(ref Unsafe.AsRef(in entry), 1);
            ulong from = entry.From;
            ulong to = entry.To;
            ulong length = nextFrom - to;
            if (length >= NoRange || nextFrom == 0 || (long)(from & to) >> 63 != half || (from | to) == 0 || entry.IsUnusual)
            {
                break;
            }

            uint place = (uint)(hash.Of(from, to, (uint)length) >> shift);
            Prefetch(ref Unsafe.Add(ref start, place));
            step.Place = place;
            step.Length = (uint)length;
            step.Entry = first + count;
            step = ref Unsafe.Add(ref step, 1);
        }

        return count;
    }

    /// <summary>Adds an execution of each of some steps. It is for the caller not to add more than 2^31 between two flushes.</summary>
    /// <param name="stack">The stack whose entries they are.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="time">Time in nanoseconds.</param>
    public void Add(ReadOnlySpan<BranchEntry> stack, ReadOnlySpan<PendingStep> steps, ulong time)
    {
        ref Slot start = ref MemoryMarshal.GetArrayDataReference(_slots);
        uint mask = (uint)_slots.Length - 1;
        foreach (ref readonly var step in steps)
        {
            ref readonly var entry = ref stack[step.Entry];
            ulong from = entry.From;
            ulong to = entry.To;
            uint length = step.Length;
            uint place = step.Place;
            while (true)
            {
                ref Slot slot = ref Unsafe.Add(ref start, place);
                if (slot.Holds(from, to, length))
                {
                    slot.Count++;
                    if (time < slot.FirstTime)
                    {
                        slot.FirstTime = time;
                    }

                    break;
                }

                if (slot.Count == 0)
                {
                    slot = new Slot { From = from, To = to, Length = length, FirstTime = time, Count = 1 };
                    Count++;
                    break;
                }

                place = (place + 1) & mask;
            }
        }
    }

    /// <summary>Adds what another table counted of a step; beyond 2^31 − 1 in all, counts stay there.</summary>
    public void Add(in Slot counted)
    {
        MakeRoom(1);
        ref Slot slot = ref Find(counted);
        if (slot.Count == 0)
        {
            slot = counted;
            Count++;
            return;
        }

        slot.Count = (uint)Math.Min((ulong)slot.Count + counted.Count, int.MaxValue);
        slot.FirstTime = Math.Min(slot.FirstTime, counted.FirstTime);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref Slot slot)
    {
        if (Sse.IsSupported)
        {
            // Only a hint: it does not matter where the array moves meanwhile.
            Sse.Prefetch0(Unsafe.AsPointer(ref slot));
        }
    }

    private ref Slot Find(in Slot wanted)
    {
        int mask = _slots.Length - 1;
        int place = (int)(_hash.Of(wanted.From, wanted.To, wanted.Length) >> _shift);
        while (!_slots[place].Holds(wanted.From, wanted.To, wanted.Length) && _slots[place].Count != 0)
        {
            place = (place + 1) & mask;
        }

        return ref _slots[place];
    }

    /// <summary>A good third of the slots stays free, since steps that have to look further cost more than memory.</summary>
    private void MakeRoom(int steps)
    {
        while (Count + steps > _slots.Length / 8 * 5)
        {
            var old = _slots;
            _slots = HugePages.Allocate<Slot>(old.Length < InitialSlots ? InitialSlots : old.Length * (old.Length < MostGrownByFour ? 4 : 2));
            _shift = 64 - BitOperations.Log2((uint)_slots.Length);
            foreach (ref readonly var slot in old.AsSpan())
            {
                if (slot.Count != 0)
                {
                    Find(slot) = slot;
                }
            }
        }
    }

    /// <summary>A step that will be added: the entry of the stack, the length of the range after it, and where the table looks for it.</summary>
    public struct PendingStep
    {
        public int Entry;
        public uint Length;
        public uint Place;
    }

    /// <summary>One step, how often it was executed, and when first; a count of 0 marks a free slot.</summary>
    public struct Slot
    {
        public ulong From;
        public ulong To;
        public ulong FirstTime;
        public uint Length;
        public uint Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Holds(ulong from, ulong to, uint length) => ((From ^ from) | (To ^ to) | (Length ^ length)) == 0;
    }
}
