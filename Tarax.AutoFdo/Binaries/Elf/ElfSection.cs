namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>A section header.</summary>
internal sealed class ElfSection
{
    public const uint TypeSymbolTable = 2;
    public const uint TypeRelocationsWithAddends = 4;
    public const uint TypeNote = 7;
    public const uint TypeNoBits = 8;
    public const uint TypeDynamicSymbols = 11;

    /// <summary>SHT_LLVM_BB_ADDR_MAP.</summary>
    public const uint TypeBlockAddressMap = 0x6fff_4c0a;
    private const ulong CompressedFlag = 0x800;
    private const ulong ExecutableFlag = 4;
    private const ulong AllocatedFlag = 2;

    public string Name { get; set; } = "";

    public uint NameOffset { get; init; }

    public uint Type { get; init; }

    public ulong Flags { get; init; }

    /// <summary>ELF virtual address; for code of a relocatable file the one of <see cref="RelocatableLayout"/>.</summary>
    public ulong Address { get; set; }

    public ulong Offset { get; init; }

    public ulong Size { get; init; }

    public uint Link { get; init; }

    public uint Info { get; init; }

    public ulong Alignment { get; init; }

    public ulong EntrySize { get; init; }

    public bool IsCompressed => (Flags & CompressedFlag) != 0;

    public bool IsCode => (Flags & (ExecutableFlag | AllocatedFlag)) == (ExecutableFlag | AllocatedFlag);

    /// <summary>Whether it is loaded with the program, and holds no code.</summary>
    public bool IsData => (Flags & (ExecutableFlag | AllocatedFlag)) == AllocatedFlag;

    /// <summary>Whether the file holds bytes for it: SHT_NULL and SHT_NOBITS have none.</summary>
    public bool HasContent => Type is not (0 or TypeNoBits) && Size > 0;
}
