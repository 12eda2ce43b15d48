using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>
/// The code of a binary as BOLT sees it: by ELF virtual address, which of a position-independent file is the distance from where it is loaded, and a function for each symbol, so that what a
/// compiler split off is one of its own. Used by one thread.
/// </summary>
internal sealed class BoltCode(Binary binary)
{
    private readonly ElfFile _file = binary.File;
    private readonly UnsizedFunctions _unsized = new(binary.File, binary.Files.Debug);
    private readonly BranchKinds? _kinds = binary.Graphs is { } graphs ? new BranchKinds(graphs.Branches()) : null;
    private (ulong Start, ulong Length, ulong Address) _run;

    /// <summary>The ELF virtual address of a file offset.</summary>
    public bool TryGetAddress(ulong offset, out ulong address)
    {
        if (offset - _run.Start >= _run.Length)
        {
            _run = _file.TryGetVirtualAddress(offset, out ulong start, out ulong length) ? (offset, length, start) : default;
        }

        address = offset - _run.Start + _run.Address;
        return _run.Length > 0;
    }

    /// <summary>The symbols of the function that holds an address; null where there is none.</summary>
    public FunctionSymbol? FunctionAt(ulong address) => binary.Symbolizer.FindSymbol(address) ?? _unsized.Find(address);

    /// <summary>All functions of the symbol table.</summary>
    public IEnumerable<(string Name, ulong Address, ulong Size)> Functions() => binary.Symbolizer.FunctionSymbolsInOrder();

    /// <summary>Whether the instruction at an address returns.</summary>
    public bool Returns(ulong address) => _kinds?.KindAt(address) == BranchKind.Return;

    /// <summary>Whether the instruction at an address branches, or may.</summary>
    public bool Branches(ulong address) => _kinds?.KindAt(address) != BranchKind.Interrupt;
}
