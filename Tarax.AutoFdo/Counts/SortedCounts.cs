using System.Collections;
using System.Runtime.CompilerServices;

namespace Tarax.AutoFdo.Counts;

/// <summary>A count of something that has a place in an order, and can be added to another count of the same.</summary>
internal interface ICount<T>
    where T : struct, ICount<T>
{
    /// <summary>What comes first in the order.</summary>
    static abstract ulong First(in T count);

    /// <summary>What decides where that is the same.</summary>
    static abstract ulong Second(in T count);

    /// <summary>The sum of two counts of the same; it stays at the largest number.</summary>
    static abstract T Sum(in T left, in T right);

    /// <summary>Compares what is counted, not how often.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Compare(in T left, in T right)
    {
        ulong a = T.First(left);
        ulong b = T.First(right);
        return a != b ? a.CompareTo(b) : T.Second(left).CompareTo(T.Second(right));
    }
}

/// <summary>
/// Counts that come in any order, kept in order and each once, in little more memory than they take: sorted runs, merged piece by piece when they
/// have grown alike, so that a merge needs no second copy of them.
/// </summary>
internal sealed class SortedCounts<T>
    where T : struct, ICount<T>
{
    private readonly List<ChunkedList<T>> _runs = [];
    private readonly Stack<T[]> _free = [];

    /// <summary>Adds counts, which are put in order in place.</summary>
    public void Add(Span<T> counts) => AddSorted(SortAndSum(counts));

    /// <summary>Adds counts of others, which stay.</summary>
    public void Add(SortedCounts<T> others)
    {
        var list = others.ToList();
        for (int i = 0; i < list.Chunks; i++)
        {
            AddSorted(list.Chunk(i));
        }
    }

    /// <summary>Puts counts in order in place, and adds up those of the same.</summary>
    /// <returns>The part of them that holds the result.</returns>
    public static Span<T> SortAndSum(Span<T> counts)
    {
        if (counts.IsEmpty)
        {
            return counts;
        }

        DigitSort.Sort(counts);
        int last = 0;
        foreach (ref readonly var next in counts[1..])
        {
            if (ICount<T>.Compare(counts[last], next) == 0)
            {
                counts[last] = T.Sum(counts[last], next);
            }
            else
            {
                counts[++last] = next;
            }
        }

        return counts[..(last + 1)];
    }

    /// <summary>Adds counts that are in order, each once.</summary>
    public void AddSorted(ReadOnlySpan<T> counts)
    {
        if (counts.IsEmpty)
        {
            return;
        }

        _runs.Add(ChunkedList<T>.Of(counts, _free));
        while (_runs.Count > 1 && _runs[^2].Count / 2 < _runs[^1].Count)
        {
            MergeLast();
        }
    }

    /// <summary>All counts in order. More can be added afterwards.</summary>
    public ChunkedList<T> ToList()
    {
        while (_runs.Count > 1)
        {
            MergeLast();
        }

        _free.Clear();
        return _runs.Count == 0 ? ChunkedList<T>.Empty : _runs[0];
    }

    private void MergeLast()
    {
        var merged = ChunkedList<T>.Merge(_runs[^2], _runs[^1], _free);
        _runs.RemoveRange(_runs.Count - 2, 2);
        _runs.Add(merged);
    }
}

/// <summary>A list in chunks of one length, of which the last may be shorter.</summary>
internal sealed class ChunkedList<T> : IReadOnlyList<T>
    where T : struct, ICount<T>
{
    private const int ChunkBits = 12;
    private const int ChunkLength = 1 << ChunkBits;

    public static readonly ChunkedList<T> Empty = new();

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public T this[int index] =>
        (uint)index < (uint)Count ? _chunks[index >> ChunkBits][index & (ChunkLength - 1)] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The items in as many spans as there are chunks.</summary>
    public ReadOnlySpan<T> Chunk(int number) => _chunks[number].AsSpan(0, Math.Min(ChunkLength, Count - (number << ChunkBits)));

    /// <summary>Number of chunks.</summary>
    public int Chunks => _chunks.Count;

    /// <param name="items">What the list holds.</param>
    /// <param name="free">Chunks to be used first.</param>
    public static ChunkedList<T> Of(ReadOnlySpan<T> items, Stack<T[]> free)
    {
        var list = new ChunkedList<T> { Count = items.Length };
        for (; items.Length > ChunkLength; items = items[ChunkLength..])
        {
            list._chunks.Add(Filled(free, items[..ChunkLength]));
        }

        list._chunks.Add(items.ToArray());
        return list;
    }

    /// <summary>Makes one list of two, which are used up: their chunks become those of the result as soon as they are read.</summary>
    public static ChunkedList<T> Merge(ChunkedList<T> left, ChunkedList<T> right, Stack<T[]> free)
    {
        var writer = new Writer(free, left.Count + right.Count);
        var a = new Consumer(left, free);
        var b = new Consumer(right, free);
        while (!a.AtEnd && !b.AtEnd)
        {
            int order = ICount<T>.Compare(a.Current, b.Current);
            if (order < 0)
            {
                writer.Add(a.Current);
                a.Advance();
            }
            else if (order > 0)
            {
                writer.Add(b.Current);
                b.Advance();
            }
            else
            {
                writer.Add(T.Sum(a.Current, b.Current));
                a.Advance();
                b.Advance();
            }
        }

        for (; !a.AtEnd; a.Advance())
        {
            writer.Add(a.Current);
        }

        for (; !b.AtEnd; b.Advance())
        {
            writer.Add(b.Current);
        }

        return writer.ToList();
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _chunks[i >> ChunkBits][i & (ChunkLength - 1)];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static T[] Filled(Stack<T[]> free, ReadOnlySpan<T> items)
    {
        var chunk = free.TryPop(out var used) ? used : new T[ChunkLength];
        items.CopyTo(chunk);
        return chunk;
    }

    /// <summary>Reads a list from its start, and gives its chunks away behind itself.</summary>
    private ref struct Consumer
    {
        private readonly ChunkedList<T> _list;
        private readonly Stack<T[]> _free;
        private int _chunk;
        private int _at;
        private ReadOnlySpan<T> _span;

        public Consumer(ChunkedList<T> list, Stack<T[]> free)
        {
            _list = list;
            _free = free;
            _span = list.Chunk(0);
        }

        public readonly bool AtEnd => _at == _span.Length;

        public readonly ref readonly T Current => ref _span[_at];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Advance()
        {
            if (++_at < _span.Length)
            {
                return;
            }

            if (_list._chunks[_chunk] is { Length: ChunkLength } used)
            {
                _free.Push(used);
            }

            _list._chunks[_chunk] = [];
            if (++_chunk < _list.Chunks)
            {
                _span = _list.Chunk(_chunk);
                _at = 0;
            }
        }
    }

    /// <summary>Writes a list of at most a number of items.</summary>
    private ref struct Writer(Stack<T[]> free, int most)
    {
        private readonly ChunkedList<T> _list = new();
        private T[] _current = [];
        private int _at;

        public void Add(in T item)
        {
            if (_at == _current.Length)
            {
                int left = most - _list.Count;
                _current = left < ChunkLength ? new T[left] : free.TryPop(out var used) ? used : new T[ChunkLength];
                _list._chunks.Add(_current);
                _at = 0;
            }

            _current[_at++] = item;
            _list.Count++;
        }

        public readonly ChunkedList<T> ToList()
        {
            if (_at < _current.Length / 2)
            {
                _list._chunks[^1] = _current[.._at];
            }

            return _list;
        }
    }
}
