namespace Tarax.AutoFdo.Samples;

/// <summary>What was counted of a recording, by runtime address in each address space.</summary>
internal sealed class RecordedCounts
{
    /// <summary>A straight-line range longer than this is not one: a branch in between was not recorded.</summary>
    private const ulong MaximumRangeLength = 1 << 20;

    private readonly Dictionary<AddressSpace, BranchStackCounter> _counters = [];
    private readonly BranchStackCounter _kernel = new();
    private readonly BranchStackCounter _unknownSpace;

    public RecordedCounts() => _unknownSpace = new BranchStackCounter(_kernel);

    public long Samples { get; set; }

    public long SamplesWithBranchStack { get; set; }

    public long BranchEntries { get; set; }

    /// <summary>Entries of the longest branch stack.</summary>
    public int DeepestBranchStack { get; set; }

    /// <summary>Time of the earliest sample in nanoseconds; 0 where times are not known.</summary>
    public ulong FirstTime { get; private set; }

    /// <summary>Time of the latest sample in nanoseconds.</summary>
    public ulong LastTime { get; private set; }

    /// <summary>Samples shorter than what they say they hold.</summary>
    public long DamagedSamples { get; set; }

    /// <summary>Samples from inside a virtual machine.</summary>
    public long GuestSamples { get; set; }

    public long WrongPathEntries => _counters.Values.Append(_unknownSpace).Sum(c => c.WrongPathEntries);

    public long DuplicateHeads => _counters.Values.Append(_unknownSpace).Sum(c => c.DuplicateHeads);

    /// <summary>Takes note of the time of a sample; 0 for none.</summary>
    public void NoteTime(ulong time)
    {
        if (time != 0)
        {
            FirstTime = FirstTime == 0 ? time : Math.Min(FirstTime, time);
            LastTime = Math.Max(LastTime, time);
        }
    }

    /// <summary>The counter of an address space; null for processes of which no mapping is known.</summary>
    public BranchStackCounter CounterOf(AddressSpace? space)
    {
        if (space is null)
        {
            return _unknownSpace;
        }

        if (!_counters.TryGetValue(space, out var counter))
        {
            counter = new BranchStackCounter(_kernel);
            _counters.Add(space, counter);
        }

        return counter;
    }

    /// <summary>Adds everything of another part of the recording.</summary>
    public void AddAll(RecordedCounts other)
    {
        foreach (var (space, counter) in other._counters)
        {
            CounterOf(space).AddAll(counter);
        }

        _unknownSpace.AddAll(other._unknownSpace);
        _kernel.AddAll(other._kernel);
        Samples += other.Samples;
        SamplesWithBranchStack += other.SamplesWithBranchStack;
        BranchEntries += other.BranchEntries;
        DeepestBranchStack = Math.Max(DeepestBranchStack, other.DeepestBranchStack);
        NoteTime(other.FirstTime);
        NoteTime(other.LastTime);
        DamagedSamples += other.DamagedSamples;
        GuestSamples += other.GuestSamples;
    }

    /// <summary>Number of samples whose address lies in each mapped file.</summary>
    public Dictionary<MappedFile, ulong> SamplesByFile(AddressSpace? kernel) => ByFile(kernel, ofBranches: false);

    /// <summary>Number of recorded branches whose target lies in each mapped file.</summary>
    public Dictionary<MappedFile, ulong> BranchesByFile(AddressSpace? kernel) => ByFile(kernel, ofBranches: true);

    /// <summary>The counts that lie in one binary, by file offset.</summary>
    /// <param name="files">The mapped files that are this binary.</param>
    /// <param name="layout">How its addresses become file offsets.</param>
    /// <param name="kernel">The kernel's mappings.</param>
    public BinaryTally TallyOf(IReadOnlySet<MappedFile> files, BinaryLayout layout, AddressSpace? kernel)
    {
        var tally = new BinaryTally();
        bool isOfKernel = kernel?.Maps(files) == true;
        foreach (var (space, counter) in Counters())
        {
            if (isOfKernel || space.Maps(files))
            {
                AddTo(tally, counter, new Locator(space, kernel), files, layout);
            }
        }

        return tally;
    }

