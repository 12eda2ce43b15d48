namespace Tarax.AutoFdo.Samples;

/// <summary>The address spaces of one process, or of the kernel, each from a time on.</summary>
internal sealed class AddressSpaceHistory
{
    private readonly List<ulong> _times = [];
    private readonly List<AddressSpace> _spaces = [];

    public AddressSpace? Latest => _spaces.Count == 0 ? null : _spaces[^1];

    /// <summary>Makes <paramref name="space"/> the one from <paramref name="time"/> on; times do not go back.</summary>
    public void Set(ulong time, AddressSpace space)
    {
        if (Latest == space)
        {
            return;
        }

        _times.Add(time);
        _spaces.Add(space);
    }

    /// <summary>The address space at a time; null before the first.</summary>
    public AddressSpace? At(ulong time)
    {
        if (_times.Count > 0 && time >= _times[^1])
        {
            return _spaces[^1];
        }

        int low = 0;
        int high = _times.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_times[middle] <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : _spaces[low - 1];
    }
}
