using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Samples;

/// <summary>
/// Counts steps of execution: a taken branch together with the straight-line range from its target to the next one, which one look
/// at the table counts both. Open addressing, one cache line for two steps.
/// </summary>
internal sealed class BranchStepTable
{
    /// <summary>The length of a step of which the next branch is not known.</summary>
    public const uint NoRange = uint.MaxValue;

    private const int InitialSlots = 64;

    private Step[] _slots = new Step[InitialSlots];
    private int _shift = 64 - BitOperations.Log2(InitialSlots);
    private int _room = RoomIn(InitialSlots);

    /// <summary>Number of different steps.</summary>
    public int Count { get; private set; }

    /// <summary>Number of places, each of 32 bytes.</summary>
    public int Slots => _slots.Length;

    /// <summary>Adds one execution at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment(ulong from, ulong to, uint length, ulong time) => Add(from, to, length, 1, time);

    /// <summary>Adds <paramref name="count"/> executions, the earliest of them at <paramref name="time"/>.</summary>
    /// <param name="from">Runtime address of the branch.</param>
    /// <param name="to">Runtime address of its target.</param>
    /// <param name="length">Distance in bytes from the target to the next taken branch, or <see cref="NoRange"/>.</param>
    /// <param name="count">How many; beyond 2^32 − 1 in all, they stay there.</param>
    /// <param name="time">Time in nanoseconds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong from, ulong to, uint length, uint count, ulong time)
    {
        ref Step slot = ref Find(from, to, length);
        if (slot.Count == 0)
        {
            Insert(ref slot, new Step { From = from, To = to, Length = length, Count = count, FirstTime = time });
            return;
        }

        uint sum = slot.Count + count;
        slot.Count = sum < count ? uint.MaxValue : sum;
        if (time < slot.FirstTime)
        {
            slot.FirstTime = time;
        }
    }

    /// <summary>The steps in no particular order; places whose count is 0 are free.</summary>
    public ReadOnlySpan<Step> AsSpan() => _slots;

    private static int RoomIn(int slots) => slots / 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Step Find(ulong from, ulong to, uint length)
    {
        ref Step start = ref MemoryMarshal.GetArrayDataReference(_slots);
        ulong hash = (BitOperations.RotateLeft((from ^ HashSeed.Value) * 0x9e3779b97f4a7c15, 32) + to + (length * 0xc2b2ae3d27d4eb4f)) * 0xd6e8feb86659fd93;
        nuint index = (nuint)(hash >> _shift);
        while (true)
        {
            ref Step slot = ref Unsafe.Add(ref start, index);
            if ((slot.From == from && slot.To == to && slot.Length == length) || slot.Count == 0)
            {
                return ref slot;
            }

            index = (index + 1) & (nuint)(_slots.Length - 1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Insert(ref Step slot, Step step)
    {
        if (Count == _room)
        {
            Grow();
            slot = ref Find(step.From, step.To, step.Length);
        }

        slot = step;
        Count++;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Step[old.Length * 2];
        _shift--;
        _room = RoomIn(_slots.Length);
        foreach (ref readonly var step in old.AsSpan())
        {
            if (step.Count != 0)
            {
                Find(step.From, step.To, step.Length) = step;
            }
        }
    }

    /// <summary>One step; a count of 0 marks a free place.</summary>
    public struct Step
    {
        public ulong From;
        public ulong To;
        public ulong FirstTime;
        public uint Length;
        public uint Count;
    }
}

/// <summary>Different in every process, so that no input can be made whose keys all fall together; what comes out does not depend on it.</summary>
internal static class HashSeed
{
    public static readonly ulong Value = (ulong)Random.Shared.NextInt64();
}
