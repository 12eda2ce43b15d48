namespace Tarax.AutoFdo.Profiles;

/// <summary>
/// Values by key, in the order in which they came. Few are searched one by one, since most inlined calls have a handful of positions, and a kernel's profile has tens of thousands of such calls;
/// a dictionary says where they are once there are many. Copies share what was there when they were made: keep it in one field.
/// </summary>
internal struct SmallDictionary<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
{
    private const int Few = 8;
    private const int First = 1;

    private (TKey Key, TValue Value)[]? _entries;
    private Dictionary<TKey, int>? _indices;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Keys and values in the order in which they came.</summary>
    public readonly Span<(TKey Key, TValue Value)> Entries => _entries.AsSpan(0, Count);

    /// <summary>Index of a key in <see cref="Entries"/>; −1 where it is not among them.</summary>
    public readonly int IndexOf(TKey key)
    {
        if (_indices is not null)
        {
            return _indices.TryGetValue(key, out int index) ? index : -1;
        }

        var entries = _entries.AsSpan(0, Count);
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Key.Equals(key))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The value of a key, which is added with the type's default where there is none; until the next is added.</summary>
    public ref TValue? ValueOf(TKey key, out bool exists)
    {
        int index = IndexOf(key);
        exists = index >= 0;
        if (!exists)
        {
            index = Add(key);
        }

        return ref _entries![index].Value!;
    }

    private int Add(TKey key)
    {
        if (_entries is null || Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(First, 2 * Count));
        }

        _entries[Count] = (key, default!);
        if (_indices is null && Count >= Few)
        {
            _indices = new Dictionary<TKey, int>(2 * Count);
            for (int i = 0; i < Count; i++)
            {
                _indices.Add(_entries[i].Key, i);
            }
        }

        _indices?.Add(key, Count);
        return Count++;
    }
}
