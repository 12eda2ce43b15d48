namespace Tarax.AutoFdo.Dwarf;

/// <summary>What the debug information says of a function that is called or inlined.</summary>
/// <param name="Name">Linkage name, or the plain name of a function without one; empty where it has none.</param>
/// <param name="DeclarationLine">DW_AT_decl_line of its definition, to which profile offsets are relative; 0 where it has none.</param>
/// <param name="File">Full path of the file with that line; empty where not known.</param>
internal sealed record FunctionDescription(string Name, uint DeclarationLine, string File)
{
    /// <summary>The longest chain of origins and specifications that is followed; real ones have three links.</summary>
    private const int MaximumLinks = 8;

    /// <summary>
    /// Reads the description of an entry by following DW_AT_abstract_origin and DW_AT_specification, across units and files where they lead there.
    /// The line is that of the abstract origin, which is the definition; then the entry's own; then the declaration's.
    /// </summary>
    public static FunctionDescription Read(DieReference start)
    {
        DieReference? next = start;
        string? linkageName = null;
        string? name = null;
        (ulong Line, ulong File, DwarfUnit Unit)? first = null;
        (ulong Line, ulong File, DwarfUnit Unit)? ofOrigin = null;
        bool isOrigin = false;
        for (int link = 0; link < MaximumLinks && next is { } current && current.File.UnitAtOffset(current.Offset) is { } unit; link++)
        {
            var die = new DieCursor(unit, current.Offset);
            if (!die.MoveNext())
            {
                break;
            }

            DieReference? origin = null;
            DieReference? specification = null;
            ulong line = 0;
            ulong declarationFile = 0;
            while (die.NextAttribute(out var attribute, out var value))
            {
                switch (attribute)
                {
                    case DwarfAttribute.LinkageName or DwarfAttribute.MipsLinkageName:
                        linkageName ??= NotEmpty(unit.Text(value));
                        break;
                    case DwarfAttribute.Name:
                        name ??= NotEmpty(unit.Text(value));
                        break;
                    case DwarfAttribute.DeclLine:
                        line = value.Number;
                        break;
                    case DwarfAttribute.DeclFile:
                        declarationFile = value.Number;
                        break;
                    case DwarfAttribute.AbstractOrigin:
                        origin = unit.Reference(value);
                        break;
                    case DwarfAttribute.Specification:
                        specification = unit.Reference(value);
                        break;
                }
            }

            if (line != 0)
            {
                first ??= (line, declarationFile, unit);
                ofOrigin ??= isOrigin ? (line, declarationFile, unit) : null;
            }

            isOrigin = origin is not null;
            next = origin ?? specification;
        }

        if ((ofOrigin ?? first) is not { } best)
        {
            return new FunctionDescription(linkageName ?? name ?? "", 0, "");
        }

        string path = best.File == 0 && best.Unit.Encoding.Version < 5 ? "" : best.Unit.LineTable?.FilePath(best.File, best.Unit) ?? "";
        return new FunctionDescription(linkageName ?? name ?? "", (uint)Math.Min(best.Line, uint.MaxValue), path);
    }

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}
