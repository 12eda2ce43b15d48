namespace Tarax.AutoFdo.Counts;

/// <summary>Counts of one binary that are being added up.</summary>
internal sealed class CountsTables
{
    private readonly PendingCounts _branches = new();
    private readonly PendingCounts _ranges = new();
    private readonly PendingCounts _samples = new();
    private readonly PendingCounts _entries = new();

    public FileSums Sums;

    /// <summary>Number of different counts.</summary>
    public long Distinct => (long)_branches.Count + _ranges.Count + _samples.Count + _entries.Count;

    public void AddBranch(ulong from, ulong to, ulong count) => Add(_branches, from, to, count, 0);

    public void AddRange(ulong start, ulong end, ulong count, ulong firstTime) => Add(_ranges, start, end, count, firstTime);

    public void AddSample(ulong address, ulong count, ulong firstTime) => Add(_samples, address, 0, count, firstTime);

    public void AddEntry(ulong address, ulong count, ulong firstTime) => Add(_entries, address, 0, count, firstTime);

    /// <summary>Adds everything to a sum; the tables are empty afterwards.</summary>
    /// <param name="target">The sum.</param>
    /// <param name="collected">Lists to use on the way, empty before and after.</param>
    public void Flush(FileCounts target, FileCounts.Collected collected)
    {
        collected.Sums = Sums;
        foreach (ref readonly var slot in _branches.Table())
        {
            collected.Branches.Add(new BranchCount(slot.First, slot.Second, slot.Count));
        }

        foreach (ref readonly var slot in _ranges.Table())
        {
            collected.Ranges.Add(new RangeCount(slot.First, slot.Second, slot.Count, slot.FirstTime));
        }

        foreach (ref readonly var slot in _samples.Table())
        {
            collected.Samples.Add(new AddressCount(slot.First, slot.Count, slot.FirstTime));
        }

        foreach (ref readonly var slot in _entries.Table())
        {
            collected.Entries.Add(new AddressCount(slot.First, slot.Count, slot.FirstTime));
        }

        target.Take(collected);
        _branches.Table().Clear();
        _ranges.Table().Clear();
        _samples.Table().Clear();
        _entries.Table().Clear();
        Sums = default;
    }

    /// <summary>What did not happen is no count.</summary>
    private static void Add(PendingCounts table, ulong first, ulong second, ulong count, ulong firstTime)
    {
        if (count > 0)
        {
            table.Add(first, second, count, firstTime);
        }
    }

    /// <summary>A table that is looked into for many counts at a time, when the cache has fetched what they need.</summary>
    private sealed class PendingCounts
    {
        private readonly PairTable _table = new();
        private readonly PairTable.Slot[] _pending = new PairTable.Slot[32];
        private int _waiting;

        /// <summary>Number of different counts, but for those that wait.</summary>
        public int Count => _table.Count;

        public void Add(ulong first, ulong second, ulong count, ulong firstTime)
        {
            _table.Prefetch(first, second);
            _pending[_waiting++] = new PairTable.Slot { First = first, Second = second, Count = count, FirstTime = firstTime };
            if (_waiting == _pending.Length)
            {
                AddWaiting();
            }
        }

        /// <summary>The table with all counts.</summary>
        public PairTable Table()
        {
            AddWaiting();
            return _table;
        }

        private void AddWaiting()
        {
            foreach (ref readonly var slot in _pending.AsSpan(0, _waiting))
            {
                _table.Add(slot.First, slot.Second, slot.Count, slot.FirstTime);
            }

            _waiting = 0;
        }
    }
}
