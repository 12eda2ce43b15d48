using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// Counts pairs of addresses, with the earliest time of each: open addressing, one cache line for two pairs.
/// Single addresses are pairs with 0.
/// </summary>
internal sealed class PairTable
{
    private const int InitialSlots = 16;

    private static readonly Slot[] Unused = new Slot[2];

    private readonly HashMultipliers _hash = HashMultipliers.OfProcess;
    private Slot[] _slots = Unused;
    private int _shift = 63;
    private int _room;

    /// <summary>Number of different pairs.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one execution at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment(ulong first, ulong second, ulong time) => Add(first, second, 1, time);

    /// <summary>Adds <paramref name="count"/> executions, the earliest of them at <paramref name="time"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong first, ulong second, ulong count, ulong time)
    {
        ref Slot slot = ref Find(first, second);
        if (slot.Count == 0)
        {
            Insert(ref slot, first, second, count, time);
            return;
        }

        ulong sum = slot.Count + count;
        slot.Count = sum < count ? ulong.MaxValue : sum;
        if (time < slot.FirstTime)
        {
            slot.FirstTime = time;
        }
    }

    /// <summary>Asks for the place of a pair that will be added, so that the cache fetches several side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong first, ulong second)
    {
        if (Sse.IsSupported)
        {
            // Only a hint: it does not matter where the array moves meanwhile.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), (nuint)(_hash.Of(first, second) >> _shift))));
        }
    }

    /// <summary>Forgets all pairs; the memory is used again.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>Adds everything of another table.</summary>
    public void AddAll(PairTable other)
    {
        foreach (ref readonly var slot in other._slots.AsSpan())
        {
            if (slot.Count != 0)
            {
                Add(slot.First, slot.Second, slot.Count, slot.FirstTime);
            }
        }
    }

    /// <summary>The pairs in ascending order.</summary>
    public Slot[] ToSortedArray()
    {
        var result = new Slot[Count];
        int next = 0;
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            if (slot.Count != 0)
            {
                result[next++] = slot;
            }
        }

        Array.Sort(result);
        return result;
    }

    public Enumerator GetEnumerator() => new(_slots);

    private static int RoomIn(int slots) => slots / 8 * 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Find(ulong first, ulong second)
    {
        ref Slot start = ref MemoryMarshal.GetArrayDataReference(_slots);
        nuint index = (nuint)(_hash.Of(first, second) >> _shift);
        while (true)
        {
            ref Slot slot = ref Unsafe.Add(ref start, index);
            if ((slot.First == first && slot.Second == second) || slot.Count == 0)
            {
                return ref slot;
            }

            index = (index + 1) & (nuint)(_slots.Length - 1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Insert(ref Slot slot, ulong first, ulong second, ulong count, ulong time)
    {
        if (Count == _room)
        {
            Grow();
            slot = ref Find(first, second);
        }

        slot = new Slot { First = first, Second = second, Count = count, FirstTime = time };
        Count++;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = HugePages.Allocate<Slot>(Math.Max(old.Length * 2, InitialSlots));
        _shift = 64 - BitOperations.Log2((uint)_slots.Length);
        _room = RoomIn(_slots.Length);
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (slot.Count != 0)
            {
                Find(slot.First, slot.Second) = slot;
            }
        }
    }

    /// <summary>One pair; a count of 0 marks a free slot.</summary>
    public struct Slot : IComparable<Slot>
    {
        public ulong First;
        public ulong Second;
        public ulong Count;
        public ulong FirstTime;

        public readonly int CompareTo(Slot other) => First != other.First ? First.CompareTo(other.First) : Second.CompareTo(other.Second);
    }

    /// <summary>Visits the pairs in no particular order.</summary>
    public ref struct Enumerator
    {
        private readonly Slot[] _slots;
        private int _index;

        public Enumerator(Slot[] slots)
        {
            _slots = slots;
            _index = -1;
        }

        public readonly ref readonly Slot Current => ref _slots[_index];

        public bool MoveNext()
        {
            while (++_index < _slots.Length)
            {
                if (_slots[_index].Count != 0)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
