using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>What compilers split off functions (<c>.cold</c>): code that jumps back into them, where blocks begin then. Known by names alone, of which static functions may share one.</summary>
internal sealed class FunctionParts
{
    private readonly Dictionary<string, List<CodeRange>> _byName = new(StringComparer.Ordinal);

    /// <param name="functions">The functions that are looked into, and their parts.</param>
    /// <param name="symbols">All functions of the binary.</param>
    public FunctionParts(IEnumerable<FunctionSymbol> functions, IEnumerable<(string Name, ulong Address, ulong Size)> symbols)
    {
        foreach (var function in functions)
        {
            _byName.TryAdd(WholeName(function), []);
        }

        foreach (var (name, address, size) in symbols)
        {
            if (_byName.TryGetValue(PartSuffix.Strip(name), out var parts) && size <= ulong.MaxValue - address)
            {
                parts.Add(new CodeRange(address, address + size));
            }
        }
    }

    /// <summary>The code of a function or of a part of one, first, and all other code of its name.</summary>
    public CodeRange[] Of(FunctionSymbol function) =>
        [new CodeRange(function.Start, function.End), .. _byName[WholeName(function)].Where(p => p.Start != function.Start)];

    private static string WholeName(FunctionSymbol function) => PartSuffix.Strip(function.Aliases[0].Name);
}
