using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>One attribute of an abbreviation.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Form">How its value is written.</param>
/// <param name="FixedLength">Bytes of the value; −1 where the value itself has its length.</param>
/// <param name="ImplicitConst">The value of DW_FORM_implicit_const.</param>
internal readonly record struct AttributeSpecification(DwarfAttribute Attribute, DwarfForm Form, sbyte FixedLength, long ImplicitConst);

/// <summary>The shape of a debugging information entry.</summary>
/// <param name="Tag">What the entry describes.</param>
/// <param name="HasChildren">Whether entries stand in it.</param>
/// <param name="FixedLength">Length of the attributes in bytes where all forms have fixed lengths; −1 otherwise.</param>
/// <param name="Specifications">The attributes of it and of others.</param>
/// <param name="First">Index of its first attribute.</param>
/// <param name="Count">Number of its attributes.</param>
internal readonly record struct Abbreviation(DwarfTag Tag, bool HasChildren, int FixedLength, AttributeSpecification[] Specifications, int First, int Count)
{
    public ReadOnlySpan<AttributeSpecification> Attributes => Specifications.AsSpan(First, Count);
}

/// <summary>
/// The abbreviations of a unit: an array while the codes are sequential, as compilers write them, and a dictionary for the
/// others, as linkers and dwz may leave them. The first that is asked for is read alone, since of most units only the root entry is looked at;
/// then all are read. Any number of threads may ask.
/// </summary>
internal sealed class AbbreviationTable
{
    /// <summary>More attributes than this are damage; DWARF knows about two hundred.</summary>
    private const int MaximumAttributes = 1000;

    /// <summary>What a unit of C has, about.</summary>
    private const int TypicalAbbreviations = 128;

    /// <summary>Where a thread collects the attributes of a table: a kernel has thousands of tables with hundreds of abbreviations.</summary>
    [ThreadStatic]
    private static List<AttributeSpecification>? CollectedAttributes;

    /// <summary>Where a thread collects its abbreviations.</summary>
    [ThreadStatic]
    private static List<Shape>? CollectedShapes;

    private readonly DwarfFile _file;
    private readonly UnitEncoding _encoding;
    private readonly ulong _start;
    private readonly Lock _lock = new();
    private (ulong Code, Abbreviation? Abbreviation)? _first;
    private Complete? _complete;

    /// <param name="file">The file.</param>
    /// <param name="offset">Offset of the first abbreviation in .debug_abbrev.</param>
    /// <param name="encoding">Sizes that fixed-length forms depend on.</param>
    public AbbreviationTable(DwarfFile file, ulong offset, UnitEncoding encoding)
    {
        _file = file;
        _start = offset;
        _encoding = encoding;
    }

    /// <summary>The abbreviation of a code.</summary>
    /// <returns>Whether the table has it.</returns>
    public bool TryFind(ulong code, out Abbreviation abbreviation) =>
        Volatile.Read(ref _complete) is { } complete ? complete.TryFind(code, out abbreviation) : TryFindFirst(code, out abbreviation);

    private bool TryFindFirst(ulong code, out Abbreviation abbreviation)
    {
        lock (_lock)
        {
            _first ??= (code, ReadAlone(code));
            if (_first is { } first && first.Code == code)
            {
                abbreviation = first.Abbreviation.GetValueOrDefault();
                return first.Abbreviation.HasValue;
            }

            if (_complete is null)
            {
                Volatile.Write(ref _complete, ReadAll());
            }

            return _complete.TryFind(code, out abbreviation);
        }
    }

    /// <summary>
    /// Finds an abbreviation without keeping those before it. The first one that is asked for is the root entry's, which GCC, numbering
    /// by frequency, puts last.
    /// </summary>
    private Abbreviation? ReadAlone(ulong code)
    {
        var cursor = _file.Sections.CursorAt(_file.Sections.Abbrev, ".debug_abbrev", _start);
        Abbreviation? found = null;
        while (found is null && !cursor.AtEnd && cursor.Uleb("abbreviation code") is var read and not 0)
        {
            if (read == code)
            {
                var attributes = new List<AttributeSpecification>();
                found = Read(ref cursor, attributes).With([.. attributes]);
            }
            else
            {
                Skip(ref cursor);
            }
        }

        _file.CountAbbreviationBytes(cursor.Position);
        return found;
    }

