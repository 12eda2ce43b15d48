using Tarax.AutoFdo.Elf;

namespace Tarax.AutoFdo.Samples;

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

    /// <summary>The file offset of a runtime address in a mapping of this binary.</summary>
    public bool TryGetFileOffset(in Mapping mapping, ulong address, out ulong offset)
    {
        if (mapping.File!.IsAsLinked)
        {
            return _binary.TryGetFileOffset(address, out offset);
        }

        if (mapping.File.KernelReferenceSymbol is { } symbol)
        {
            // Address space randomization moves the kernel as a whole: by what the reference symbol moved.
            offset = 0;
            return _referenceSymbols.TryGetValue(symbol, out ulong linked)
                && _binary.TryGetFileOffset(address - mapping.PageOffset + linked, out offset);
        }

        if (_binary.Type == ElfType.Relocatable)
        {
            return _binary.TryGetFileOffset(RelocatableLayout.Base + (address - mapping.Start), out offset);
        }

        offset = mapping.OffsetOf(address);
        return true;
    }
}
