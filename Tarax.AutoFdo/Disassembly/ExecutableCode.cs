using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Disassembly;

/// <summary>The bytes of a binary by ELF virtual address.</summary>
internal sealed class ExecutableCode
{
    private readonly ElfFile _binary;
    private readonly List<Piece> _pieces = [];

    /// <exception cref="InvalidFormatException">A section does not lie in the file.</exception>
    public ExecutableCode(ElfFile binary)
    {
        _binary = binary;
        foreach (var section in binary.Sections)
        {
            bool isLoaded = section.Address != 0 && section.HasContent && (section.IsCode || section.IsData);
            if (isLoaded)
            {
                _pieces.Add(new Piece(section.Address, section.Address + section.Size, section));
            }
        }

        _pieces.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
    }

    /// <summary>e_machine of its instructions.</summary>
    public ushort Machine => _binary.Machine;

    /// <summary>Whether pointers have 8 bytes.</summary>
    public bool Is64Bit => _binary.Is64Bit;

    /// <summary>Whether the file holds the bytes of its code; a file of debug information does not.</summary>
    public bool HasBytes => _pieces.Exists(p => p.Section.IsCode);

    /// <summary>The bytes from an address to the end of its section; empty where there are none.</summary>
    public ReadOnlySpan<byte> From(ulong address)
    {
        int low = 0;
        int high = _pieces.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _pieces[middle].Start <= address ? (middle + 1, high) : (low, middle);
        }

        if (low == 0 || address >= _pieces[low - 1].End)
        {
            return default;
        }

        var content = _pieces[low - 1].Content(_binary);
        ulong offset = address - _pieces[low - 1].Start;
        return offset < (ulong)content.Length ? content.Span("code", (long)offset, Math.Min(content.Length - (long)offset, int.MaxValue)) : default;
    }

    /// <summary>A section in memory, whose content is looked for once.</summary>
    private sealed class Piece(ulong start, ulong end, ElfSection section)
    {
        private ByteSource? _content;

        public ulong Start => start;

        public ulong End => end;

        public ElfSection Section => section;

        public ByteSource Content(ElfFile binary) => _content ??= binary.Content(section);
    }
}
