using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>
/// The arguments of a template as its name has them. Of a partial specialization the debug information lists what the specialization is of, not the template's arguments: only the name says that
/// they differ.
/// </summary>
internal static class TemplateText
{
    /// <summary>A name without its arguments: <c>operator&lt;</c> of <c>operator&lt; &lt;int&gt;</c>; the destructor of a lambda, <c>~&lt;lambda&gt;</c>, has none.</summary>
    public static string WithoutArguments(string name) => StartOf(name) is > 0 and var start && name[..start].TrimEnd() is var template && template is not ("operator" or "~") ? template : name;

    /// <summary>Where the bracket is that the last one closes; −1 where the name does not end with one.</summary>
    private static int StartOf(string name)
    {
        int depth = 0;
        for (int i = name.Length - 1; i > 0 && name[^1] == '>'; i--)
        {
            bool isArrow = name[i] == '>' && name[i - 1] == '-';
            depth += name[i] is '>' or ')' or ']' or '}' && !isArrow ? 1 : name[i] is '<' or '(' or '[' or '{' ? -1 : 0;
            if (depth == 0)
            {
                return name[i] == '<' ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>The arguments in a name.</summary>
    public static List<string> ArgumentsOf(string name)
    {
        var arguments = new List<string>();
        int depth = 0;
        int start = StartOf(name) + 1;
        if (start == 0)
        {
            return arguments;
        }

        for (int i = start; i < name.Length - 1; i++)
        {
            depth += name[i] is '<' or '(' or '[' or '{' ? 1 : name[i] is '>' or ')' or ']' or '}' ? -1 : 0;
            if (name[i] == ',' && depth == 0)
            {
                arguments.Add(name[start..i].Trim());
                start = i + 1;
            }
        }

        if (start < name.Length - 1)
        {
            arguments.Add(name[start..^1].Trim());
        }

        return arguments;
    }

    /// <summary>Whether the entries of a template's arguments can be those of its name.</summary>
    public static bool Agrees(DieCache entries, DieFacts template)
    {
        var named = template.NamedArguments;
        var told = template.TemplateArguments.SelectMany(a => a.Tag == DwarfTag.GnuTemplateParameterPack ? a.Children : [a]).ToList();
        return named.Count == told.Count && named.Zip(told).All(pair => Agrees(entries, pair.First, pair.Second));
    }

    private static bool Agrees(DieCache entries, string text, DieFacts argument)
    {
        if (argument.Tag != DwarfTag.TemplateTypeParameter || argument.Type is null)
        {
            return argument.Tag != DwarfTag.TemplateTypeParameter || text == "void";
        }

        var type = entries.Read(argument.Type);
        while (type is { Tag: DwarfTag.Typedef })
        {
            type = entries.Read(type.Type);
        }

        // Of the words of a type, the last sign decides what it is.
        bool isConst = text.StartsWith("const ", StringComparison.Ordinal);
        return type switch
        {
            null => false,
            { Tag: DwarfTag.PointerType } => text.EndsWith('*') || text.Contains("(*", StringComparison.Ordinal),
            { Tag: DwarfTag.ReferenceType or DwarfTag.RvalueReferenceType } => text.EndsWith('&') || text.Contains("(&", StringComparison.Ordinal),
            { Tag: DwarfTag.ConstType or DwarfTag.VolatileType } => isConst || text.Contains("const", StringComparison.Ordinal) || text.Contains("volatile", StringComparison.Ordinal),
            { Tag: DwarfTag.SubroutineType } => text.EndsWith(')'),
            { Tag: DwarfTag.ArrayType } => text.EndsWith(']'),
            { Tag: DwarfTag.BaseType or DwarfTag.EnumerationType } or { IsClass: true } => !isConst && !(text[^1] is '*' or '&' or ')' or ']') && (type.IsClass && type.Name.Length == 0 || EndsAs(text, type.Name)),
            _ => true,
        };
    }

    /// <summary>Whether a name with its scopes can be that of a type, which has none. Of templates the arguments may be written otherwise.</summary>
    private static bool EndsAs(string text, string name)
    {
        int arguments = name.IndexOf('<', StringComparison.Ordinal);
        return arguments > 0 ? text.Contains(name[..arguments], StringComparison.Ordinal) && text.EndsWith('>') : text.EndsWith(name, StringComparison.Ordinal);
    }
}
