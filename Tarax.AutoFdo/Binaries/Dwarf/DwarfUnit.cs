using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>A unit of .debug_info: its header, and the attributes of its root entry.</summary>
internal sealed class DwarfUnit
{
    private readonly Lazy<UnitFunctions> _functions;
    private readonly Lazy<UnitScopes> _scopes;
    private DwarfTag _rootTag;
    private string? _producerText;
    private AttributeValue _name;
    private AttributeValue _compilationDirectory;
    private AttributeValue _producer;
    private AttributeValue _lowPc;
    private AttributeValue _highPc;
    private AttributeValue _ranges;
    private AttributeValue _lineProgram;
    private AttributeValue _dwoName;
    private ulong _language;
    private ulong? _dwoId;
    private ulong _rangesBase;
    private DwarfUnit? _skeleton;
    private ulong? _stringOffsetsBase;
    private ulong? _addressBase;
    private ulong? _rangeListsBase;

    private DwarfUnit(DwarfFile file, ulong offset, ulong end, ulong firstDie, DwarfUnitType type, UnitEncoding encoding, AbbreviationTable abbreviations)
    {
        File = file;
        Offset = offset;
        End = end;
        FirstDie = firstDie;
        Type = type;
        Encoding = encoding;
        Abbreviations = abbreviations;
        _functions = new Lazy<UnitFunctions>(ReadFunctions);
        _scopes = new Lazy<UnitScopes>(() => UnitScopes.Read(this));
    }

    public DwarfFile File { get; }

    public DwarfSections Sections => File.Sections;

    /// <summary>Absolute offset of the unit's header in .debug_info.</summary>
    public ulong Offset { get; }

    /// <summary>Absolute offset after the unit.</summary>
    public ulong End { get; }

    /// <summary>Absolute offset of the root entry.</summary>
    public ulong FirstDie { get; }

    public DwarfUnitType Type { get; }

    public UnitEncoding Encoding { get; }

    public AbbreviationTable Abbreviations { get; }

    /// <summary>DW_AT_low_pc of the root, to which range lists are relative.</summary>
    public ulong BaseAddress { get; private set; }

    /// <summary>The code of the unit; empty where the root does not tell.</summary>
    public CodeRange[] Ranges { get; private set; } = [];

    /// <summary>Whether functions with code may be in it: not in type units, nor in the partial units that dwz makes.</summary>
    public bool MayHaveCode => (Type is DwarfUnitType.Compile or DwarfUnitType.Skeleton) && _rootTag != DwarfTag.PartialUnit;

    /// <summary>Whether the root says which code is the unit's.</summary>
    public bool HasRanges => _ranges.IsPresent || _highPc.IsPresent;

    /// <summary>DW_AT_producer; empty where absent.</summary>
    public string Producer => _producerText ??= Text(_producer);

    /// <summary>Whether its source is C++, of whatever standard (DW_LANG_C_plus_plus and those with a year; DWARF 5, table 7.17, and dwarfstd.org for later ones).</summary>
    public bool IsCxx => _language is 0x04 or 0x1a or 0x21 or 0x2b or 0x2c or 0x3a;

    /// <summary>DW_AT_comp_dir; empty where absent.</summary>
    public string CompilationDirectory => _skeleton is null ? Text(_compilationDirectory) : _skeleton.CompilationDirectory;

    /// <summary>The file with the unit's entries, for a skeleton of split DWARF; empty for others.</summary>
    public string DwoName => Text(_dwoName);

    /// <summary>What ties a skeleton and its split unit together; null where the unit is neither.</summary>
    public ulong? DwoId => _dwoId;

    /// <summary>What is added to DW_AT_ranges of a split unit before DWARF 5.</summary>
    public ulong RangesBase => _skeleton?._rangesBase ?? 0;

    /// <summary>Why the split unit of a skeleton could not be read; null for other units, and where it could.</summary>
    public string? MissingSplitUnit { get; private set; }

    /// <summary>DW_AT_name; empty where absent.</summary>
    public string Name => Text(_name);

    /// <summary>Full path of its source file; empty where not known.</summary>
    public string SourcePath => CompilationDirectory is { Length: > 0 } directory && Name is { Length: > 0 } name && !name.StartsWith('/') ? $"{directory}/{name}" : Name;

