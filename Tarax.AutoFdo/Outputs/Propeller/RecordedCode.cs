using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Where code ran or was branched from and to, by ELF virtual addresses. Of a kernel that is one function in twenty, and the blocks of the others need not be looked at.</summary>
internal sealed class RecordedCode
{
    private readonly ulong[] _starts;

    /// <summary>For each start, and all before it, the last address that ran.</summary>
    private readonly ulong[] _furthestLast;

    private RecordedCode(ulong[] starts, ulong[] lasts)
    {
        Array.Sort(starts, lasts);
        ulong furthest = 0;
        for (int i = 0; i < lasts.Length; i++)
        {
            furthest = Math.Max(furthest, lasts[i]);
            lasts[i] = furthest;
        }

        (_starts, _furthestLast) = (starts, lasts);
    }

    public static RecordedCode Of(BinaryCounts counts, ElfFile file)
    {
        var (starts, lasts) = (new List<ulong>(), new List<ulong>());
        void Add(ulong first, ulong last)
        {
            if (file.TryGetVirtualAddress(first, out ulong address))
            {
                starts.Add(address);
                lasts.Add(address + Math.Min(last - first, ulong.MaxValue - address));
            }
        }

        foreach (var range in counts.Ranges)
        {
            Add(range.Start, range.End);
        }

        foreach (var branch in counts.Branches)
        {
            Add(branch.From, branch.From);
            Add(branch.To, branch.To);
        }

        foreach (var entry in counts.Entries)
        {
            Add(entry.Address, entry.Address);
        }

        return new RecordedCode([.. starts], [.. lasts]);
    }

    /// <summary>Of the functions of a map, those that ran, and those whose code others have too or that are damaged, since one says something of the others.</summary>
    public bool[] Functions(List<MappedFunction> map)
    {
        bool[] found = new bool[map.Count];
        var ranges = new List<(ulong Start, ulong End, int Function)>();
        for (int i = 0; i < found.Length; i++)
        {
            foreach (var range in map[i].Ranges)
            {
                if (range.End is { } end)
                {
                    ranges.Add((range.Base, end, i));
                    found[i] |= IsAnyIn(range.Base, end);
                }
                else
                {
                    found[i] = true;
                }
            }
        }

        ranges.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Function.CompareTo(b.Function));
        int first = 0;
        ulong furthest = 0;
        for (int i = 0; i < ranges.Count; i++)
        {
            var (start, end, function) = ranges[i];
            if (start < furthest)
            {
                found[function] = found[ranges[first].Function] = true;
            }
            else
            {
                first = i;
            }

            furthest = Math.Max(furthest, end);
        }

        return found;
    }

    private bool IsAnyIn(ulong start, ulong end)
    {
        int low = 0;
        int high = _starts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_starts[middle] < end)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && _furthestLast[low - 1] >= start;
    }
}
