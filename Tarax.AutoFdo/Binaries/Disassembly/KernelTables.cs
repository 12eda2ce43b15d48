using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>
/// Tables that a kernel or module holds of its own code. In a module each is a section; in vmlinux the linker script (include/asm-generic/vmlinux.lds.h) puts some of
/// them between two symbols of a larger one.
/// </summary>
internal sealed class KernelTables
{
    private const string Start = "__start_";
    private const string Stop = "__stop_";

    private readonly ElfFile _binary;
    private readonly ExecutableCode _code;
    private readonly Dictionary<string, ulong> _edges = new(StringComparer.Ordinal);

    private KernelTables(ElfFile binary, ExecutableCode code)
    {
        _binary = binary;
        _code = code;
    }

    /// <summary>The tables of a binary; null for one that is no part of a kernel, or of a kernel with another byte order or word size.</summary>
    public static KernelTables? Of(ElfFile binary, ExecutableCode code)
    {
        if (!binary.IsOfKernel || !binary.Is64Bit || binary.IsBigEndian)
        {
            return null;
        }

        var tables = new KernelTables(binary, code);
        if (binary.Type != ElfType.Relocatable)
        {
            tables.ReadEdges();
        }

        return tables;
    }

    /// <summary>Finds a table.</summary>
    /// <param name="section">Its section.</param>
    /// <param name="symbol">What its two symbols are called behind <c>__start_</c> and <c>__stop_</c>.</param>
    /// <param name="address">ELF virtual address of its start; 0 in a module.</param>
    /// <returns>Its bytes; empty where there is none.</returns>
    public ReadOnlySpan<byte> Find(string section, string symbol, out ulong address)
    {
        if (_binary.FindSection(section) is { HasContent: true } found)
        {
            address = found.Address;
            return _binary.Content(found).All();
        }

        address = _edges.GetValueOrDefault(Start + symbol);
        ulong stop = _edges.GetValueOrDefault(Stop + symbol);
        var bytes = stop > address && address > 0 ? _code.From(address) : default;
        return stop - address <= (ulong)bytes.Length ? bytes[..(int)(stop - address)] : default;
    }

    /// <summary>The symbols at begins and ends, in one pass over all.</summary>
    private void ReadEdges()
    {
        foreach (var section in _binary.Sections)
        {
            if (section.Type != ElfSection.TypeSymbolTable || !section.HasContent)
            {
                continue;
            }

            var symbols = ElfSymbolReader.Of(_binary, section);
            while (symbols.TryRead(out var symbol))
            {
                if (symbol.SectionIndex != 0 && (symbol.Name.StartsWith("__start_"u8) || symbol.Name.StartsWith("__stop_"u8)))
                {
                    _edges[System.Text.Encoding.UTF8.GetString(symbol.Name)] = symbol.Value;
                }
            }
        }
    }
}
