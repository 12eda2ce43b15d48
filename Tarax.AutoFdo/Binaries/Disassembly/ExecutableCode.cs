using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>The bytes of a binary by ELF virtual address.</summary>
internal sealed class ExecutableCode
{
    private readonly ElfFile _binary;
    private readonly List<Piece> _pieces = [];

    public ExecutableCode(ElfFile binary)
    {
        _binary = binary;
        foreach (var section in binary.Sections)
        {
            bool isLoaded = section.Address != 0 && section.HasContent && (section.IsCode || section.IsData);
            if (isLoaded)
            {
                _pieces.Add(new Piece(binary, section.Address, section.Address + section.Size, section));
            }
        }

        foreach (var piece in _pieces)
        {
            CodeSize += piece.Section.IsCode ? piece.End - piece.Start : 0;
        }

        _pieces.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
    }

    /// <summary>e_machine of its instructions.</summary>
    public ushort Machine => _binary.Machine;

    /// <summary>Whether its instructions are of x86, of 32 or 64 bits.</summary>
    public bool IsX86 => Machine is InstructionDecoder.MachineX86 or InstructionDecoder.MachineX8664;

    /// <summary>Whether pointers have 8 bytes.</summary>
    public bool Is64Bit => _binary.Is64Bit;

    /// <summary>Whether the file holds the bytes of its code; a file of debug information does not.</summary>
    public bool HasBytes => _pieces.Exists(p => p.Section.IsCode);

    /// <summary>Bytes of all code.</summary>
    public ulong CodeSize { get; }

    /// <summary>The bytes from an address to the end of its section; empty where there are none, also of a section that is damaged.</summary>
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

        var content = _pieces[low - 1].Content;
        ulong offset = address - _pieces[low - 1].Start;
        return content is not null && offset < (ulong)content.Length ? content.Span("code", (long)offset, Math.Min(content.Length - (long)offset, int.MaxValue)) : default;
    }

    /// <summary>A section in memory, whose content is looked for once.</summary>
    private sealed class Piece(ElfFile binary, ulong start, ulong end, ElfSection section)
    {
        private readonly Lazy<ByteSource?> _content = new(() => Read(binary, section));

        public ulong Start => start;

        public ulong End => end;

        public ElfSection Section => section;

        public ByteSource? Content => _content.Value;

        private static ByteSource? Read(ElfFile binary, ElfSection section)
        {
            try
            {
                return binary.Content(section);
            }
            catch (InvalidFormatException)
            {
                return null;
            }
        }
    }
}
