namespace Tarax.AutoFdo.Counting;

/// <summary>
/// The address spaces of one process, or of the kernel, each from a time on. One thread adds to the end while others look at what is there.
/// </summary>
internal sealed class AddressSpaceHistory
{
    private Entry[] _entries = new Entry[1];
    private int _count;

    public AddressSpace? Latest => _count == 0 ? null : _entries[_count - 1].Space;

    /// <summary>Makes <paramref name="space"/> the one from <paramref name="time"/> on; a time before the latest is taken for that.</summary>
    public void Set(ulong time, AddressSpace space)
    {
        if (Latest == space)
        {
            return;
        }

        var entries = _entries;
        if (_count == entries.Length)
        {
            Array.Resize(ref entries, _count * 2);
        }

        entries[_count] = new Entry(_count == 0 ? time : Math.Max(time, entries[_count - 1].Time), space);

        // The others see the array before the number that it holds.
        Volatile.Write(ref _entries, entries);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The address space at a time; null before the first.</summary>
    public AddressSpace? At(ulong time)
    {
        int count = Volatile.Read(ref _count);
        var entries = Volatile.Read(ref _entries);
        if (count > 0 && time >= entries[count - 1].Time)
        {
            return entries[count - 1].Space;
        }

        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Time <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : entries[low - 1].Space;
    }

    private readonly record struct Entry(ulong Time, AddressSpace Space);
}
