using System.Collections.Concurrent;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>The DWARF of a file: its units, found by offset and by address. Once it is open, any number of threads may look into units.</summary>
internal sealed class DwarfFile : IDisposable
{
    /// <summary>Readings of a unit, a function or a line program between two releases: some megabytes of a kernel's.</summary>
    private const int ReadingsBetweenReleases = 64;

    private readonly Dictionary<(ulong Offset, UnitEncoding Encoding), AbbreviationTable> _abbreviations = [];
    private readonly RangeIndex<bool> _code;
    private readonly List<DwarfUnit> _units = [];
    private readonly List<DwarfUnit> _unitsWithoutRanges = [];
    private readonly ConcurrentDictionary<ulong, Lazy<LineTable?>> _lineTables = [];
    private readonly ConcurrentDictionary<(ulong Offset, LineRowChoice Choice), Lazy<LineTable?>> _otherRows = [];
    private RangeIndex<DwarfUnit> _unitByAddress = new([]);
    private readonly Lazy<RangeIndex<DwarfUnit>> _functionsWithoutRanges;
    private ulong[] _linePrograms = [];
    private uint _readings;
    private readonly ConcurrentDictionary<(ValueKind Kind, ulong Offset), string> _texts = new();
    private long _stringBytes;
    private long _longStringBytes;
    private long _rangesRead;
    private long _abbreviationBytes;

