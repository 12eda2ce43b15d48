using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

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
/// others, as linkers and dwz may leave them. The first that is asked for is read alone, since of most units only the root entry is looked at;
/// then all are read. Any number of threads may ask.
/// </summary>
internal sealed class AbbreviationTable
{
    /// <summary>More attributes than this are damage; DWARF knows about two hundred.</summary>
    private const int MaximumAttributes = 1000;

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

    /// <summary>The abbreviation of a code; null where the table does not have it.</summary>
    public Abbreviation? Find(ulong code) => Volatile.Read(ref _complete) is { } complete ? complete.Find(code) : FindFirst(code);

    private Abbreviation? FindFirst(ulong code)
    {
        lock (_lock)
        {
            _first ??= (code, ReadAlone(code));
            if (_first is { } first && first.Code == code)
            {
                return first.Abbreviation;
            }

            if (_complete is null)
            {
                Volatile.Write(ref _complete, ReadAll());
            }

            return _complete.Find(code);
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
                found = Read(ref cursor, []);
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
        var complete = new Complete();
        var attributes = new List<AttributeSpecification>();
        var cursor = _file.Sections.CursorAt(_file.Sections.Abbrev, ".debug_abbrev", _start);
        try
        {
            while (!cursor.AtEnd && cursor.Uleb("abbreviation code") is var code and not 0)
            {
                complete.Add(code, Read(ref cursor, attributes));
            }
        }
        catch (InvalidFormatException e)
        {
            _file.NoteDamage(e);
        }

        _file.CountAbbreviationBytes(cursor.Position);
        return complete;
    }

    /// <param name="cursor">At the tag.</param>
    /// <param name="attributes">A list that is used again.</param>
    private Abbreviation Read(ref ByteCursor cursor, List<AttributeSpecification> attributes)
    {
        attributes.Clear();
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

            if (attributes.Count >= MaximumAttributes)
            {
                throw cursor.Invalid("abbreviation", $"has more than {MaximumAttributes} attributes");
            }

            var knownForm = (DwarfForm)Math.Min(form, ushort.MaxValue);
            long implicitConst = knownForm == DwarfForm.ImplicitConst ? cursor.Sleb("implicit constant") : 0;
            attributes.Add(new AttributeSpecification((DwarfAttribute)Math.Min(attribute, ushort.MaxValue), knownForm, implicitConst));
            int length = FormReader.FixedLength(knownForm, _encoding);
            fixedLength = fixedLength < 0 || length < 0 ? -1 : fixedLength + length;
        }

        return new Abbreviation { Tag = tag, HasChildren = hasChildren, Attributes = [.. attributes], FixedLength = fixedLength };
    }

    private sealed class Complete
    {
        private readonly List<Abbreviation> _sequential = [];
        private readonly Dictionary<ulong, Abbreviation> _others = [];

        public Abbreviation? Find(ulong code) =>
            code - 1 < (ulong)_sequential.Count ? _sequential[(int)(code - 1)] : _others.GetValueOrDefault(code);

        public void Add(ulong code, Abbreviation abbreviation)
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
}
