using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>
/// Functions whose symbols have no size, such as those of crt files and of assembly: BOLT lets them reach to the next symbol, or to the end of their section. Elsewhere they are none, since of what lies
/// behind them nothing is known.
/// </summary>
internal sealed class UnsizedFunctions
{
    private readonly List<FunctionSymbol> _functions = [];

    /// <param name="binary">The binary.</param>
    /// <param name="symbols">The file with its symbols.</param>
    public UnsizedFunctions(ElfFile binary, ElfFile symbols)
    {
        if (symbols.Sections.FirstOrDefault(s => s.Type == ElfSection.TypeSymbolTable && s.HasContent) is not { } table)
        {
            return;
        }

        var starts = new SortedSet<ulong>();
        var unsized = new SortedDictionary<ulong, SymbolAlias>();
        var reader = ElfSymbolReader.Of(symbols, table);
        while (reader.TryRead(out var symbol))
        {
            if (symbol.SectionIndex == 0 || !symbol.IsFunction)
            {
                continue;
            }

            starts.Add(symbol.Value);
            if (symbol.Size == 0)
            {
                unsized.TryAdd(symbol.Value, new SymbolAlias(Encoding.UTF8.GetString(symbol.Name), symbol.Binding));
            }
        }

        ulong[] sorted = [.. starts];
        foreach (var (start, alias) in unsized)
        {
            if (binary.Sections.FirstOrDefault(s => s.IsCode && start - s.Address < s.Size) is { } section)
            {
                int next = Array.BinarySearch(sorted, start) + 1;
                ulong end = section.Address + section.Size;
                _functions.Add(new FunctionSymbol(start, next < sorted.Length ? Math.Min(sorted[next], end) : end, [alias]));
            }
        }
    }

    /// <summary>The function that holds an address; null where there is none.</summary>
    public FunctionSymbol? Find(ulong address)
    {
        int low = 0;
        int high = _functions.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _functions[middle].Start <= address ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && address < _functions[low - 1].End ? _functions[low - 1] : null;
    }
}
