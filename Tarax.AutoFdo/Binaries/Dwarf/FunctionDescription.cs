namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>What the debug information says of a function that is called or inlined.</summary>
/// <param name="DwarfName">Linkage name, or the plain name of a function without one; empty where it has none.</param>
/// <param name="DeclarationLine">DW_AT_decl_line of its definition, to which profile offsets are relative; 0 where it has none.</param>
/// <param name="File">Full path of the file with that line; empty where not known.</param>
internal sealed record FunctionDescription(string DwarfName, uint DeclarationLine, string File)
{
    /// <summary>Whether the compiler made it (DW_AT_artificial): OpenMP's outlined functions, parts of coroutines, lambdas.</summary>
    public bool IsArtificial { get; init; }

    /// <summary>DW_AT_decl_column of its definition; 0 where it has none.</summary>
    public uint DeclarationColumn { get; init; }

    /// <summary>Whether the name is a linkage name; otherwise it is the plain one.</summary>
    public bool HasLinkageName { get; init; }

    /// <summary>The linkage name that the debug information does not tell, made when somebody asks for it, since most are never asked for; null where the debug information has the name.</summary>
    public Lazy<MadeLinkageName>? Made { get; init; }

    /// <summary>The name by which the compiler knows it, as far as that is known.</summary>
    public string Name => Made?.Value.Name ?? DwarfName;

    /// <summary>Whether the compiler knows it by a linkage name that the debug information does not tell, and that cannot be made.</summary>
    public bool HasUnknownLinkageName => Made?.Value is { IsNeeded: true, Name: null };

    /// <summary>The last entry of its chain of origins and specifications: its declaration.</summary>
    public DieReference? Declaration { get; init; }

    /// <summary>The longest chain of origins and specifications that is followed; real ones have three links.</summary>
    private const int MaximumLinks = 8;

    /// <summary>
    /// Reads the description of an entry by following DW_AT_abstract_origin and DW_AT_specification, across units and files where they lead there.
    /// The line is that of the abstract origin, which is the definition; then the entry's own; then the declaration's; then, for members that the compiler made (a lambda's operator(), the members of
    /// a class that are not written), that of the class around it, where GCC looks for their counts (Corpus: lambdas).
    /// </summary>
    public static FunctionDescription Read(DieReference start)
    {
        DieReference? next = start;
        string? linkageName = null;
        string? name = null;
        (ulong Line, ulong Column, ulong File, DwarfUnit Unit)? first = null;
        (ulong Line, ulong Column, ulong File, DwarfUnit Unit)? ofOrigin = null;
        bool isOrigin = false;
        bool isArtificial = false;
        DieReference? last = null;
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
            ulong column = 0;
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
                    case DwarfAttribute.DeclColumn:
                        column = value.Number;
                        break;
                    case DwarfAttribute.DeclFile:
                        declarationFile = value.Number;
                        break;
                    case DwarfAttribute.Artificial:
                        isArtificial |= value.Number != 0;
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
                first ??= (line, column, declarationFile, unit);
                ofOrigin ??= isOrigin ? (line, column, declarationFile, unit) : null;
            }

            isOrigin = origin is not null;
            last = current;
            next = origin ?? specification;
        }

        var best = ofOrigin ?? first ?? LineOfClass(last);
        string path = best is not { } place || (place.File == 0 && place.Unit.Encoding.Version < 5) ? "" : place.Unit.LineTable?.FilePath(place.File, place.Unit) ?? "";
        return new FunctionDescription(linkageName ?? name ?? "", (uint)Math.Min(best?.Line ?? 0, uint.MaxValue), path)
        {
            IsArtificial = isArtificial,
            DeclarationColumn = (uint)Math.Min(best?.Column ?? 0, uint.MaxValue),
            HasLinkageName = linkageName is not null,
            Declaration = last,
        };
    }

    /// <summary>Where the class around an entry is declared; null where it does not stand in one.</summary>
    private static (ulong Line, ulong Column, ulong File, DwarfUnit Unit)? LineOfClass(DieReference? entry)
    {
        if (entry is not { } member || member.File.UnitAtOffset(member.Offset) is not { } unit
            || unit.Scopes.Around(member.Offset) is not { Tag: DwarfTag.ClassType or DwarfTag.StructureType or DwarfTag.UnionType } around)
        {
            return null;
        }

        var die = new DieCursor(unit, around.Offset);
        ulong line = 0;
        ulong file = 0;
        if (die.MoveNext())
        {
            while (die.NextAttribute(out var attribute, out var value))
            {
                line = attribute == DwarfAttribute.DeclLine ? value.Number : line;
                file = attribute == DwarfAttribute.DeclFile ? value.Number : file;
            }
        }

        return line == 0 ? null : (line, 0, file, unit);
    }

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}

/// <summary>A linkage name that was made of the debug information.</summary>
/// <param name="IsNeeded">Whether the function has one; those with C linkage have none.</param>
/// <param name="Name">The name; null where it could not be made.</param>
internal readonly record struct MadeLinkageName(bool IsNeeded, string? Name);