    /// <summary>Offset of its line program in .debug_line; null where it refers to none.</summary>
    public ulong? LineProgramOffset => _lineProgram.IsPresent ? _lineProgram.Number : null;

    /// <summary>The decoded line program; null where the unit has none.</summary>
    public LineTable? LineTable =>
        _skeleton is not null ? _skeleton.LineTable
        : _lineProgram.IsPresent && Sections.Line is not null ? File.LineTableAt(_lineProgram.Number, this) : null;

    /// <summary>
    /// The line program's rows, of which the first for each address is kept, not the last as in <see cref="LineTable"/>: at a function's entry, the line that the compiler gives the function.
    /// </summary>
    public LineTable? FirstRows =>
        _skeleton is not null ? _skeleton.FirstRows
        : _lineProgram.IsPresent && Sections.Line is not null ? File.RowsAt(_lineProgram.Number, this, LineRowChoice.First) : null;

    /// <summary>The line program's rows with columns in place of discriminators.</summary>
    public LineTable? ColumnRows =>
        _skeleton is not null ? _skeleton.ColumnRows
        : _lineProgram.IsPresent && Sections.Line is not null ? File.RowsAt(_lineProgram.Number, this, LineRowChoice.Columns) : null;

    /// <summary>The line program's rows with the numbers of their files in place of discriminators.</summary>
    public LineTable? FileRows =>
        _skeleton is not null ? _skeleton.FileRows
        : _lineProgram.IsPresent && Sections.Line is not null ? File.RowsAt(_lineProgram.Number, this, LineRowChoice.Files) : null;

    /// <summary>Which of its entries stands in which.</summary>
    /// <exception cref="InvalidFormatException">An entry does not hold together.</exception>
    public UnitScopes Scopes => _scopes.Value;

    /// <summary>The functions with code in this unit.</summary>
    public UnitFunctions Functions => _functions.Value;

    /// <summary>Reads the header at an offset and the root entry.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Absolute offset in .debug_info.</param>
    /// <param name="next">Absolute offset of the next unit.</param>
    public static DwarfUnit Read(DwarfFile file, ulong offset, out ulong next)
    {
        var cursor = file.Sections.CursorAt(file.Sections.Info, ".debug_info", offset);
        ulong length = ReadInitialLength(ref cursor, out byte offsetSize);
        if (length > (ulong)cursor.Remaining)
        {
            throw cursor.Invalid("unit_length", $"is {length}, where {cursor.Remaining} bytes remain in .debug_info");
        }

        next = offset + (ulong)cursor.Position + length;
        ushort version = cursor.U16("unit version");
        if (version is < 2 or > 5)
        {
            throw cursor.Invalid("unit version", $"is {version}, where 2 to 5 are known");
        }

        var type = DwarfUnitType.Compile;
        ulong? dwoId = null;
        byte addressSize;
        ulong abbreviations;
        if (version >= 5)
        {
            type = (DwarfUnitType)cursor.U8("unit_type");
            addressSize = cursor.U8("address_size");
            abbreviations = cursor.Unsigned("debug_abbrev_offset", offsetSize);
            if (type is DwarfUnitType.Skeleton or DwarfUnitType.SplitCompile)
            {
                dwoId = cursor.U64("dwo_id");
            }
            else if (type is DwarfUnitType.Type or DwarfUnitType.SplitType)
            {
                cursor.Skip("type signature", 8UL + offsetSize);
            }
        }
        else
        {
            abbreviations = cursor.Unsigned("debug_abbrev_offset", offsetSize);
            addressSize = cursor.U8("address_size");
        }

        if (addressSize is not (4 or 8))
        {
            throw cursor.Invalid("address_size", $"is {addressSize}");
        }

        if (offset + (ulong)cursor.Position > next)
        {
            throw cursor.Invalid("unit_length", $"is {length}, less than the unit's header");
        }

        var encoding = new UnitEncoding(version, addressSize, offsetSize);
        var unit = new DwarfUnit(file, offset, next, offset + (ulong)cursor.Position, type, encoding, file.AbbreviationsAt(abbreviations, encoding)) { _dwoId = dwoId };
        unit.ReadRoot();
        return unit;
    }

