using Tarax.AutoFdo.Dwarf;

namespace Tarax.AutoFdo.Symbolization.Itanium;

/// <summary>
/// The arguments of a template as its name has them. Of a partial specialization the debug information lists what the specialization is of, not the template's arguments: only the name tells that
/// they differ.
/// </summary>
internal static class TemplateText
{
    /// <summary>The arguments in a class's name, from the outermost angle bracket on.</summary>
    public static List<string> ArgumentsOf(string name)
    {
        var arguments = new List<string>();
        int depth = 0;
        int start = name.IndexOf('<', StringComparison.Ordinal) + 1;
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

    /// <summary>Codes of arguments that tell all of themselves: types that the language has, and truth values; null where there are others.</summary>
    public static string? CodesOf(string name)
    {
        var codes = ArgumentsOf(name).ConvertAll(a => a switch { "true" => "Lb1E", "false" => "Lb0E", "void" => "v", _ => BuiltinTypes.CodeOf(a) });
        return codes.Contains(null) ? null : string.Concat(codes);
    }

    /// <summary>Whether the entries of a template's arguments can be those of its name.</summary>
    public static bool Agrees(DieCache entries, DieFacts template)
    {
        var named = ArgumentsOf(template.Name);
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

        // Of the words of a type, the last sign tells what it is.
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
