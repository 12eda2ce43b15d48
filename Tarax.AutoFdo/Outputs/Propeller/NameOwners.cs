using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>The functions of a binary's address map by name, with the files that they were compiled from.</summary>
internal sealed class NameOwners
{
    private readonly Dictionary<string, List<(string Module, MappedFunction Function)>> _owners = new(StringComparer.Ordinal);

    private NameOwners()
    {
    }

    /// <summary>All that a binary has.</summary>
    public static NameOwners Of(List<MappedFunction> map, Symbolizer symbolizer)
    {
        var all = new NameOwners();
        foreach (var function in map)
        {
            var names = LayoutFunctions.NamesAt(symbolizer, function.Entry);
            string module = names.Length == 0 ? "" : LayoutFunctions.ModuleAt(symbolizer, function.Entry);
            foreach (var name in names)
            {
                if (!all._owners.TryGetValue(name.Name, out var owners))
                {
                    all._owners.Add(name.Name, owners = []);
                }

                owners.Add((module, function));
            }
        }

        return all;
    }

    /// <summary>The functions of a name.</summary>
    public IReadOnlyList<(string Module, MappedFunction Function)> this[string name] => _owners.TryGetValue(name, out var owners) ? owners : [];
}
