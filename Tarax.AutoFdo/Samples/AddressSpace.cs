using System.Collections.Immutable;

namespace Tarax.AutoFdo.Samples;

/// <summary>One mapped file in an address space: runtime addresses [Start, End), file offset of Start.</summary>
internal readonly record struct Mapping(ulong Start, ulong End, ulong PageOffset, MappedFile? File)
{
    /// <summary>File offset of a runtime address in this mapping.</summary>
    public ulong OffsetOf(ulong address) => address - Start + PageOffset;
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

    /// <summary>Whether any of some files is mapped.</summary>
    public bool Maps(IReadOnlySet<MappedFile> files) => _mappings.Exists(m => m.File is { } file && files.Contains(file));

    /// <summary>This address space with one more mapping: the same object, or a new one where the change matters to earlier samples.</summary>
    public AddressSpace With(in Mapping mapping)
    {
        int first = FirstEndingAfter(mapping.Start);
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

    /// <summary>The mapping that holds a runtime address.</summary>
    public bool TryFind(ulong address, out Mapping mapping)
    {
        int index = FirstEndingAfter(address);
        if (index < _mappings.Count && _mappings[index].Start <= address)
        {
            mapping = _mappings[index];
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

        _mappings = mappings;
        return this;
    }

    private ImmutableList<Mapping> Replaced(int first, int last, in Mapping mapping)
    {
        var pieces = new List<Mapping>();
        var head = _mappings[first];
        if (head.Start < mapping.Start)
        {
            pieces.Add(head with { End = mapping.Start });
        }

        pieces.Add(mapping);
        var tail = _mappings[last - 1];
        if (tail.End > mapping.End)
        {
            pieces.Add(tail with { Start = mapping.End, PageOffset = tail.OffsetOf(mapping.End) });
        }

        return _mappings.RemoveRange(first, last - first).InsertRange(first, pieces);
    }

    private int FirstEndingAfter(ulong address)
    {
        int low = 0;
        int high = _mappings.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_mappings[middle].End <= address)
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
