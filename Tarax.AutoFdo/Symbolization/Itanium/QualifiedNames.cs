using Tarax.AutoFdo.Dwarf;

namespace Tarax.AutoFdo.Symbolization.Itanium;

/// <summary>
/// The classes and enumerations of a unit by their names with scopes, as GCC writes them where it names a template's arguments. Of classes whose arguments other units cannot see, the arguments
/// stand only there.
/// </summary>
internal sealed class QualifiedNames
{
    private const string UnnamedNamespace = "(anonymous namespace)";

    private readonly Dictionary<string, DieFacts> _types = new(StringComparer.Ordinal);

    /// <summary>The same without the arguments behind the first, which GCC leaves out where they are the default.</summary>
    private readonly Dictionary<string, DieFacts> _withoutDefaults = new(StringComparer.Ordinal);

    public static QualifiedNames Of(DieCache entries, DwarfUnit unit)
    {
        var names = new QualifiedNames();
        var scopes = unit.Scopes.Entries;
        string?[] paths = new string?[scopes.Count];
        for (int i = 0; i < paths.Length; i++)
        {
            bool isType = scopes[i].Tag is DwarfTag.ClassType or DwarfTag.StructureType or DwarfTag.UnionType or DwarfTag.EnumerationType;
            string? around = scopes[i].Parent < 0 ? "" : paths[scopes[i].Parent];
            if (around is null || (!isType && scopes[i].Tag != DwarfTag.Namespace) || entries.Read(new DieReference(unit.File, scopes[i].Offset)) is not { } facts || (isType && facts.Name.Length == 0))
            {
                continue;
            }

            string name = facts.Name.Length == 0 ? UnnamedNamespace : facts.Name;
            paths[i] = around.Length == 0 ? name : $"{around}::{name}";
            if (isType)
            {
                names.Add(paths[i]!, facts);
            }
        }

        return names;
    }

    /// <summary>The type of a name; null where the unit has none.</summary>
    public DieFacts? Find(string name) => _types.TryGetValue(name, out var exact) ? exact : _withoutDefaults.GetValueOrDefault(name);

    private void Add(string path, DieFacts facts)
    {
        _types.TryAdd(path, facts);
        var arguments = TemplateText.ArgumentsOf(path);
        string template = TemplateText.WithoutArguments(path);
        for (int count = arguments.Count - 1; count > 0; count--)
        {
            string shorter = string.Join(", ", arguments.Take(count));
            _withoutDefaults.TryAdd($"{template}<{shorter}{(shorter.EndsWith('>') ? " " : "")}>", facts);
        }
    }
}
