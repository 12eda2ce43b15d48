using System.Text;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>
/// Assembles .debug_info and .debug_abbrev: each entry is given with its attributes, labels name entries, and references to labels
/// are filled in at the end. All sections for indexed forms are filled as their entries are asked for.
/// </summary>
internal sealed class DwarfAssembler
{
    private readonly ByteWriter _info = new();
    private readonly ByteWriter _abbreviations = new();
    private readonly Dictionary<string, uint> _labels = [];
    private readonly List<(int Place, string Label, int UnitStart, bool IsGlobal)> _references = [];
    private readonly List<(int Place, uint Length)> _lengths = [];
    private int _unitStart;
    private ulong _nextCode = 1;

    /// <summary>Distance of one abbreviation code to the next: more than 1 makes them not sequential.</summary>
    public ulong CodeStep { get; init; } = 1;

    public ushort Version { get; init; } = 5;

    public byte[] Line { get; init; } = [];

    public ByteWriter RngLists { get; } = new();

    public ByteWriter Ranges { get; } = new();

    public ByteWriter Addr { get; } = new();

    public ByteWriter Str { get; } = new();

    public ByteWriter StrOffsets { get; } = new();

    /// <summary>Begins a unit; its root entry comes next.</summary>
    public DwarfAssembler Unit(DwarfUnitType type = DwarfUnitType.Compile)
    {
        _unitStart = _info.Written.Length;
        _info.U32(0);
        _info.U16(Version);
        if (Version >= 5)
        {
            _info.U8((byte)type);
            _info.U8(8);
            _info.U32(0);
            if (type == DwarfUnitType.Type)
            {
                _info.U64(0x1234);
                _info.U32(0);
            }
        }
        else
        {
            _info.U32(0);
            _info.U8(8);
        }

        return this;
    }

    public DwarfAssembler EndUnit()
    {
        _lengths.Add((_unitStart, (uint)(_info.Written.Length - _unitStart - 4)));
        return this;
    }

    /// <summary>An entry; its attributes are written by <paramref name="attributes"/> in order.</summary>
    public DwarfAssembler Entry(DwarfTag tag, bool hasChildren, string? label, params Attribute[] attributes)
    {
        ulong code = _nextCode;
        _nextCode += CodeStep;
        Uleb(_abbreviations, code);
        Uleb(_abbreviations, (ulong)tag);
        _abbreviations.U8(hasChildren ? (byte)1 : (byte)0);
        if (label is not null)
        {
            _labels.Add(label, (uint)_info.Written.Length);
        }

        Uleb(_info, code);
        foreach (var attribute in attributes)
        {
            Uleb(_abbreviations, (ulong)attribute.Name);
            Uleb(_abbreviations, (ulong)attribute.Form);
            if (attribute.Form == DwarfForm.ImplicitConst)
            {
                Sleb(_abbreviations, (long)attribute.Number);
            }

            Write(attribute);
        }

        _abbreviations.U16(0);
        return this;
    }

    /// <summary>Ends the children of the last entry that has some.</summary>
    public DwarfAssembler End()
    {
        _info.U8(0);
        return this;
    }

    public ElfBuilder ToElf()
    {
        byte[] info = _info.Written.ToArray();
        foreach (var (place, length) in _lengths)
        {
            BitConverter.GetBytes(length).CopyTo(info, place);
        }

        foreach (var (place, label, unitStart, isGlobal) in _references)
        {
            BitConverter.GetBytes(_labels[label] - (isGlobal ? 0 : (uint)unitStart)).CopyTo(info, place);
        }

        _abbreviations.U8(0);
        return new ElfBuilder().Section(".debug_info", info).Section(".debug_abbrev", _abbreviations.Written.ToArray())
            .Section(".debug_line", Line).Section(".debug_rnglists", RngLists.Written.ToArray()).Section(".debug_ranges", Ranges.Written.ToArray())
            .Section(".debug_addr", Addr.Written.ToArray()).Section(".debug_str", Str.Written.ToArray())
            .Section(".debug_str_offsets", StrOffsets.Written.ToArray());
    }

    public static void Uleb(ByteWriter writer, ulong value)
    {
        while (value >= 0x80)
        {
            writer.U8((byte)(value | 0x80));
            value >>= 7;
        }

        writer.U8((byte)value);
    }

    public static void Sleb(ByteWriter writer, long value)
    {
        while (value is < -64 or > 63)
        {
            writer.U8((byte)((value & 0x7f) | 0x80));
            value >>= 7;
        }

        writer.U8((byte)(value & 0x7f));
    }

    private void Write(Attribute attribute)
    {
        switch (attribute.Form)
        {
            case DwarfForm.String:
                _info.Bytes(Encoding.UTF8.GetBytes(attribute.Text!));
                _info.U8(0);
                break;
            case DwarfForm.Ref4:
                _references.Add((_info.Written.Length, attribute.Text!, _unitStart, false));
                _info.U32(0);
                break;
            case DwarfForm.RefAddr:
                _references.Add((_info.Written.Length, attribute.Text!, _unitStart, true));
                _info.U32(0);
                break;
            case DwarfForm.Addr or DwarfForm.Data8 or DwarfForm.RefSig8:
                _info.U64(attribute.Number);
                break;
            case DwarfForm.Data4 or DwarfForm.SecOffset or DwarfForm.Strp:
                _info.U32((uint)attribute.Number);
                break;
            case DwarfForm.Data2:
                _info.U16((ushort)attribute.Number);
                break;
            case DwarfForm.Data1 or DwarfForm.Strx1 or DwarfForm.Addrx1:
                _info.U8((byte)attribute.Number);
                break;
            case DwarfForm.UData or DwarfForm.RngListx or DwarfForm.Addrx or DwarfForm.Strx:
                Uleb(_info, attribute.Number);
                break;
            case DwarfForm.SData:
                Sleb(_info, (long)attribute.Number);
                break;
            case DwarfForm.Data16:
                _info.Zeros(16);
                break;
            case DwarfForm.ExprLoc or DwarfForm.Block:
                Uleb(_info, 3);
                _info.Zeros(3);
                break;
            case DwarfForm.Block1:
                _info.U8(2);
                _info.Zeros(2);
                break;
            case DwarfForm.Indirect:
                Uleb(_info, (ulong)DwarfForm.Data2);
                _info.U16((ushort)attribute.Number);
                break;
        }
    }

    /// <summary>An attribute: its number, or the label or string that it names.</summary>
    public readonly record struct Attribute(DwarfAttribute Name, DwarfForm Form, ulong Number = 0, string? Text = null);
}