    private static void Skip(ref ByteCursor cursor)
    {
        cursor.Uleb("abbreviation tag");
        cursor.Skip("DW_CHILDREN", 1);
        while (true)
        {
            ulong attribute = cursor.Uleb("attribute name");
            ulong form = cursor.Uleb("attribute form");
            if (attribute == 0 && form == 0)
            {
                return;
            }

            if (form == (ulong)DwarfForm.ImplicitConst)
            {
                cursor.Sleb("implicit constant");
            }
        }
    }

    /// <summary>Reads up to the terminating zero, or to what is damaged: entries may not need it.</summary>
    private Complete ReadAll()
    {
        var attributes = CollectedAttributes ??= [];
        attributes.Clear();
        var sequential = CollectedShapes ??= new(TypicalAbbreviations);
        sequential.Clear();
        var others = new Dictionary<ulong, Shape>();
        var cursor = _file.Sections.CursorAt(_file.Sections.Abbrev, ".debug_abbrev", _start);
        try
        {
            while (!cursor.AtEnd && cursor.Uleb("abbreviation code") is var code and not 0)
            {
                var shape = Read(ref cursor, attributes);
                if (code == (ulong)sequential.Count + 1)
                {
                    sequential.Add(shape);
                }
                else
                {
                    others.TryAdd(code, shape);
                }
            }
        }
        catch (InvalidFormatException e)
        {
            _file.NoteDamage(e);
        }

        _file.CountAbbreviationBytes(cursor.Position);
        return new Complete([.. sequential], others, [.. attributes]);
    }

    /// <param name="cursor">At the tag.</param>
    /// <param name="attributes">Where its attributes are added.</param>
    private Shape Read(ref ByteCursor cursor, List<AttributeSpecification> attributes)
    {
        int first = attributes.Count;
        var tag = (DwarfTag)Math.Min(cursor.Uleb("abbreviation tag"), ushort.MaxValue);
        bool hasChildren = cursor.U8("DW_CHILDREN") != 0;
        int fixedLength = 0;
        while (true)
        {
            ulong attribute = cursor.Uleb("attribute name");
            ulong form = cursor.Uleb("attribute form");
            if (attribute == 0 && form == 0)
            {
                break;
            }

            if (attributes.Count - first >= MaximumAttributes)
            {
                throw cursor.Invalid("abbreviation", $"has more than {MaximumAttributes} attributes");
            }

            var knownForm = (DwarfForm)Math.Min(form, ushort.MaxValue);
            long implicitConst = knownForm == DwarfForm.ImplicitConst ? cursor.Sleb("implicit constant") : 0;
            int length = FormReader.FixedLength(knownForm, _encoding);
            attributes.Add(new AttributeSpecification((DwarfAttribute)Math.Min(attribute, ushort.MaxValue), knownForm, (sbyte)length, implicitConst));
            fixedLength = fixedLength < 0 || length < 0 ? -1 : fixedLength + length;
        }

        return new Shape(tag, hasChildren, fixedLength, first, attributes.Count - first);
    }

    /// <summary>An abbreviation without the attributes of its table; see there.</summary>
    private readonly record struct Shape(DwarfTag Tag, bool HasChildren, int FixedLength, int First, int Count)
    {
        public Abbreviation With(AttributeSpecification[] specifications) => new(Tag, HasChildren, FixedLength, specifications, First, Count);
    }

    private sealed class Complete(Shape[] sequential, Dictionary<ulong, Shape> others, AttributeSpecification[] specifications)
    {
        public bool TryFind(ulong code, out Abbreviation abbreviation)
        {
            if (code - 1 < (ulong)sequential.Length)
            {
                abbreviation = sequential[code - 1].With(specifications);
                return true;
            }

            bool isKnown = others.TryGetValue(code, out var shape);
            abbreviation = shape.With(specifications);
            return isKnown;
        }
    }
}
