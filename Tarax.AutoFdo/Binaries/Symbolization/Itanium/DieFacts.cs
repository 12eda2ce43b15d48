using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>What names are made of, of one entry of the debug information.</summary>
internal sealed class DieFacts
{
    // Each is made when it is asked for, by whichever thread: all make the same.
    private List<DieFacts>? _children;
    private List<DieFacts>? _allParameters;
    private List<DieFacts>? _parameters;
    private List<DieFacts>? _templateArguments;
    private List<DieFacts>? _calls;
    private List<DieFacts>? _variables;
    private List<string>? _namedArguments;
    private Ternary _isTemplate;

    private DieFacts(DieReference reference, DwarfUnit unit, DwarfTag tag)
    {
        Reference = reference;
        Unit = unit;
        Tag = tag;
    }

    public DieReference Reference { get; }

    public DwarfUnit Unit { get; }

    public DwarfTag Tag { get; }

    public string Name { get; private set; } = "";

    public string LinkageName { get; private set; } = "";

    public bool IsExternal { get; private set; }

    public bool IsArtificial { get; private set; }

    /// <summary>Whether it is a function that was declared <c>inline</c> (DW_INL_declared_inlined, DW_INL_declared_not_inlined).</summary>
    public bool IsDeclaredInline { get; private set; }

    /// <summary>Elements of an array's dimension; null where not stated.</summary>
    public ulong? Count { get; private set; }

    /// <summary>Whether it is a function that is called for an object.</summary>
    public bool HasObject { get; private set; }

    /// <summary>DW_AT_type; null where there is none, which is void, or where it cannot be followed.</summary>
    public DieReference? Type { get; private set; }

    /// <summary>Whether DW_AT_type is there, but leads to another file that is not at hand, or to a type unit.</summary>
    public bool HasUnknownType { get; private set; }

    /// <summary>DW_AT_specification or DW_AT_abstract_origin.</summary>
    public DieReference? Declared { get; private set; }

    public ulong? ConstValue { get; private set; }

    public (ulong Line, ulong Column) Place { get; private set; }

    /// <summary>DW_AT_decl_file.</summary>
    public ulong DeclarationFile { get; private set; }

    /// <summary>Whether a member function is for lvalues (<c>&amp;</c>) or rvalues (<c>&amp;&amp;</c>) only: R or O; empty otherwise.</summary>
    public string ReferenceQualifier { get; private set; } = "";

    /// <summary>Whether it is a class, a structure or a union.</summary>
    public bool IsClass => Tag is DwarfTag.ClassType or DwarfTag.StructureType or DwarfTag.UnionType;

    /// <summary>The entries that stand in it directly, in their order: for entries that have few.</summary>
    public IReadOnlyList<DieFacts> Children => _children ??= ReadChildren(static _ => true);

    /// <summary>Its parameters, with those that the compiler added, and those of a pack one by one.</summary>
    public IReadOnlyList<DieFacts> AllParameters => _allParameters ??= [.. ReadChildren(static tag => tag is DwarfTag.FormalParameter or DwarfTag.UnspecifiedParameters or DwarfTag.GnuFormalParameterPack)
        .SelectMany(static c => c.Tag == DwarfTag.GnuFormalParameterPack ? c.MarkedPacked() : [c])];

    /// <summary>Whether it is a parameter that a pack was expanded to.</summary>
    public bool IsPacked { get; private set; }

    private IReadOnlyList<DieFacts> MarkedPacked()
    {
        foreach (var parameter in Children)
        {
            parameter.IsPacked = true;
        }

        return Children;
    }

    /// <summary>Its parameters, without those that the compiler added.</summary>
    public IReadOnlyList<DieFacts> Parameters => _parameters ??= [.. AllParameters.Where(c => !c.IsArtificial)];

    /// <summary>What a template was made with; empty for what is none. GCC lists those of a generic lambda twice.</summary>
    public IReadOnlyList<DieFacts> TemplateArguments => _templateArguments ??= [.. ReadChildren(static tag =>
            tag is DwarfTag.TemplateTypeParameter or DwarfTag.TemplateValueParameter or DwarfTag.GnuTemplateParameterPack or DwarfTag.GnuTemplateTemplateParameter)
        .DistinctBy(c => c.Name.Length > 0 ? c.Name : $"{c.Reference.Offset}")];

