using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>
/// The names by which BOLT knows functions (RewriteInstance::discoverFileObjects): global ones as they are, local ones with their number among all local symbols of that name, by address.
/// Used by one thread.
/// </summary>
internal sealed class BoltNames
{
    private const ushort Absolute = 0xfff1;
    private const int TypeMask = 15;
    private const int TypeSection = 3;
    private const int TypeFile = 4;

    private readonly Dictionary<ulong, string> _names = [];

    /// <param name="functions">The functions that are to be named.</param>
    /// <param name="symbols">The file with the symbols.</param>
    public BoltNames(IEnumerable<FunctionSymbol> functions, ElfFile symbols)
    {
        var local = new Dictionary<string, List<ulong>>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            // Global ones come first.
            var alias = function.Aliases[0];
            _names[function.Start] = alias.Name;
            if (alias.Binding == SymbolBinding.Local)
            {
                local.TryAdd(alias.Name, []);
            }
        }

        if (local.Count == 0)
        {
            return;
        }

        AddPlaces(local, symbols);
        foreach (var (start, name) in _names.Where(n => local.ContainsKey(n.Value)).ToArray())
        {
            int number = local[name].FindIndex(a => a == start) + 1;
            _names[start] = string.Create(CultureInfo.InvariantCulture, $"{name}/{Math.Max(number, 1)}");
        }
    }

    /// <summary>A name as it stands in a profile: without blanks, which would end it.</summary>
    public string Of(ulong start) => _names[start].Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);

    private static void AddPlaces(Dictionary<string, List<ulong>> local, ElfFile file)
    {
        var table = file.Sections.FirstOrDefault(s => s.Type == ElfSection.TypeSymbolTable && s.HasContent);
        if (table is null)
        {
            return;
        }

        var symbols = ElfSymbolReader.Of(file, table);
        while (symbols.TryRead(out var symbol))
        {
            bool isPlace = symbol.Binding == SymbolBinding.Local && symbol.SectionIndex is not (0 or Absolute) && (symbol.Info & TypeMask) is not (TypeSection or TypeFile);
            if (isPlace && local.TryGetValue(Encoding.UTF8.GetString(symbol.Name), out var places))
            {
                places.Add(symbol.Value);
            }
        }

        foreach (var places in local.Values)
        {
            places.Sort();
        }
    }
}
