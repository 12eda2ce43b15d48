using System.Collections.Immutable;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Counting;

/// <summary>One mapped file in an address space: runtime addresses [Start, End), file offset of Start.</summary>
internal readonly record struct Mapping(ulong Start, ulong End, ulong PageOffset, MappedFile? File)
{
    /// <summary>File offset of a runtime address in this mapping.</summary>
    public ulong OffsetOf(ulong address) => address - Start + PageOffset;

    /// <summary>Whether it is of a kernel's module, whose positions are distances from where it begins.</summary>
    public bool IsModule => File is { IsKernelModule: true };

    /// <summary>What is left of it from an address on.</summary>
    public Mapping From(ulong address) => this with { Start = address, PageOffset = File?.KernelReferenceSymbol is null ? OffsetOf(address) : PageOffset };

    /// <summary>
    /// What stands for a runtime address whatever process it is of: the file offset in programs and libraries; in the kernel the distance from its reference
    /// symbol, whose address stands in place of the file offset; in modules the distance from the base; and the address itself where mappings are not known.
    /// </summary>
    public ulong PositionOf(ulong address) =>
        File!.IsAsLinked ? address
        : File.KernelReferenceSymbol is not null ? address - PageOffset
        : IsModule ? address - Start
        : OffsetOf(address);
}

/// <summary>
/// The mappings of a process between two changes that matter. A mapping of addresses where nothing was mapped before, not even anonymous
/// memory, is added in place, since no earlier sample can lie there; a change of what is mapped makes a new address space.
/// Processes share the object after fork until one of them changes its mappings. Address spaces share what they have in common.
/// </summary>
internal sealed class AddressSpace
{
    private ImmutableList<Mapping> _mappings;

    public AddressSpace() => _mappings = [];

    private AddressSpace(ImmutableList<Mapping> mappings) => _mappings = mappings;

    /// <summary>Set once another process uses the same object.</summary>
    public bool IsShared { get; set; }

    /// <summary>This address space with one more mapping: the same object, or a new one where the change matters to earlier samples.</summary>
    public AddressSpace With(in Mapping added)
    {
        var mapping = WithoutNextModules(added);
        int first = FirstEndingAfter(_mappings, mapping.Start);
        int last = first;
        while (last < _mappings.Count && _mappings[last].Start < mapping.End)
        {
            last++;
        }

        if (first == last)
        {
            return InPlace(_mappings.Insert(first, mapping));
        }

        if (mapping.File is null && _mappings.FindIndex(first, last - first, m => m.File is not null) < 0)
        {
            return WithMoreAnonymous(first, last, mapping);
        }

        if (last == first + 1 && _mappings[first] == mapping)
        {
            return this;
        }

        return new AddressSpace(Replaced(first, last, mapping));
    }

    /// <summary>
    /// Where a module's mapping begins is right, but it may be too long: since Linux 6.4 the sizes in /proc/modules are the sums of all its parts, which lie anywhere, and perf before 6.14 takes them for
    /// the length (kernel/module/procfs.c, module_total_size; tools/perf/util/machine.c, machine__create_module). It ends where the next module begins, at the latest.
    /// </summary>
    private Mapping WithoutNextModules(in Mapping mapping)
    {
        int next = FirstEndingAfter(_mappings, mapping.Start);
        while (mapping.IsModule && next < _mappings.Count && _mappings[next].Start < mapping.End)
        {
            if (_mappings[next].IsModule && _mappings[next].Start > mapping.Start)
            {
                return mapping with { End = _mappings[next].Start };
            }

            next++;
        }

        return mapping;
    }

    /// <summary>The mapping that holds a runtime address.</summary>
    public bool TryFind(ulong address, out Mapping mapping)
    {
        // Another thread may add mappings meanwhile.
        var mappings = Volatile.Read(ref _mappings);
        int index = FirstEndingAfter(mappings, address);
        if (index < mappings.Count && mappings[index] is var found && found.Start <= address)
        {
            mapping = found;
            return true;
        }

        mapping = default;
        return false;
    }

    /// <summary>Anonymous memory over anonymous memory changes nothing; the mappings become one, so that compilers at run time do not add up.</summary>
    private AddressSpace WithMoreAnonymous(int first, int last, in Mapping mapping)
    {
        var whole = new Mapping(Math.Min(mapping.Start, _mappings[first].Start), Math.Max(mapping.End, _mappings[last - 1].End), 0, null);
        if (last == first + 1 && _mappings[first] == whole)
        {
            return this;
        }

        return InPlace(_mappings.RemoveRange(first, last - first).Insert(first, whole));
    }

    private AddressSpace InPlace(ImmutableList<Mapping> mappings)
    {
        if (IsShared)
        {
            return new AddressSpace(mappings);
        }

        Volatile.Write(ref _mappings, mappings);
        return this;
    }

    private ImmutableList<Mapping> Replaced(int first, int last, in Mapping mapping)
    {
        var chunks = new List<Mapping>();
        var head = _mappings[first];
        if (head.Start < mapping.Start)
        {
            chunks.Add(head with { End = mapping.Start });
        }

        chunks.Add(mapping);
        var tail = _mappings[last - 1];
        if (tail.End > mapping.End && !(tail.IsModule && mapping.IsModule))
        {
            chunks.Add(tail.From(mapping.End));
        }

        return _mappings.RemoveRange(first, last - first).InsertRange(first, chunks);
    }

    private static int FirstEndingAfter(ImmutableList<Mapping> mappings, ulong address)
    {
        int low = 0;
        int high = mappings.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (mappings[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
