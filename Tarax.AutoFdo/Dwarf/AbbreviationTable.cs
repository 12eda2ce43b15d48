using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Dwarf;

/// <summary>One attribute of an abbreviation; the value is that of DW_FORM_implicit_const.</summary>
internal readonly record struct AttributeSpecification(DwarfAttribute Attribute, DwarfForm Form, long ImplicitConst);

/// <summary>The shape of a debugging information entry.</summary>
internal sealed class Abbreviation
{
    public required DwarfTag Tag { get; init; }

    public required bool HasChildren { get; init; }

    public required AttributeSpecification[] Attributes { get; init; }

    /// <summary>Length of the attributes in bytes where all forms have fixed lengths; −1 otherwise.</summary>
    public required int FixedLength { get; init; }
}

/// <summary>
/// The abbreviations of a unit: an array while the codes are sequential, as compilers write them, and a dictionary for the
/// others, as linkers and dwz may leave them.
/// </summary>
internal sealed class AbbreviationTable
{
    /// <summary>More attributes than this are damage; DWARF knows about two hundred.</summary>
    private const int MaximumAttributes = 1000;

    private readonly List<Abbreviation> _sequential = [];
    private readonly Dictionary<ulong, Abbreviation> _others = [];

    private AbbreviationTable()
    {
    }

    /// <summary>Reads the table up to its terminating zero code.</summary>
    /// <param name="cursor">A cursor at the table's first abbreviation; left after the last.</param>
    /// <param name="encoding">Sizes that fixed-length forms depend on.</param>
    public static AbbreviationTable Read(ref ByteCursor cursor, UnitEncoding encoding)
    {
        var table = new AbbreviationTable();
        var attributes = new List<AttributeSpecification>();
        while (!cursor.AtEnd && cursor.Uleb("abbreviation code") is var code and not 0)
        {
            var tag = (DwarfTag)Math.Min(cursor.Uleb("abbreviation tag"), ushort.MaxValue);
            bool hasChildren = cursor.U8("DW_CHILDREN") != 0;
            attributes.Clear();
            int fixedLength = 0;
            while (true)
            {
                ulong attribute = cursor.Uleb("attribute name");
                ulong form = cursor.Uleb("attribute form");
                if (attribute == 0 && form == 0)
                {
                    break;
                }

                if (attributes.Count >= MaximumAttributes)
                {
                    throw cursor.Invalid("abbreviation", $"has more than {MaximumAttributes} attributes");
                }

                var knownForm = (DwarfForm)Math.Min(form, ushort.MaxValue);
                long implicitConst = knownForm == DwarfForm.ImplicitConst ? cursor.Sleb("implicit constant") : 0;
                attributes.Add(new AttributeSpecification((DwarfAttribute)Math.Min(attribute, ushort.MaxValue), knownForm, implicitConst));
                int length = FormReader.FixedLength(knownForm, encoding);
                fixedLength = fixedLength < 0 || length < 0 ? -1 : fixedLength + length;
            }

            table.Add(code, new Abbreviation { Tag = tag, HasChildren = hasChildren, Attributes = [.. attributes], FixedLength = fixedLength });
        }

        return table;
    }

    /// <summary>The abbreviation of a code; null where the table does not have it.</summary>
    public Abbreviation? Find(ulong code) =>
        code - 1 < (ulong)_sequential.Count ? _sequential[(int)(code - 1)] : _others.GetValueOrDefault(code);

    private void Add(ulong code, Abbreviation abbreviation)
    {
        if (code == (ulong)_sequential.Count + 1)
        {
            _sequential.Add(abbreviation);
        }
        else
        {
            _others.TryAdd(code, abbreviation);
        }
    }
}
