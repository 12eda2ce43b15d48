using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// How runtime addresses in the mappings of a binary become its file offsets: by the mapping's own file offset for programs and libraries,
/// by the reference symbol for the kernel, whose mapping states that symbol's runtime address, and by the loader's layout for modules.
/// </summary>
internal sealed class BinaryLayout
{
    private readonly ElfFile _binary;
    private readonly Dictionary<string, ulong> _referenceSymbols = [];

    public BinaryLayout(ElfFile binary)
    {
        _binary = binary;
        foreach (string name in (string[])["_text", "_stext"])
        {
            if (ElfSymbolReader.TryFind(binary, name, out ulong address))
            {
                _referenceSymbols.Add(name, address);
            }
        }
    }

    /// <summary>Whether the binary looks like a kernel: it has the symbol that kernel mappings refer to.</summary>
    public bool IsKernel => _referenceSymbols.Count > 0 && _binary.Type != ElfType.Relocatable;

    /// <summary>Whether positions in a mapped file that is this binary are file offsets already.</summary>
    public bool HasFileOffsets(MappedFile file) => !file.IsAsLinked && file.KernelReferenceSymbol is null && _binary.Type != ElfType.Relocatable;

    /// <summary>The file offset of a position in a mapped file that is this binary.</summary>
    public bool TryGetFileOffset(MappedFile file, ulong position, out ulong offset)
    {
        if (file.IsAsLinked)
        {
            return _binary.TryGetFileOffset(position, out offset);
        }

        if (file.KernelReferenceSymbol is { } symbol)
        {
            // Address space randomization moves the kernel as a whole: by what the reference symbol moved.
            offset = 0;
            return _referenceSymbols.TryGetValue(symbol, out ulong linked) && _binary.TryGetFileOffset(linked + position, out offset);
        }

        if (_binary.Type == ElfType.Relocatable)
        {
            return _binary.TryGetFileOffset(RelocatableLayout.Base + position, out offset);
        }

        offset = position;
        return true;
    }
}