    /// <summary>All counters with the address spaces that they belong to.</summary>
    private IEnumerable<(AddressSpace Space, BranchStackCounter Counter)> Counters()
    {
        foreach (var (space, counter) in _counters)
        {
            yield return (space, counter);
        }

        var none = new AddressSpace();
        yield return (none, _unknownSpace);
        yield return (none, _kernel);
    }

    private Dictionary<MappedFile, ulong> ByFile(AddressSpace? kernel, bool ofBranches)
    {
        var result = new Dictionary<MappedFile, ulong>();
        foreach (var (space, counter) in Counters())
        {
            var locator = new Locator(space, kernel);
            foreach (ref readonly var slot in ofBranches ? counter.Branches : counter.Addresses)
            {
                if (locator.Find(ofBranches ? slot.Second : slot.First) is { File: { } file })
                {
                    result[file] = result.GetValueOrDefault(file) + slot.Count;
                }
            }
        }

        return result;
    }

    private static void AddTo(BinaryTally tally, BranchStackCounter counter, Locator locator, IReadOnlySet<MappedFile> files, BinaryLayout layout)
    {
        bool TryLocate(ulong address, out ulong offset)
        {
            offset = 0;
            return locator.Find(address) is { File: { } file } mapping && files.Contains(file) && layout.TryGetFileOffset(mapping, address, out offset);
        }

        foreach (ref readonly var slot in counter.Addresses)
        {
            if (TryLocate(slot.First, out ulong offset))
            {
                tally.Addresses.Add(offset, 0, slot.Count, slot.FirstTime);
                tally.Samples += slot.Count;
            }
        }

        foreach (ref readonly var slot in counter.Branches)
        {
            bool fromInside = TryLocate(slot.First, out ulong from);
            bool toInside = TryLocate(slot.Second, out ulong to);
            if (fromInside && toInside)
            {
                tally.Branches.Add(from, to, slot.Count, slot.FirstTime);
            }
            else if (toInside)
            {
                tally.Entries.Add(to, 0, slot.Count, slot.FirstTime);
            }
        }

        foreach (ref readonly var slot in counter.Ranges)
        {
            if (!TryLocate(slot.First, out ulong begin))
            {
                continue;
            }

            tally.RangesSeen += slot.Count;
            if (!TryLocate(slot.Second, out ulong end) || slot.Second - slot.First != end - begin)
            {
                tally.RangesLeavingBinary += slot.Count;
            }
            else if (end < begin)
            {
                tally.RangesBackward += slot.Count;
            }
            else if (end - begin > MaximumRangeLength)
            {
                tally.RangesTooLong += slot.Count;
            }
            else
            {
                tally.Ranges.Add(begin, end, slot.Count, slot.FirstTime);
            }
        }
    }

    /// <summary>Finds mappings of a process, and of the kernel for addresses in the upper half.</summary>
    private sealed class Locator(AddressSpace space, AddressSpace? kernel)
    {
        private Mapping _lastOfProcess;
        private Mapping _lastOfKernel;

        public Mapping? Find(ulong address) =>
            (long)address < 0 ? FindInKernel(address)
            : Find(space, address, ref _lastOfProcess) ?? FindInKernel(address);

        /// <summary>Kernels of 32-bit machines lie in the lower half too.</summary>
        private Mapping? FindInKernel(ulong address) => Find(kernel, address, ref _lastOfKernel);

        private static Mapping? Find(AddressSpace? searched, ulong address, ref Mapping last)
        {
            if (address >= last.Start && address < last.End)
            {
                return last;
            }

            if (searched is null || !searched.TryFind(address, out var mapping))
            {
                return null;
            }

            last = mapping;
            return mapping;
        }
    }
}
