using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Assembles 64-bit little-endian ELF files: sections, symbols, one executable segment over .text.</summary>
internal sealed class ElfBuilder
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;

    private readonly List<SectionToWrite> _sections = [];
    private readonly List<(string Name, ulong Value, ulong Size, SymbolBinding Binding, byte Type)> _symbols = [];

    public ulong TextAddress { get; init; } = 0x1000;

    public int TextSize { get; init; } = 0x1000;

    /// <summary>The code; null for so many zeros.</summary>
    public byte[]? Text { get; init; }

    public ElfBuilder Section(string name, byte[] content, uint type = 1, ulong flags = 0)
    {
        _sections.Add(new SectionToWrite(name, content, type, flags, 0, 0));
        return this;
    }

    public ElfBuilder Symbol(string name, ulong value, ulong size, SymbolBinding binding = SymbolBinding.Global, byte type = 2)
    {
        _symbols.Add((name, value, size, binding, type));
        return this;
    }

    public ElfBuilder BuildId(params byte[] id)
    {
        var note = new ByteWriter();
        note.U32(4);
        note.U32((uint)id.Length);
        note.U32(3);
        note.Bytes("GNU\0"u8);
        note.Bytes(id);
        return Section(".note.gnu.build-id", note.Written.ToArray(), ElfSection.TypeNote, 2);
    }

    public byte[] Build()
    {
        var sections = new List<SectionToWrite> { new("", [], 0, 0, 0, 0), new(".text", Text ?? new byte[TextSize], 1, 6, TextAddress, 0) };
        sections.AddRange(_sections);
        var strings = new ByteWriter();
        strings.U8(0);
        var symbols = new ByteWriter();
        symbols.Zeros(24);
        foreach (var (name, value, size, binding, type) in _symbols)
        {
            symbols.U32((uint)strings.Written.Length);
            symbols.U8((byte)(((byte)binding << 4) | type));
            symbols.U8(0);
            symbols.U16(1);
            symbols.U64(value);
            symbols.U64(size);
            strings.Text(name);
            strings.U8(0);
        }

        sections.Add(new SectionToWrite(".symtab", symbols.Written.ToArray(), ElfSection.TypeSymbolTable, 0, 0, (uint)sections.Count + 1));
        sections.Add(new SectionToWrite(".strtab", strings.Written.ToArray(), 3, 0, 0, 0));
        var names = new ByteWriter();
        var nameOffsets = new List<uint>();
        foreach (string name in sections.Select(s => s.Name).Append(".shstrtab"))
        {
            nameOffsets.Add((uint)names.Written.Length);
            names.Bytes(Encoding.UTF8.GetBytes(name));
            names.U8(0);
        }

        sections.Add(new SectionToWrite(".shstrtab", names.Written.ToArray(), 3, 0, 0, 0));

        var contents = new ByteWriter();
        var offsets = new List<ulong>();
        foreach (var section in sections)
        {
            offsets.Add((ulong)(HeaderSize + ProgramHeaderSize + contents.Written.Length));
            contents.Bytes(section.Content);
        }

        var file = new ByteWriter();
        file.Bytes("\u007fELF"u8);
        file.U8(2);
        file.U8(1);
        file.U8(1);
        file.Zeros(9);
        file.U16((ushort)ElfType.SharedObject);
        file.U16(62);
        file.U32(1);
        file.U64(TextAddress);
        file.U64(HeaderSize);
        file.U64((ulong)(HeaderSize + ProgramHeaderSize + contents.Written.Length));
        file.U32(0);
        file.U16(HeaderSize);
        file.U16(ProgramHeaderSize);
        file.U16(1);
        file.U16(SectionHeaderSize);
        file.U16((ushort)sections.Count);
        file.U16((ushort)(sections.Count - 1));

        file.U32(1);
        file.U32(5);
        file.U64(offsets[1]);
        file.U64(TextAddress);
        file.U64(TextAddress);
        file.U64((ulong)TextSize);
        file.U64((ulong)TextSize);
        file.U64(0x1000);
        file.Bytes(contents.Written);
        for (int i = 0; i < sections.Count; i++)
        {
            file.U32(nameOffsets[i]);
            file.U32(sections[i].Type);
            file.U64(sections[i].Flags);
            file.U64(sections[i].Address);
            file.U64(offsets[i]);
            file.U64((ulong)sections[i].Content.Length);
            file.U32(sections[i].Link);
            file.U32(0);
            file.U64(1);
            file.U64(sections[i].Type == ElfSection.TypeSymbolTable ? 24UL : 0);
        }

        return file.Written.ToArray();
    }

    public ElfFile Open() => ElfFile.Read("test", ByteSource.FromArray(Build(), ElfFile.Format));

    private sealed record SectionToWrite(string Name, byte[] Content, uint Type, ulong Flags, ulong Address, uint Link);
}
