using Tarax.AutoFdo.Elf;

namespace Tarax.AutoFdo.Dwarf;

/// <summary>The DWARF of a file: its units, found by offset and by address.</summary>
internal sealed class DwarfFile : IDisposable
{
    private readonly Dictionary<(ulong Offset, UnitEncoding Encoding), AbbreviationTable> _abbreviations = [];
    private readonly List<CodeRange> _code;
    private readonly List<DwarfUnit> _units = [];
    private readonly List<(CodeRange Range, DwarfUnit Unit)> _unitByAddress = [];

    private DwarfFile(string path, DwarfSections sections, List<CodeRange> code)
    {
        Path = path;
        Sections = sections;
        _code = code;
        SplitUnits = new SplitUnits(this);
    }

    /// <summary>The file that the sections are in.</summary>
    public string Path { get; }

    public DwarfSections Sections { get; }

    /// <summary>All units, in the order of .debug_info.</summary>
    public IReadOnlyList<DwarfUnit> Units => _units;

    /// <summary>The file with what dwz moved out of this one; null where there is none.</summary>
    public DwarfFile? Supplementary { get; private init; }

    /// <summary>Whether it is a .dwo or .dwp file, whose units belong to skeletons elsewhere.</summary>
    public bool IsSplit { get; private init; }

    /// <summary>The split units that belong to skeletons of this file.</summary>
    public SplitUnits SplitUnits { get; }

    /// <summary>Why reading the units ended early, or null.</summary>
    public InvalidFormatException? Damage { get; private set; }

    /// <summary>Reads the headers and root entries of all units; null where the file has no DWARF.</summary>
    public static DwarfFile? Of(ElfFile file, ElfFile? supplementary = null)
    {
        if (DwarfSections.Of(file) is not { } sections)
        {
            return null;
        }

        var code = new List<CodeRange>();
        foreach (var section in file.Sections)
        {
            if (section.IsCode)
            {
                code.Add(new CodeRange(section.Address, section.Address + section.Size));
            }
        }

        var dwarf = new DwarfFile(file.Path, sections, code) { Supplementary = supplementary is null ? null : Of(supplementary) };
        dwarf.ReadUnits();
        return dwarf;
    }

    /// <summary>Split units whose addresses are those of this file.</summary>
    /// <param name="path">The .dwo or .dwp file.</param>
    /// <param name="sections">Their sections.</param>
    public DwarfFile Split(string path, DwarfSections sections)
    {
        var split = new DwarfFile(path, sections, _code) { IsSplit = true };
        split.ReadUnits();
        return split;
    }

    /// <summary>Whether an ELF virtual address lies in a section of code.</summary>
    public bool IsCode(ulong address)
    {
        foreach (var range in _code)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The abbreviations at an offset of .debug_abbrev; units share them.</summary>
    public AbbreviationTable AbbreviationsAt(ulong offset, UnitEncoding encoding)
    {
        if (!_abbreviations.TryGetValue((offset, encoding), out var table))
        {
            table = AbbreviationTable.Read(Sections.CursorAt(Sections.Abbrev, ".debug_abbrev", offset), encoding);
            _abbreviations.Add((offset, encoding), table);
        }

        return table;
    }

    /// <summary>The unit that holds an offset of .debug_info.</summary>
    public DwarfUnit? UnitAtOffset(ulong offset)
    {
        int low = 0;
        int high = _units.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_units[middle].End <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _units.Count && _units[low].Offset <= offset ? _units[low] : null;
    }

    /// <summary>The units whose code may hold an address, those that say so first.</summary>
    public IEnumerable<DwarfUnit> UnitsAt(ulong address)
    {
        int index = FirstStartingAfter(address) - 1;

        // Ranges of different units may overlap where the linker kept one of several equal functions; a short look back finds them.
        const int LookBack = 16;
        for (int i = index; i >= 0 && i > index - LookBack; i--)
        {
            if (_unitByAddress[i].Range.Contains(address))
            {
                yield return _unitByAddress[i].Unit;
            }
        }

        foreach (var unit in _units)
        {
            if (!unit.HasRanges && unit.Type is DwarfUnitType.Compile or DwarfUnitType.Skeleton)
            {
                yield return unit;
            }
        }
    }

    public void Dispose() => SplitUnits.Dispose();

    private int FirstStartingAfter(ulong address)
    {
        int low = 0;
        int high = _unitByAddress.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_unitByAddress[middle].Range.Start <= address)
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

    private void ReadUnits()
    {
        ulong offset = 0;
        try
        {
            while (offset < (ulong)Sections.Info.Length)
            {
                var unit = DwarfUnit.Read(this, offset, out offset);
                _units.Add(unit);
                foreach (var range in unit.Ranges)
                {
                    _unitByAddress.Add((range, unit));
                }
            }
        }
        catch (InvalidFormatException e)
        {
            // What was read up to here can be used; the caller reports the rest.
            Damage = e;
        }

        _unitByAddress.Sort((a, b) =>
            a.Range.Start != b.Range.Start ? a.Range.Start.CompareTo(b.Range.Start) : b.Unit.Offset.CompareTo(a.Unit.Offset));
    }
}