    private DwarfFile(string path, DwarfSections sections, RangeIndex<bool> code)
    {
        Path = path;
        Sections = sections;
        _code = code;
        SplitUnits = new SplitUnits(this);
        _functionsWithoutRanges = new Lazy<RangeIndex<DwarfUnit>>(() => new RangeIndex<DwarfUnit>([.. _unitsWithoutRanges.SelectMany(u => u.Functions.Ranges.Select(r => (r, u)))]));
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

    /// <summary>The first thing that could not be read, or null.</summary>
    public InvalidFormatException? Damage { get; private set; }

    /// <summary>Reads the headers and root entries of all units; null where the file has no DWARF.</summary>
    public static DwarfFile? Of(ElfFile file, ElfFile? supplementary = null)
    {
        if (DwarfSections.Of(file) is not { } sections)
        {
            return null;
        }

        var code = new List<(CodeRange Range, bool IsCode)>();
        foreach (var section in file.Sections)
        {
            if (section.IsCode)
            {
                code.Add((new CodeRange(section.Address, section.Address + section.Size), true));
            }
        }

        var dwarf = new DwarfFile(file.Path, sections, new RangeIndex<bool>(code)) { Supplementary = supplementary is null ? null : Of(supplementary) };
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
    public bool IsCode(ulong address) => _code.TryFind(address, out _);

    /// <summary>The abbreviations at an offset of .debug_abbrev; units share them.</summary>
    public AbbreviationTable AbbreviationsAt(ulong offset, UnitEncoding encoding)
    {
        if (!_abbreviations.TryGetValue((offset, encoding), out var table))
        {
            table = new AbbreviationTable(this, offset, encoding);
            _abbreviations.Add((offset, encoding), table);
        }

        return table;
    }

    /// <summary>The line table at an offset of .debug_line; units may share one. Null where it is damaged.</summary>
    public LineTable? LineTableAt(ulong offset, DwarfUnit unit) => (_lineTables.TryGetValue(offset, out var known) ? known : AddLineTable(offset, unit)).Value;

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
    public IEnumerable<DwarfUnit> UnitsAt(ulong address) => _unitsWithoutRanges.Count == 0 ? UnitsThatHold(address) : UnitsThatHold(address).Concat(Deferred(address));

    /// <summary>The units that do not say where their code is, and have a function at an address, in the order of .debug_info.</summary>
    public IEnumerable<DwarfUnit> UnitsWithoutRangesAt(ulong address) => _unitsWithoutRanges.Count == 0 ? [] : _functionsWithoutRanges.Value.At(address).Distinct().OrderBy(u => u.Offset);

    /// <summary>Up to where <see cref="UnitsWithoutRangesAt"/> gives the same.</summary>
    public ulong SameUnitsWithoutRangesUntil(ulong address) => _unitsWithoutRanges.Count == 0 ? ulong.MaxValue : _functionsWithoutRanges.Value.SameUntil(address);

    /// <summary>Their functions are read when the other units have not got the address.</summary>
    private IEnumerable<DwarfUnit> Deferred(ulong address)
    {
        foreach (var unit in UnitsWithoutRangesAt(address))
        {
            yield return unit;
        }
    }

    /// <summary>The units that say that they hold an address.</summary>
    public IEnumerable<DwarfUnit> UnitsThatHold(ulong address) => _unitByAddress.At(address);

    /// <summary>The first of <see cref="UnitsThatHold"/>; null where there is none.</summary>
    public DwarfUnit? UnitThatHolds(ulong address) => _unitByAddress.TryFind(address, out var unit) ? unit : null;

    /// <summary>Up to where <see cref="UnitsAt"/> gives the same.</summary>
    public ulong SameUnitsUntil(ulong address) => _unitByAddress.SameUntil(address);

    public void Dispose() => SplitUnits.Dispose();

    /// <summary>Takes note of damage; the first in the file is kept. What is damaged is left out, the rest is used.</summary>
    public void NoteDamage(InvalidFormatException damage)
    {
        lock (_units)
        {
            if (Damage is null || (damage.Offset, damage.Message).CompareTo((Damage.Offset, Damage.Message)) < 0)
            {
                Damage = damage;
            }
        }
    }

    /// <summary>Counts what was read of .debug_abbrev: tables do not overlap, except by damage; each may be read once for every encoding.</summary>
    public void CountAbbreviationBytes(int count)
    {
        const long Encodings = 16;
        if (Interlocked.Add(ref _abbreviationBytes, count) > Encodings * Sections.Abbrev.Length)
        {
            throw new InvalidFormatException(DwarfSections.Format, "debug_abbrev_offset", -1, "leads into other units' abbreviations again and again");
        }
    }

    /// <summary>
    /// Counts something that is read through, and gives back the pages of what was read before now and then: most things are read once, their neighbours
    /// seldom at the same time, and a kernel's debug information is many times larger than what is kept of it.
    /// </summary>
    public void CountReading()
    {
        if (Interlocked.Increment(ref _readings) % ReadingsBetweenReleases == 0)
        {
            Sections.Release();
        }
    }

    /// <summary>
    /// A string by its section and offset, made once. Strings may share their ends, but ends of one another that fill their section many times over are damage, and would make of a file its square.
    /// </summary>
    public string TextAt(ValueKind kind, ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (_texts.TryGetValue((kind, offset), out string? known))
        {
            return known;
        }

        CountStringBytes(bytes.Length);
        return _texts.GetOrAdd((kind, offset), FileName.Decode(bytes));
    }

    /// <summary>Counts what was looked through to find the ends of strings, of long ones alone: there are few of them.</summary>
    public void CountLongString(int length)
    {
        const int Times = 64;
        const int Long = 4096;
        if (length > Long && Interlocked.Add(ref _longStringBytes, length) > (16 << 20) + (Times * StringSectionsLength))
        {
            throw new InvalidFormatException(DwarfSections.Format, "strings", -1, "are longer in all than the sections that hold them, again and again: they overlap");
        }
    }

    private void CountStringBytes(int length)
    {
        const int Times = 4;
        if (Interlocked.Add(ref _stringBytes, length) > (1 << 20) + (Times * StringSectionsLength))
        {
            throw new InvalidFormatException(DwarfSections.Format, "names", -1, "are longer in all than the sections that hold them: they overlap");
        }
    }

    private long StringSectionsLength => Sections.Info.Length + (Sections.Str?.Length ?? 0) + (Sections.LineStr?.Length ?? 0) + (Sections.Line?.Length ?? 0) + (Supplementary?.StringSectionsLength ?? 0);

    /// <summary>Counts a range that was read; lists that many entries share are damage, and would grow without bound.</summary>
    public void CountRange()
    {
        if (Interlocked.Increment(ref _rangesRead) > 1024 + (4 * ((Sections.Ranges?.Length ?? 0) + (Sections.RngLists?.Length ?? 0) + Sections.Info.Length)))
        {
            throw new InvalidFormatException(DwarfSections.Format, "DW_AT_ranges", -1, "lead to more ranges than the file has bytes for");
        }
    }

    /// <summary>See <see cref="DwarfUnit.FirstRows"/>, <see cref="DwarfUnit.ColumnRows"/> and <see cref="DwarfUnit.FileRows"/>.</summary>
    public LineTable? RowsAt(ulong offset, DwarfUnit unit, LineRowChoice choice) =>
        _otherRows.GetOrAdd((offset, choice), _ => new Lazy<LineTable?>(() => ReadLineTable(offset, unit, choice))).Value;

    private Lazy<LineTable?> AddLineTable(ulong offset, DwarfUnit unit) => _lineTables.GetOrAdd(offset, _ => new Lazy<LineTable?>(() => ReadLineTable(offset, unit, LineRowChoice.Last)));

    private LineTable? ReadLineTable(ulong offset, DwarfUnit unit, LineRowChoice choice)
    {
        try
        {
            CountReading();
            return LineProgram.Read(unit, offset, LineProgramLimit(offset), choice);
        }
        catch (InvalidFormatException e)
        {
            NoteDamage(e);
            return null;
        }
    }

    /// <summary>The begin of the line program after one.</summary>
    private ulong LineProgramLimit(ulong offset)
    {
        int found = Array.BinarySearch(_linePrograms, offset);
        int next = found < 0 ? ~found : found + 1;
        return next < _linePrograms.Length ? _linePrograms[next] : ulong.MaxValue;
    }

    private void ReadUnits()
    {
        var ranges = new List<(CodeRange Range, DwarfUnit Unit)>();
        ulong offset = 0;
        while (offset < (ulong)Sections.Info.Length)
        {
            ulong next = offset;
            try
            {
                var unit = DwarfUnit.Read(this, offset, out next);
                _units.Add(unit);
                foreach (var range in unit.Ranges)
                {
                    ranges.Add((range, unit));
                }

                if (unit.MayHaveCode && !unit.HasRanges)
                {
                    _unitsWithoutRanges.Add(unit);
                }
            }
            catch (InvalidFormatException e)
            {
                NoteDamage(e);
            }

            if (next <= offset)
            {
                break;
            }

            offset = next;
        }

        _unitByAddress = new RangeIndex<DwarfUnit>(ranges);
        _linePrograms = [.. _units.Select(u => u.LineProgramOffset).OfType<ulong>().Distinct().Order()];

        // Of every unit a little was read; most of them are not needed again.
        Sections.Release();
    }
}
