using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>st_info's binding.</summary>
internal enum SymbolBinding : byte
{
    Local = 0,
    Global = 1,
    Weak = 2,
}

/// <summary>One symbol; its name is a slice of the string table until it is asked for.</summary>
internal readonly ref struct ElfSymbol
{
    private const int TypeFunction = 2;
    private const int TypeIndirectFunction = 10;

    public ElfSymbol(ReadOnlySpan<byte> name, uint nameOffset, byte info, ushort sectionIndex, ulong value, ulong size)
    {
        Name = name;
        NameOffset = nameOffset;
        Info = info;
        SectionIndex = sectionIndex;
        Value = value;
        Size = size;
    }

    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Offset of the name in the string table.</summary>
    public uint NameOffset { get; }

    public byte Info { get; }

    public ushort SectionIndex { get; }

    /// <summary>ELF virtual address.</summary>
    public ulong Value { get; }

    public ulong Size { get; }

    public SymbolBinding Binding => (SymbolBinding)(Info >> 4);

    public bool IsFunction => (Info & 15) is TypeFunction or TypeIndirectFunction;
}

/// <summary>Reads the symbols of .symtab or .dynsym one after another.</summary>
internal ref struct ElfSymbolReader
{
    private const ushort MachineArm = 40;

    private readonly ReadOnlySpan<byte> _names;
    private readonly bool _is64Bit;
    private readonly IReadOnlyList<ElfSection>? _sectionAddresses;
    private readonly bool _isArm;
    private ByteCursor _symbols;
    private long _nameBytesLeft;

    private ElfSymbolReader(ByteCursor symbols, ReadOnlySpan<byte> names, bool is64Bit, bool isArm, IReadOnlyList<ElfSection>? sectionAddresses)
    {
        _isArm = isArm;
        _sectionAddresses = sectionAddresses;
        _symbols = symbols;
        _names = names;
        _is64Bit = is64Bit;

        // Names may share their ends and be used again, but names that are all ends of each other make of a file its square.
        _nameBytesLeft = (1 << 20) + symbols.Remaining + (16L * names.Length);
    }

    /// <summary>The address of a symbol of any type by its name, in .symtab.</summary>
    public static bool TryFind(ElfFile file, string name, out ulong address)
    {
        Span<byte> wanted = stackalloc byte[64];
        wanted = wanted[..Encoding.UTF8.GetBytes(name, wanted)];
        address = 0;
        foreach (var section in file.Sections)
        {
            if (section.Type != ElfSection.TypeSymbolTable || !section.HasContent)
            {
                continue;
            }

            var symbols = Of(file, section);
            while (symbols.TryRead(out var symbol))
            {
                if (symbol.SectionIndex != 0 && symbol.Name.SequenceEqual(wanted))
                {
                    address = symbol.Value;
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The symbols of one table with the string table that it links to.</summary>
    public static ElfSymbolReader Of(ElfFile file, ElfSection table)
    {
        var symbols = file.Content(table);
        var names = table.Link < file.Sections.Count ? file.Content(file.Sections[(int)table.Link]).All() : default;
        return new ElfSymbolReader(symbols.Cursor("symbols", 0, symbols.Length, file.IsBigEndian), names, file.Is64Bit, file.Machine == MachineArm, file.Type == ElfType.Relocatable ? file.Sections : null);
    }

    public bool TryRead(out ElfSymbol symbol)
    {
        int entrySize = _is64Bit ? 24 : 16;
        if (_symbols.Remaining < entrySize)
        {
            symbol = default;
            return false;
        }

        uint name = _symbols.U32("st_name");
        byte info;
        ushort section;
        ulong value;
        ulong size;
        if (_is64Bit)
        {
            info = _symbols.U8("st_info");
            _symbols.Skip("st_other", 1);
            section = _symbols.U16("st_shndx");
            value = _symbols.U64("st_value");
            size = _symbols.U64("st_size");
        }
        else
        {
            value = _symbols.U32("st_value");
            size = _symbols.U32("st_size");
            info = _symbols.U8("st_info");
            _symbols.Skip("st_other", 1);
            section = _symbols.U16("st_shndx");
        }

        // In a relocatable file a symbol's value is its place in its section.
        value += _sectionAddresses is not null && section < _sectionAddresses.Count ? _sectionAddresses[section].Address : 0;
        symbol = new ElfSymbol(NameAt(name), name, info, section, value, size);
        if (_isArm && symbol.IsFunction && (value & 1) != 0)
        {
            // The lowest bit says that the function is of Thumb instructions (ELF for the Arm architecture, section 5.5.3).
            symbol = new ElfSymbol(symbol.Name, name, info, section, value - 1, size);
        }

        return true;
    }

    private ReadOnlySpan<byte> NameAt(uint offset)
    {
        if (offset >= _names.Length)
        {
            return default;
        }

        var rest = _names[(int)offset..];
        int nul = rest.IndexOf((byte)0);
        var name = nul < 0 ? rest : rest[..nul];
        _nameBytesLeft -= name.Length;
        return _nameBytesLeft >= 0 ? name : throw new InvalidFormatException(ElfFile.Format, "symbol names", -1, $"are longer in all than a string table of {_names.Length} bytes can hold: they overlap");
    }
}
