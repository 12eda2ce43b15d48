using System.Text;
using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>
/// The classes and enumerations of a unit by their names with scopes, as GCC writes them where it names a template's arguments. Of classes whose arguments other units cannot see, the arguments
/// stand only there. Kept are the entries by their own names without scopes and arguments; more is read of those that are asked for.
/// </summary>
internal sealed class QualifiedNames
{
    private const string UnnamedNamespace = "(anonymous namespace)";

    private readonly Dictionary<string, List<int>> _typesOfName = new(StringComparer.Ordinal);
    private readonly DieCache _entries;
    private readonly DwarfUnit _unit;

    private QualifiedNames(DieCache entries, DwarfUnit unit)
    {
        _entries = entries;
        _unit = unit;
    }

    public static QualifiedNames Of(DieCache entries, DwarfUnit unit)
    {
        const int LongestName = 256;
        var names = new QualifiedNames(entries, unit);
        var lists = names._typesOfName.GetAlternateLookup<ReadOnlySpan<char>>();
        var scopes = unit.Scopes.Entries;
        Span<char> text = stackalloc char[LongestName];
        for (int i = 0; i < scopes.Count; i++)
        {
            if (!IsType(scopes[i].Tag))
            {
                continue;
            }

            var name = OwnNameOf(unit, scopes[i].Offset);
            int arguments = name.IndexOf((byte)'<');
            name = arguments > 0 ? name[..arguments] : name;
            if (name.Length is 0 or > LongestName)
            {
                continue;
            }

            var key = text[..Encoding.UTF8.GetChars(name, text)];
            if (!lists.TryGetValue(key, out var list))
            {
                lists[key] = list = [];
            }

            list.Add(i);
        }

        return names;
    }

    /// <summary>The first type of a name, with those arguments or, where there is none, with more of them, as the rest may be the default and left out; null where the unit has none.</summary>
    public DieFacts? Find(string name)
    {
        string last = name[LastComponentOf(name)..];
        int arguments = last.IndexOf('<', StringComparison.Ordinal);
        DieFacts? withDefaults = null;
        foreach (int index in _typesOfName.GetValueOrDefault(arguments > 0 ? last[..arguments] : last) ?? [])
        {
            if (PathOf(index) is not { } path || _entries.Read(new DieReference(_unit.File, _unit.Scopes.Entries[index].Offset)) is not { } facts)
            {
                continue;
            }

            if (path == name)
            {
                return facts;
            }

            withDefaults = withDefaults is null && IsWithoutDefaults(name, path) ? facts : withDefaults;
        }

        return withDefaults;
    }

    private static bool IsWithoutDefaults(string name, string path)
    {
        string template = TemplateText.WithoutArguments(path);
        if (template.Length == path.Length || !name.StartsWith(template, StringComparison.Ordinal))
        {
            return false;
        }

        var arguments = TemplateText.ArgumentsOf(path);
        for (int count = arguments.Count - 1; count > 0; count--)
        {
            string shorter = string.Join(", ", arguments.Take(count));
            if (name == $"{template}<{shorter}{(shorter.EndsWith('>') ? " " : "")}>")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name of a type with its scopes; null where it stands in something else than namespaces and types.</summary>
    private string? PathOf(int index)
    {
        string path = "";
        for (var scope = _unit.Scopes.Entries[index]; ; scope = _unit.Scopes.Entries[index])
        {
            if ((!IsType(scope.Tag) && scope.Tag != DwarfTag.Namespace) || _entries.Read(new DieReference(_unit.File, scope.Offset)) is not { } facts || (facts.Name.Length == 0 && IsType(scope.Tag)))
            {
                return null;
            }

            string name = facts.Name.Length == 0 ? UnnamedNamespace : facts.Name;
            path = path.Length == 0 ? name : $"{name}::{path}";
            index = scope.Parent;
            if (index < 0)
            {
                return path;
            }
        }
    }

    /// <summary>Where the last component of a name begins, behind the last <c>::</c> that stands in no brackets.</summary>
    private static int LastComponentOf(string name)
    {
        int depth = 0;
        for (int i = name.Length - 1; i > 0; i--)
        {
            depth += name[i] is '>' or ')' ? 1 : name[i] is '<' or '(' ? -1 : 0;
            if (depth == 0 && name[i] == ':' && name[i - 1] == ':')
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static ReadOnlySpan<byte> OwnNameOf(DwarfUnit unit, ulong offset)
    {
        var die = new DieCursor(unit, offset);
        die.MoveNext();
        while (die.NextAttribute(out var attribute, out var value))
        {
            if (attribute == DwarfAttribute.Name)
            {
                return unit.String(value);
            }
        }

        return [];
    }

    private static bool IsType(DwarfTag tag) => tag is DwarfTag.ClassType or DwarfTag.StructureType or DwarfTag.UnionType or DwarfTag.EnumerationType;
}
