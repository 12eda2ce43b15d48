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
        int last = _times.Count - 1;
        while (last >= 0 && _times[last] > time)
        {
            last--;
        }

        return last < 0 ? null : _spaces[last];
    }
}