    /// <summary>An initial length: 32 bits, or all ones and 64 bits (DWARF 5, section 7.4).</summary>
    public static ulong ReadInitialLength(ref ByteCursor cursor, out byte offsetSize)
    {
        const uint Escape64 = 0xffffffff;
        const uint FirstReserved = 0xfffffff0;
        uint length = cursor.U32("unit_length");
        offsetSize = (byte)(length == Escape64 ? 8 : 4);
        return length switch
        {
            Escape64 => cursor.U64("unit_length"),
            >= FirstReserved => throw cursor.Invalid("unit_length", $"is the reserved value 0x{length:x}"),
            _ => length,
        };
    }

    /// <summary>A cursor over the whole unit, whose position 0 is <see cref="Offset"/>.</summary>
    public ByteCursor Cursor() => Sections.Info.Cursor(".debug_info", (long)Offset, (long)(End - Offset), Sections.IsBigEndian);

    /// <summary>Whether a range holds bytes that are in the file: linkers leave ranges of dropped code at 0, 1 or near the top.</summary>
    public bool IsLiveCode(ulong start, ulong end) => start < end && File.IsCode(start);

    /// <summary>The address of an attribute that is one, or an index of one.</summary>
    public ulong Address(AttributeValue value) => value.Kind == ValueKind.AddressIndex ? AddressAt(value.Number) : value.Number;

    /// <summary>An address of .debug_addr by its index.</summary>
    public ulong AddressAt(ulong index)
    {
        ulong offset = (_addressBase ?? throw Missing("DW_AT_addr_base")) + (index * Encoding.AddressSize);
        var cursor = Sections.CursorAt(Sections.Addr, ".debug_addr", offset);
        return cursor.Unsigned(".debug_addr", Encoding.AddressSize);
    }

    /// <summary>Offset in .debug_rnglists of a list given by offset or index.</summary>
    public ulong RangeListOffset(AttributeValue ranges)
    {
        if (ranges.Kind != ValueKind.RangeListIndex)
        {
            return ranges.Number;
        }

        ulong start = _rangeListsBase ?? throw Missing("DW_AT_rnglists_base");
        var cursor = Sections.CursorAt(Sections.RngLists, ".debug_rnglists", start + (ranges.Number * Encoding.OffsetSize));
        return start + cursor.Unsigned("range list offset", Encoding.OffsetSize);
    }

    /// <summary>The entry that a reference leads to; null for other values, and for a supplementary file that is not at hand.</summary>
    public DieReference? Reference(AttributeValue value) => value.Kind switch
    {
        ValueKind.Reference => new DieReference(File, value.Number),
        ValueKind.SupplementaryReference when File.Supplementary is { } supplementary => new DieReference(supplementary, value.Number),
        _ => null,
    };

    /// <summary>The bytes of a string attribute; empty where it is none, or lies in a file that is not at hand.</summary>
    public ReadOnlySpan<byte> String(AttributeValue value)
    {
        var bytes = StringOf(value);
        File.CountLongString(bytes.Length);
        return bytes;
    }

    private ReadOnlySpan<byte> StringOf(AttributeValue value) => value.Kind switch
    {
        ValueKind.InlineString => Sections.StringAt(Sections.Info, ".debug_info", value.Number),
        ValueKind.LineProgramString => Sections.StringAt(Sections.Line, ".debug_line", value.Number),
        ValueKind.StringOffset => Sections.StringAt(Sections.Str, ".debug_str", value.Number),
        ValueKind.LineStringOffset => Sections.StringAt(Sections.LineStr, ".debug_line_str", value.Number),
        ValueKind.StringIndex => Sections.StringAt(Sections.Str, ".debug_str", StringOffsetAt(value.Number)),
        ValueKind.SupplementaryStringOffset when File.Supplementary is { } supplementary =>
            supplementary.Sections.StringAt(supplementary.Sections.Str, ".debug_str", value.Number),
        _ => default,
    };

