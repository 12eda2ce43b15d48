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
    /// Reads the description of an entry by following DW_AT_abstract_origin and DW_AT_specification, across units where they lead there.
    /// The line is that of the abstract origin, which is the definition; then the entry's own; then the declaration's.
    /// </summary>
    public static FunctionDescription Read(DwarfFile file, ulong offset)
    {
        string? linkageName = null;
        string? name = null;
        var declarations = new List<(ulong Line, ulong File, DwarfUnit Unit, bool IsOrigin)>();
        bool isOrigin = false;
        for (int link = 0; link < MaximumLinks && offset != 0 && file.UnitAtOffset(offset) is { } unit; link++)
        {
            var die = new DieCursor(unit, offset);
            if (!die.MoveNext())
            {
                break;
            }

            ulong origin = 0;
            ulong specification = 0;
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
                    case DwarfAttribute.AbstractOrigin when value.Kind == ValueKind.Reference:
                        origin = value.Number;
                        break;
                    case DwarfAttribute.Specification when value.Kind == ValueKind.Reference:
                        specification = value.Number;
                        break;
                }
            }

            if (line != 0)
            {
                declarations.Add((line, declarationFile, unit, isOrigin));
            }

            isOrigin = origin != 0;
            offset = origin != 0 ? origin : specification;
        }

        if (declarations.Count == 0)
        {
            return new FunctionDescription(linkageName ?? name ?? "", 0, "");
        }

        var best = declarations.Find(d => d.IsOrigin);
        best = best.Unit is null ? declarations[0] : best;
        string path = best.File == 0 && best.Unit.Encoding.Version < 5 ? "" : best.Unit.LineTable?.FilePath(best.File) ?? "";
        return new FunctionDescription(linkageName ?? name ?? "", (uint)Math.Min(best.Line, uint.MaxValue), path);
    }

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}
