using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>e_type of the ELF header.</summary>
internal enum ElfType : ushort
{
    Relocatable = 1,
    Executable = 2,
    SharedObject = 3,
    Core = 4,
}

/// <summary>A program header.</summary>
internal readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize)
{
    public const uint Load = 1;
    public const uint Note = 4;
    public const uint ExecuteFlag = 1;

    public bool IsExecutableLoad => Type == Load && (Flags & ExecuteFlag) != 0;
}

/// <summary>
/// An ELF file of either class and byte order (System V ABI, chapters 4 and 5): its headers are read at once,
/// contents of sections when they are asked for.
/// </summary>
internal sealed class ElfFile : IDisposable
{
    public const string Format = "ELF";
    private const int IdentSize = 16;
    private const ushort ExtendedSectionIndex = 0xffff;

    /// <summary>Longer names of sections are none that is looked for (they carry function names, as of -ffunction-sections).</summary>
    private const ulong MaximumSectionName = 256;

    private readonly ByteSource _source;
    private readonly Dictionary<ElfSection, ByteSource> _contents = [];
    private readonly List<ByteSource> _owned = [];
    private readonly Dictionary<ElfSection, ByteSource> _decompressed = [];
    private readonly Lock _lock = new();
    private ulong? _decompressedSize;
    private Dictionary<ElfSection, ElfSection>? _relocations;

    private ElfFile(string path, ByteSource source)
    {
        Path = path;
        _source = source;
    }

    public string Path { get; }

    public bool Is64Bit { get; private set; }

    public bool IsBigEndian { get; private set; }

    public ElfType Type { get; private set; }

    /// <summary>e_machine; 62 is x86-64, 183 is AArch64.</summary>
    public ushort Machine { get; private set; }

    public IReadOnlyList<ElfSegment> Segments { get; private set; } = [];

    public IReadOnlyList<ElfSection> Sections { get; private set; } = [];

    /// <summary>The GNU build-id of the first note that has one; empty for none.</summary>
    public BuildId BuildId { get; private set; }

    /// <summary>Where the debug information is, if it is in another file.</summary>
    public DebugLink? DebugLink => DebugLinks.ReadDebugLink(this);

    /// <summary>Where the debug information goes on, if dwz moved a part of it.</summary>
    public SupplementaryLink? SupplementaryLink => DebugLinks.ReadSupplementaryLink(this);

    /// <summary>Whether it has a .symtab, not only the symbols for dynamic linking.</summary>
    public bool HasSymbolTable => Sections.Any(s => s.Type == ElfSection.TypeSymbolTable && s.HasContent);

    /// <summary>Whether it holds DWARF that describes code.</summary>
    public bool HasDebugInformation => FindSection(".debug_info") is { HasContent: true };

    /// <summary>Whether it is a kernel or a module of one, by sections that only these have.</summary>
    public bool IsOfKernel => FindSection("__ksymtab") is not null || FindSection(".modinfo") is not null;

    /// <summary>
    /// Whether only debug information was kept: the code has no bytes here, and file offsets are not those of the binary.
    /// </summary>
    public bool IsDebugFile => FindSection(".text") is { Type: ElfSection.TypeNoBits };

    /// <summary>Opens a file, also one that is compressed as a whole by gzip, xz or zstd.</summary>
    /// <exception cref="InvalidFormatException">It is not an ELF file, or its headers do not hold together.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ElfFile Open(string path)
    {
        try
        {
            return Read(path, CompressedFile.Open(path, Format));
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(path, e);
        }
    }