    /// <summary>A string attribute as text.</summary>
    public string Text(AttributeValue value)
    {
        value = value.Kind == ValueKind.StringIndex ? new AttributeValue(ValueKind.StringOffset, StringOffsetAt(value.Number)) : value;
        var bytes = String(value);
        return bytes.IsEmpty ? "" : File.TextAt(value.Kind, value.Number, bytes);
    }

    private ulong StringOffsetAt(ulong index)
    {
        ulong offset = (_stringOffsetsBase ?? throw Missing("DW_AT_str_offsets_base")) + (index * Encoding.OffsetSize);
        var cursor = Sections.CursorAt(Sections.StrOffsets, ".debug_str_offsets", offset);
        return cursor.Unsigned(".debug_str_offsets", Encoding.OffsetSize);
    }

    private InvalidFormatException Missing(string attribute) =>
        new(DwarfSections.Format, attribute, (long)Offset, "is missing in a unit that uses indexed forms");

    private void ReadRoot()
    {
        var die = new DieCursor(this, FirstDie);
        if (Type is DwarfUnitType.Type or DwarfUnitType.SplitType || !die.MoveNext())
        {
            return;
        }

        _rootTag = die.Tag;
        while (die.NextAttribute(out var attribute, out var value))
        {
            switch (attribute)
            {
                case DwarfAttribute.Name:
                    _name = value;
                    break;
                case DwarfAttribute.Language:
                    _language = value.Number;
                    break;
                case DwarfAttribute.CompDir:
                    _compilationDirectory = value;
                    break;
                case DwarfAttribute.Producer:
                    _producer = value;
                    break;
                case DwarfAttribute.LowPc:
                    _lowPc = value;
                    break;
                case DwarfAttribute.HighPc:
                    _highPc = value;
                    break;
                case DwarfAttribute.Ranges:
                    _ranges = value;
                    break;
                case DwarfAttribute.StmtList:
                    _lineProgram = value;
                    break;
                case DwarfAttribute.DwoName or DwarfAttribute.GnuDwoName:
                    _dwoName = value;
                    break;
                case DwarfAttribute.GnuDwoId:
                    _dwoId = value.Number;
                    break;
                case DwarfAttribute.GnuRangesBase:
                    _rangesBase = value.Number;
                    break;
                case DwarfAttribute.StrOffsetsBase:
                    _stringOffsetsBase = value.Number;
                    break;
                case DwarfAttribute.AddrBase or DwarfAttribute.GnuAddrBase:
                    _addressBase = value.Number;
                    break;
                case DwarfAttribute.RngListsBase:
                    _rangeListsBase = value.Number;
                    break;
            }
        }

        if (File.IsSplit)
        {
            // Addresses come with the skeleton; the tables of indexes begin after their headers (DWARF 5, section 7.3.2).
            _stringOffsetsBase ??= Encoding.Version >= 5 ? Encoding.OffsetSize * 2UL : 0;
            _rangeListsBase ??= Encoding.OffsetSize * 2UL + 4;
            return;
        }

        // Only now are the bases known that an index may need.
        BaseAddress = _lowPc.IsPresent ? Address(_lowPc) : 0;
        Ranges = RangeLists.Of(this, _lowPc, _highPc, _ranges);
    }

    /// <summary>The split unit of a skeleton; null for other units, and where its file is not at hand.</summary>
    private DwarfUnit? SplitUnit()
    {
        if (!_dwoName.IsPresent || _dwoId is not { } id)
        {
            return null;
        }

        var unit = File.SplitUnits.Find(this, id, out string? problem);
        MissingSplitUnit = problem;
        if (unit is not null)
        {
            unit._skeleton = this;
            unit._addressBase = _addressBase;
            unit.BaseAddress = BaseAddress;
        }

        return unit;
    }

    private UnitFunctions ReadFunctions()
    {
        var functions = UnitFunctions.None;
        ReadOrNoteDamage(() => functions = UnitFunctions.Read(SplitUnit() ?? this));
        return functions;
    }

    /// <summary>Reads something of the unit; of what is damaged note is taken.</summary>
    public void ReadOrNoteDamage(Action read)
    {
        try
        {
            File.CountReading();
            read();
        }
        catch (InvalidFormatException e)
        {
            File.NoteDamage(e);
        }
    }
}
