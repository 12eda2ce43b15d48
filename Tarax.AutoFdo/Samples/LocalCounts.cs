using Tarax.AutoFdo.PerfData;

namespace Tarax.AutoFdo.Samples;

/// <summary>
/// What one thread has counted of the samples of one event and not handed over yet: tables of runtime addresses, one for each address space, that
/// are small enough to stay in the cache for what runs often.
/// </summary>
internal sealed class LocalCounts(RecordedCounts target, AddressSpaces spaces)
{
    /// <summary>Places in all tables, each of 32 bytes, from which on they are handed over: 16 MB.</summary>
    private const long MostSlots = 1 << 19;

    /// <summary>Counts in the tables have 32 bits.</summary>
    private const long MostEntries = 1L << 31;

    /// <summary>A straight-line range longer than this is not one: a branch in between was not recorded.</summary>
    private const ulong MaximumRangeLength = 1 << 20;

    private readonly Dictionary<(AddressSpace? Space, AddressSpace? Kernel), BranchStackCounter> _counters = [];
    private readonly Dictionary<(AddressSpace? Space, AddressSpace? Kernel), BranchStackCounter> _kernelCounters = [];
    private readonly Dictionary<MappedFile, FileCounts.Collected> _collected = new(ReferenceEqualityComparer.Instance);
    private MappedFile? _lastFile;
    private FileCounts.Collected _lastCollected = new();
    private long _roomForSlots = MostSlots;
    private long _entriesHandedOver;

    public SampleTotals Totals { get; } = new();

    /// <summary>The counter of an address space.</summary>
    /// <param name="space">The process's mappings; null where none are known.</param>
    /// <param name="kernel">The kernel's mappings; null where none are known.</param>
    public BranchStackCounter CounterOf(AddressSpace? space, AddressSpace? kernel)
    {
        if (!_counters.TryGetValue((space, kernel), out var counter))
        {
            if (!_kernelCounters.TryGetValue((null, kernel), out var kernelCounter))
            {
                kernelCounter = new BranchStackCounter();
                _kernelCounters.Add((null, kernel), kernelCounter);
            }

            counter = new BranchStackCounter(kernelCounter);
            _counters.Add((space, kernel), counter);
        }

        return counter;
    }

    /// <summary>Hands the tables over where they have grown too large. Counters must be asked for again then.</summary>
    /// <returns>Whether they were handed over.</returns>
    public bool HandOverIfLarge()
    {
        long slots = SlotsOf(_counters) + SlotsOf(_kernelCounters);
        if (slots <= _roomForSlots && Totals.BranchEntries - _entriesHandedOver < MostEntries)
        {
            return false;
        }

        HandOver(isFinal: false);

        // What is not decided stays, and must not be tried again and again.
        _roomForSlots = Math.Max(MostSlots, 2 * (SlotsOf(_counters) + SlotsOf(_kernelCounters)));
        _entriesHandedOver = Totals.BranchEntries;
        return true;
    }

    /// <summary>Adds everything to the target: at the end of the recording.</summary>
    public void HandOverAll()
    {
        HandOver(isFinal: true);
        lock (target)
        {
            target.Totals.Add(Totals);
        }
    }

    private static long SlotsOf(Dictionary<(AddressSpace?, AddressSpace?), BranchStackCounter> counters)
    {
        long slots = 0;
        foreach (var counter in counters.Values)
        {
            slots += counter.Slots;
        }

        return slots;
    }

    private void HandOver(bool isFinal)
    {
        var undecided = new List<((AddressSpace? Space, AddressSpace? Kernel) Key, BranchStackCounter Counter)>();
        foreach (var counters in (Dictionary<(AddressSpace? Space, AddressSpace? Kernel), BranchStackCounter>[])[_counters, _kernelCounters])
        {
            foreach (var (key, counter) in counters)
            {
                Totals.WrongPathEntries += counter.WrongPathEntries;
                Totals.DuplicateHeads += counter.DuplicateHeads;
                var left = new BranchStackCounter();
                var locator = new Locator(key.Space, key.Kernel ?? (isFinal ? spaces.Kernel.Latest : null), isFinal);
                Collect(counter, locator, left);
                if (!left.IsEmpty)
                {
                    undecided.Add((key, left));
                }
            }
        }

        foreach (var (file, collected) in _collected)
        {
            target.Of(file).Take(collected);
        }

        _counters.Clear();
        _kernelCounters.Clear();
        foreach (var (key, left) in undecided)
        {
            CounterOf(key.Space, key.Kernel).Take(left);
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

        foreach (ref readonly var slot in counter.LoneRanges)
        {
            if (!locator.TryLocate(slot.First, out var begin) || !locator.TryLocate(slot.Second, out var end))
            {
                undecided.LoneRanges.Add(slot.First, slot.Second, slot.Count, slot.FirstTime);
            }
            else if (begin.File is not null)
            {
                AddRange(begin, end, slot.Second - slot.First, slot.Count, slot.FirstTime);
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

    private void AddRange(in Location begin, in Location end, ulong distance, ulong count, ulong firstTime)
    {
        var collected = Of(begin.File!);
        collected.Sums.RangesSeen += count;
        if (end.File != begin.File || end.Position - begin.Position != distance)
        {
            collected.Sums.RangesLeaving += count;
        }
        else if (end.Position < begin.Position)
        {
            collected.Sums.RangesBackward += count;
        }
        else if (distance > MaximumRangeLength)
        {
            collected.Sums.RangesTooLong += count;
        }
        else
        {
            collected.Ranges.Add(new RangeCount(begin.Position, end.Position, count, firstTime));
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
