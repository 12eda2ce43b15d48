using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// What one thread has counted of the samples of one event and not flushed yet: tables of runtime addresses, one for each address space, that
/// are small enough to stay in the cache for what runs often.
/// </summary>
internal sealed class LocalCounts(RecordedCounts target, AddressSpaces spaces)
{
    /// <summary>Different steps, ranges and addresses from which on they are flushed: in tables of 16 MB.</summary>
    private const long MostDistinct = 1 << 18;

    /// <summary>Address spaces from which on all are flushed, since each takes some kilobytes.</summary>
    private const int MostCounters = 1000;

    /// <summary>As many counters are used again after a flush; of more, most are of processes that have ended.</summary>
    private const int MostUsedAgain = 4;

    /// <summary>Counts in the tables have 32 bits.</summary>
    private const long MostEntries = 1L << 30;

    /// <summary>A straight-line range longer than this is not one: a branch in between was not recorded.</summary>
    private const ulong MaximumRangeLength = 1 << 20;

    private readonly Dictionary<(AddressSpace? Space, AddressSpace? Kernel), BranchStackCounter> _counters = [];
    private readonly Dictionary<MappedFile, FileCounts.Collected> _collected = new(ReferenceEqualityComparer.Instance);
    private MappedFile? _lastFile;
    private FileCounts.Collected _lastCollected = new();
    private long _room = MostDistinct;
    private long _roomForCounters = MostCounters;
    private long _entriesFlushed;

    public SampleTotals Totals { get; } = new();

    /// <summary>The counter of an address space. It must be asked for again after a flush.</summary>
    /// <param name="space">The process's mappings; null where none are known, and for the kernel itself.</param>
    /// <param name="kernel">The kernel's mappings; null where none are known.</param>
    public BranchStackCounter CounterOf(AddressSpace? space, AddressSpace? kernel)
    {
        if (_counters.TryGetValue((space, kernel), out var counter))
        {
            return counter;
        }

        if (_counters.Count > _roomForCounters)
        {
            FlushEarly();
        }

        return Add(space, kernel);
    }

    /// <summary>Flushes the tables where they have grown too large.</summary>
    public void FlushIfLarge()
    {
        if (_counters.Count > _roomForCounters || Distinct() > _room || Totals.BranchEntries - _entriesFlushed > MostEntries)
        {
            FlushEarly();
        }
    }

    /// <summary>Adds everything to the target: at the end of the recording.</summary>
    public void FlushAll()
    {
        Flush(isFinal: true);
        lock (target)
        {
            target.Totals.Add(Totals);
        }
    }

    private void FlushEarly()
    {
        Flush(isFinal: false);

        // What is not decided stays, and must not be tried again and again.
        _room = Math.Max(MostDistinct, 2 * Distinct());
        _roomForCounters = Math.Max(MostCounters, 2 * _counters.Count);
        _entriesFlushed = Totals.BranchEntries;
    }

    /// <summary>All processes share a counter for what lies inside of the kernel, which is that of no process.</summary>
    private BranchStackCounter Add(AddressSpace? space, AddressSpace? kernel)
    {
        if (!_counters.TryGetValue((space, kernel), out var counter))
        {
            counter = new BranchStackCounter(space is null ? null : Add(null, kernel));
            _counters.Add((space, kernel), counter);
        }

        return counter;
    }

    private long Distinct()
    {
        long distinct = 0;
        foreach (var counter in _counters.Values)
        {
            distinct += counter.Count;
        }

        return distinct;
    }

    private void Flush(bool isFinal)
    {
        var undecided = new List<((AddressSpace? Space, AddressSpace? Kernel) Key, BranchStackCounter Counter)>();
        foreach (var (key, counter) in _counters)
        {
            Totals.WrongPathEntries += counter.WrongPathEntries;
            Totals.DuplicateHeads += counter.DuplicateHeads;
            var left = new BranchStackCounter();
            Collect(counter, new Locator(key.Space, key.Kernel ?? (isFinal ? spaces.Kernel.Latest : null), isFinal), left);
            if (left.Count > 0)
            {
                undecided.Add((key, left));
            }

            counter.Clear();
        }

        foreach (var (file, collected) in _collected)
        {
            target.Of(file).Take(collected);
        }

        if (_counters.Count > MostUsedAgain)
        {
            _counters.Clear();
        }

        foreach (var ((space, kernel), left) in undecided)
        {
            Add(space, kernel).Take(left);
        }
    }

    private void Collect(BranchStackCounter counter, Locator locator, BranchStackCounter undecided)
    {
        foreach (ref readonly var slot in counter.Addresses)
        {
            if (!locator.TryLocate(slot.First, out var location))
            {
                undecided.Addresses.Add(slot.First, 0, slot.Count, slot.FirstTime);
            }
            else if (location.File is { } file)
            {
                var collected = Of(file);
                collected.Samples.Add(new AddressCount(location.Position, slot.Count, slot.FirstTime));
                collected.Sums.Samples += slot.Count;
            }
        }

        foreach (ref readonly var slot in counter.UnpairedRanges)
        {
            if (!locator.TryLocate(slot.First, out var start) || !locator.TryLocate(slot.Second, out var end))
            {
                undecided.UnpairedRanges.Add(slot.First, slot.Second, slot.Count, slot.FirstTime);
            }
            else if (start.File is not null)
            {
                AddRange(start, end, slot.Second - slot.First, slot.Count, slot.FirstTime);
            }
        }

        foreach (ref readonly var step in counter.Steps.AsSpan())
        {
            if (step.Count == 0)
            {
                continue;
            }

            bool hasRange = step.Length != BranchStepTable.NoRange;
            Location end = default;
            if (!locator.TryLocate(step.From, out var from) || !locator.TryLocate(step.To, out var to)
                || (hasRange && !locator.TryLocate(step.To + step.Length, out end)))
            {
                undecided.Steps.Add(step);
                continue;
            }

            if (to.File is not { } file)
            {
                continue;
            }

            var collected = Of(file);
            collected.Sums.BranchesInto += step.Count;
            if (from.File == file)
            {
                collected.Branches.Add(new BranchCount(from.Position, to.Position, step.Count));
            }
            else
            {
                collected.Entries.Add(new AddressCount(to.Position, step.Count, step.FirstTime));
            }

            if (hasRange)
            {
                AddRange(to, end, step.Length, step.Count, step.FirstTime);
            }
        }
    }

    private void AddRange(in Location start, in Location end, ulong distance, ulong count, ulong firstTime)
    {
        var collected = Of(start.File!);
        collected.Sums.RangesSeen += count;
        if (end.File != start.File || end.Position - start.Position != distance)
        {
            collected.Sums.RangesLeaving += count;
        }
        else if (end.Position < start.Position)
        {
            collected.Sums.RangesBackward += count;
        }
        else if (distance > MaximumRangeLength)
        {
            collected.Sums.RangesTooLong += count;
        }
        else
        {
            collected.Ranges.Add(new RangeCount(start.Position, end.Position, count, firstTime));
        }
    }

    private FileCounts.Collected Of(MappedFile file)
    {
        if (file != _lastFile)
        {
            if (!_collected.TryGetValue(file, out var collected))
            {
                collected = new FileCounts.Collected();
                _collected.Add(file, collected);
            }

            (_lastFile, _lastCollected) = (file, collected);
        }

        return _lastCollected;
    }
}