    /// <summary>Reads an ELF file from any bytes, which it owns from here on.</summary>
    public static ElfFile Read(string path, ByteSource source)
    {
        var file = new ElfFile(path, source);
        try
        {
            file.ReadHeaders();
            file.BuildId = ElfNotes.FindBuildId(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The first section of a name; also under its name before compression had a flag (<c>.zdebug_info</c> for <c>.debug_info</c>).</summary>
    public ElfSection? FindSection(string name)
    {
        string oldName = name.StartsWith(".debug_", StringComparison.Ordinal) ? $".z{name[1..]}" : name;
        return Sections.FirstOrDefault(s => s.Name == name) ?? Sections.FirstOrDefault(s => s.Name == oldName);
    }

    /// <summary>The content of a section, decompressed where it is compressed and relocated where the file is not linked; empty for one without content in the file.</summary>
    public ByteSource Content(ElfSection section)
    {
        lock (_lock)
        {
            if (!_contents.TryGetValue(section, out var content))
            {
                var raw = section.HasContent
                    ? _source.Part(section.Name, ToSigned(section.Offset, section.Name), ToSigned(section.Size, section.Name))
                    : _source.Part(section.Name, 0, 0);
                if (!_decompressed.TryGetValue(section, out content))
                {
                    CheckDecompressedSize();
                    content = CompressedSection.Decompress(this, section, raw);
                    if (content != raw)
                    {
                        _owned.Add(content);
                    }
                }

                if (Relocations.TryApply(this, section, content, out var relocated))
                {
                    _owned.Add(relocated);
                    content = relocated;
                }

                _contents.Add(section, content);
            }

            return content;
        }
    }

    /// <summary>Decompresses sections side by side that will be asked for; what is damaged is found when it is asked for.</summary>
    public void DecompressTogether(IEnumerable<string> names)
    {
        lock (_lock)
        {
            CheckDecompressedSize();
            ElfSection[] compressed = [.. names.Select(FindSection).OfType<ElfSection>().Where(s => s.HasContent && CompressedSection.IsCompressed(s) && !_contents.ContainsKey(s))];
            var contents = new ByteSource?[compressed.Length];
            Parallel.For(0, compressed.Length, i =>
            {
                try
                {
                    var raw = _source.Part(compressed[i].Name, ToSigned(compressed[i].Offset, compressed[i].Name), ToSigned(compressed[i].Size, compressed[i].Name));
                    contents[i] = CompressedSection.Decompress(this, compressed[i], raw) is var content && content != raw ? content : null;
                }
                catch (InvalidFormatException)
                {
                }
            });
            for (int i = 0; i < compressed.Length; i++)
            {
                if (contents[i] is { } content)
                {
                    _owned.Add(content);
                    _decompressed.TryAdd(compressed[i], content);
                }
            }
        }
    }

    /// <summary>Compressed sections say what they become: all together no more than such a file does, a fifth of which debug information shrinks to.</summary>
    private void CheckDecompressedSize()
    {
        const ulong Times = 20;
        const ulong Least = 128 << 20;
        if (_decompressedSize is not null)
        {
            return;
        }

        ulong size = 0;
        foreach (var section in Sections.Where(s => s.HasContent && CompressedSection.IsCompressed(s)))
        {
            var raw = _source.Part(section.Name, ToSigned(section.Offset, section.Name), ToSigned(section.Size, section.Name));
            ulong becomes = CompressedSection.SizeOf(this, section, raw);
            size = becomes > ulong.MaxValue - size ? ulong.MaxValue : size + becomes;
        }

        if (size > Least + (Times * (ulong)_source.Length))
        {
            throw new InvalidFormatException(Format, "ch_size", -1, $"of all sections is {size} for a file of {_source.Length} bytes, more than debug information shrinks; decompress it with: objcopy --decompress-debug-sections");
        }

        _decompressedSize = size;
    }

    /// <summary>The first table of relocations (SHT_RELA) for a section; null where there is none.</summary>
    public ElfSection? RelocationsOf(ElfSection section)
    {
        lock (_lock)
        {
            if (_relocations is null)
            {
                _relocations = [];
                foreach (var table in Sections)
                {
                    if (table.Type == ElfSection.TypeRelocationsWithAddends && table.HasContent && table.Info < Sections.Count)
                    {
                        _relocations.TryAdd(Sections[(int)table.Info], table);
                    }
                }
            }

            return _relocations.GetValueOrDefault(section);
        }
    }

    /// <summary>The content of the section of a name; null where there is none, or none with content.</summary>
    public ByteSource? FindContent(string name) => FindSection(name) is { HasContent: true } section ? Content(section) : null;

    public ByteCursor Cursor(string field, ulong offset, ulong length) =>
        _source.Cursor(field, ToSigned(offset, field), ToSigned(length, field), IsBigEndian);

    /// <summary>The ELF virtual address of a file offset that lies in an executable segment.</summary>
    public bool TryGetVirtualAddress(ulong fileOffset, out ulong virtualAddress) => TryGetVirtualAddress(fileOffset, out virtualAddress, out _);

    /// <summary>The same, with the number of bytes from there on that lie in the same segment, or in none.</summary>
    public bool TryGetVirtualAddress(ulong fileOffset, out ulong virtualAddress, out ulong length)
    {
        virtualAddress = 0;
        length = ulong.MaxValue;
        bool isFound = false;
        for (int i = 0; i < Segments.Count; i++)
        {
            var segment = Segments[i];
            if (!segment.IsExecutableLoad)
            {
                continue;
            }

            if (fileOffset < segment.Offset)
            {
                length = Math.Min(length, segment.Offset - fileOffset);
            }
            else if (!isFound && fileOffset - segment.Offset < segment.MemorySize)
            {
                isFound = true;
                virtualAddress = fileOffset - segment.Offset + segment.VirtualAddress;
                length = Math.Min(length, segment.MemorySize - (fileOffset - segment.Offset));
            }
        }

        return isFound;
    }

    /// <summary>The file offset of an ELF virtual address in an executable segment.</summary>
    public bool TryGetFileOffset(ulong virtualAddress, out ulong fileOffset)
    {
        // By index: this is asked for every count, and an enumerator of a list behind an interface is an object.
        for (int i = 0; i < Segments.Count; i++)
        {
            var segment = Segments[i];
            if (segment.IsExecutableLoad && virtualAddress >= segment.VirtualAddress && virtualAddress - segment.VirtualAddress < segment.MemorySize)
            {
                fileOffset = virtualAddress - segment.VirtualAddress + segment.Offset;
                return true;
            }
        }

        fileOffset = 0;
        return false;
    }

    /// <summary>Bytes of the file.</summary>
    public long Length => _source.Length;

    /// <summary>See <see cref="ByteSource.EnsureUnchanged"/>.</summary>
    public void EnsureUnchanged() => _source.EnsureUnchanged();

    public void Dispose()
    {
        foreach (var content in _owned)
        {
            content.Dispose();
        }

        _source.Dispose();
    }

    private static long ToSigned(ulong value, string field) =>
        value <= long.MaxValue ? (long)value : throw new InvalidFormatException(Format, field, -1, $"lies at {value:x}, beyond any file");

    private void ReadHeaders()
    {
        if (_source.Length < IdentSize || !_source.Span("magic", 0, 4).SequenceEqual("\u007fELF"u8))
        {
            throw new InvalidFormatException(Format, "magic", 0, _source.Length == 0 ? "the file is empty" : "this is not an ELF file");
        }

        var ident = _source.Span("e_ident", 0, IdentSize);
        Is64Bit = ident[4] switch
        {
            1 => false,
            2 => true,
            _ => throw new InvalidFormatException(Format, "EI_CLASS", 4, $"is {ident[4]}"),
        };
        IsBigEndian = ident[5] switch
        {
            1 => false,
            2 => true,
            _ => throw new InvalidFormatException(Format, "EI_DATA", 5, $"is {ident[5]}"),
        };

        var header = Cursor("ELF header", IdentSize, (ulong)(Is64Bit ? 48 : 36));
        Type = (ElfType)header.U16("e_type");
        Machine = header.U16("e_machine");
        header.Skip("e_version", 4);
        _ = Word(ref header, "e_entry");
        ulong programHeaders = Word(ref header, "e_phoff");
        ulong sectionHeaders = Word(ref header, "e_shoff");
        header.Skip("e_flags", 6);
        ushort programHeaderSize = header.U16("e_phentsize");
        uint programHeaderCount = header.U16("e_phnum");
        ushort sectionHeaderSize = header.U16("e_shentsize");
        uint sectionCount = header.U16("e_shnum");
        uint nameSection = header.U16("e_shstrndx");
        Segments = ReadSegments(programHeaders, programHeaderSize, programHeaderCount);
        Sections = ReadSections(sectionHeaders, sectionHeaderSize, sectionCount, nameSection);
        Segments = Type == ElfType.Relocatable ? RelocatableLayout.Assign(Sections) : Segments;
    }

    private ulong Word(ref ByteCursor cursor, string field) => Is64Bit ? cursor.U64(field) : cursor.U32(field);

    private List<ElfSegment> ReadSegments(ulong offset, ushort entrySize, uint count)
    {
        var segments = new List<ElfSegment>();
        if (count == 0)
        {
            return segments;
        }

        var table = Cursor("program headers", offset, (ulong)entrySize * count);
        for (uint i = 0; i < count; i++)
        {
            var entry = table.Child("program header", entrySize);
            uint type = entry.U32("p_type");
            uint flags = Is64Bit ? entry.U32("p_flags") : 0;
            ulong fileOffset = Word(ref entry, "p_offset");
            ulong virtualAddress = Word(ref entry, "p_vaddr");
            _ = Word(ref entry, "p_paddr");
            ulong fileSize = Word(ref entry, "p_filesz");
            ulong memorySize = Word(ref entry, "p_memsz");
            flags = Is64Bit ? flags : entry.U32("p_flags");
            segments.Add(new ElfSegment(type, flags, fileOffset, virtualAddress, fileSize, memorySize));
        }

        return segments;
    }

    private List<ElfSection> ReadSections(ulong offset, ushort entrySize, uint count, uint nameSection)
    {
        var sections = new List<ElfSection>();
        if (offset == 0)
        {
            return sections;
        }

        // Counts that do not fit 16 bits stand in the first section header (System V ABI, "Sections").
        var first = ReadSection(Cursor("section header", offset, entrySize));
        ulong realCount = count == 0 ? first.Size : count;
        if (nameSection == ExtendedSectionIndex)
        {
            nameSection = first.Link;
        }

        if (realCount > (ulong)_source.Length / Math.Max((ulong)entrySize, 1))
        {
            throw new InvalidFormatException(Format, "e_shnum", -1, $"is {realCount}, more sections than the file has room for");
        }

        var table = Cursor("section headers", offset, entrySize * realCount);
        for (ulong i = 0; i < realCount; i++)
        {
            sections.Add(ReadSection(table.Child("section header", entrySize)));
        }

        if (nameSection < sections.Count && sections[(int)nameSection].HasContent)
        {
            var names = sections[(int)nameSection];
            foreach (var section in sections)
            {
                if (section.NameOffset < names.Size)
                {
                    ulong length = Math.Min(names.Size - section.NameOffset, MaximumSectionName);
                    var text = Cursor("section name", names.Offset + section.NameOffset, length);
                    section.Name = text.Rest().Contains((byte)0) ? Encoding.UTF8.GetString(text.NulTerminated("section name")) : "";
                }
            }
        }

        return sections;
    }

    private ElfSection ReadSection(ByteCursor entry)
    {
        var section = new ElfSection
        {
            NameOffset = entry.U32("sh_name"),
            Type = entry.U32("sh_type"),
            Flags = Word(ref entry, "sh_flags"),
            Address = Word(ref entry, "sh_addr"),
            Offset = Word(ref entry, "sh_offset"),
            Size = Word(ref entry, "sh_size"),
            Link = entry.U32("sh_link"),
            Info = entry.U32("sh_info"),
            Alignment = Word(ref entry, "sh_addralign"),
            EntrySize = Word(ref entry, "sh_entsize"),
        };
        return section;
    }
}