    /// <summary>The variables and members that stand in it directly: in a unit, a namespace or a class.</summary>
    public IReadOnlyList<DieFacts> Variables => _variables ??= ReadChildren(static tag => tag is DwarfTag.Variable or DwarfTag.Member);

    /// <summary>The operator() of a lambda; null where an entry is no lambda's class, which has no name.</summary>
    public DieFacts? Call
    {
        get
        {
            if (!IsClass || Name.Length > 0)
            {
                return null;
            }

            _calls ??= ReadChildren(static tag => tag == DwarfTag.Subprogram);
            return _calls.Find(c => c.IsArtificial && c.Name.StartsWith("operator()", StringComparison.Ordinal));
        }
    }

    /// <summary>Whether it was made of a template, as its entries tell or its name does.</summary>
    public bool IsTemplate
    {
        get
        {
            if (_isTemplate == Ternary.Unknown)
            {
                _isTemplate = TemplateText.WithoutArguments(Name).Length < Name.Length || TemplateArguments.Count > 0 ? Ternary.Yes : Ternary.No;
            }

            return _isTemplate == Ternary.Yes;
        }
    }

    /// <summary>The arguments of a template in its name.</summary>
    public IReadOnlyList<string> NamedArguments => _namedArguments ??= TemplateText.ArgumentsOf(Name);

    /// <summary>What it stands in, from the outermost, where that was asked for before.</summary>
    public Scope[]? Scopes { get; set; }

    /// <summary>Reads an entry; null where there is none.</summary>
    public static DieFacts? Read(DieReference reference)
    {
        if (reference.File.UnitAtOffset(reference.Offset) is not { } unit)
        {
            return null;
        }

        var die = new DieCursor(unit, reference.Offset);
        return die.MoveNext() ? Read(reference.File, unit, ref die) : null;
    }

    private List<DieFacts> ReadChildren(Func<DwarfTag, bool> isWanted)
    {
        var children = new List<DieFacts>();
        var die = new DieCursor(Unit, Reference.Offset);
        die.MoveNext();
        while (die.MoveNext())
        {
            if (die.Depth == 1 && isWanted(die.Tag))
            {
                children.Add(Read(Reference.File, Unit, ref die));
            }
            else
            {
                die.SkipChildren();
            }
        }

        return children;
    }

    private static DieFacts Read(DwarfFile file, DwarfUnit unit, ref DieCursor die)
    {
        var facts = new DieFacts(new DieReference(file, die.Offset), unit, die.Tag);
        while (die.NextAttribute(out var attribute, out var value))
        {
            facts.Take(attribute, value);
        }

        return facts;
    }

    private void Take(DwarfAttribute attribute, in AttributeValue value)
    {
        switch (attribute)
        {
            case DwarfAttribute.Name:
                Name = Unit.Text(value);
                break;
            case DwarfAttribute.LinkageName or DwarfAttribute.MipsLinkageName:
                LinkageName = Unit.Text(value);
                break;
            case DwarfAttribute.External:
                IsExternal = value.Number != 0;
                break;
            case DwarfAttribute.Artificial:
                IsArtificial = value.Number != 0;
                break;
            case DwarfAttribute.Inline:
                IsDeclaredInline = value.Number is 2 or 3;
                break;
            case DwarfAttribute.UpperBound when value.Kind == ValueKind.Constant:
                Count = value.Number + 1;
                break;
            case DwarfAttribute.Count when value.Kind == ValueKind.Constant:
                Count = value.Number;
                break;
            case DwarfAttribute.ObjectPointer:
                HasObject = true;
                break;
            case DwarfAttribute.Type:
                Type = Unit.Reference(value);
                HasUnknownType = Type is null;
                break;
            case DwarfAttribute.Specification or DwarfAttribute.AbstractOrigin:
                Declared = Unit.Reference(value);
                break;
            case DwarfAttribute.ConstValue when value.Kind == ValueKind.Constant:
                ConstValue = value.Number;
                break;
            case DwarfAttribute.DeclFile:
                DeclarationFile = value.Number;
                break;
            case DwarfAttribute.DeclLine:
                Place = (value.Number, Place.Column);
                break;
            case DwarfAttribute.DeclColumn:
                Place = (Place.Line, value.Number);
                break;
            case DwarfAttribute.Reference:
                ReferenceQualifier = "R";
                break;
            case DwarfAttribute.RvalueReference:
                ReferenceQualifier = "O";
                break;
        }
    }

    private enum Ternary
    {
        Unknown,
        No,
        Yes,
    }
}
