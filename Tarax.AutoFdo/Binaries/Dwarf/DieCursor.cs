using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>
/// Walks the debugging information entries of a unit in their order. After each <see cref="MoveNext"/>, the attributes are read
/// with <see cref="NextAttribute"/> or left alone; what is left is passed over.
/// </summary>
internal ref struct DieCursor
{
    private readonly DwarfUnit _unit;
    private ByteCursor _cursor;
    private Abbreviation _abbreviation;
    private bool _isAtEntry;
    private int _nextAttribute;
    private int _nextDepth;

    /// <param name="unit">The unit to walk.</param>
    /// <param name="offset">Absolute offset in .debug_info of the first entry.</param>
    public DieCursor(DwarfUnit unit, ulong offset)
    {
        _unit = unit;
        _cursor = unit.Cursor();
        _abbreviation = default;
        _isAtEntry = false;
        _nextAttribute = 0;
        _nextDepth = 0;
        Depth = 0;
        Offset = 0;
        if (offset < unit.FirstDie || offset >= unit.End)
        {
            throw new InvalidFormatException(DwarfSections.Format, "reference", (long)offset, "does not lie in the unit");
        }

        _cursor.Position = (int)(offset - unit.Offset);
    }

    /// <summary>Absolute offset of the entry in .debug_info.</summary>
    public ulong Offset { get; private set; }

    /// <summary>Depth below the first entry of this cursor.</summary>
    public int Depth { get; private set; }

    public readonly DwarfTag Tag => _abbreviation.Tag;

    public readonly bool HasChildren => _abbreviation.HasChildren;

    /// <summary>Goes to the next entry; false at the end of the unit, or after the first entry and all its children.</summary>
    public bool MoveNext()
    {
        if (_isAtEntry)
        {
            SkipAttributes();
            if (_nextDepth == 0)
            {
                return false;
            }
        }

        while (!_cursor.AtEnd)
        {
            Offset = _unit.Offset + (ulong)_cursor.Position;
            ulong code = _cursor.Uleb("abbreviation code");
            if (code != 0)
            {
                if (!_unit.Abbreviations.TryFind(code, out _abbreviation))
                {
                    throw _cursor.Invalid("abbreviation code", $"is {code}, which the unit's abbreviations do not have");
                }

                _isAtEntry = true;
                _nextAttribute = 0;
                Depth = _nextDepth;
                _nextDepth = _abbreviation.HasChildren ? Depth + 1 : Depth;
                return true;
            }

            _nextDepth--;
            if (_nextDepth <= 0)
            {
                break;
            }
        }

        return false;
    }

    /// <summary>Reads the entry's next attribute; false after the last.</summary>
    public bool NextAttribute(out DwarfAttribute attribute, out AttributeValue value)
    {
        var attributes = _abbreviation.Attributes;
        if (_nextAttribute >= attributes.Length)
        {
            attribute = default;
            value = default;
            return false;
        }

        ref readonly var specification = ref attributes[_nextAttribute++];
        attribute = specification.Attribute;
        value = FormReader.Read(ref _cursor, specification, _unit.Encoding, _unit.Offset);
        return true;
    }

    /// <summary>Passes over the entry's children where its DW_AT_sibling says where they end; otherwise the walk goes through them.</summary>
    public void SkipChildren()
    {
        if (!HasChildren)
        {
            return;
        }

        ReadCode(out _, out var sibling);
        SkipChildren(sibling);
    }

    /// <summary>The same, for an entry whose attributes were read.</summary>
    /// <param name="sibling">Its DW_AT_sibling, if it has one.</param>
    public void SkipChildren(AttributeValue sibling)
    {
        if (HasChildren && IsSibling(sibling))
        {
            SkipTo(sibling);
        }
    }

    /// <summary>Reads what an entry says of its code, and where its children end; all else is passed over.</summary>
    /// <returns>Whether it may have code.</returns>
    public bool ReadCode(out CodeAttributes code, out AttributeValue sibling)
    {
        (code, sibling) = (default, default);
        bool mayHaveCode = false;
        var attributes = _abbreviation.Attributes;
        for (; _nextAttribute < attributes.Length; _nextAttribute++)
        {
            ref readonly var specification = ref attributes[_nextAttribute];
            if (specification.Attribute is DwarfAttribute.LowPc or DwarfAttribute.HighPc or DwarfAttribute.Ranges)
            {
                code.Take(specification.Attribute, FormReader.Read(ref _cursor, specification, _unit.Encoding, _unit.Offset));
                mayHaveCode = true;
            }
            else if (specification.Attribute == DwarfAttribute.Sibling)
            {
                sibling = FormReader.Read(ref _cursor, specification, _unit.Encoding, _unit.Offset);
            }
            else
            {
                FormReader.Skip(ref _cursor, specification, _unit.Encoding);
            }
        }

        return mayHaveCode;
    }

    private readonly bool IsSibling(AttributeValue value) => value.Kind == ValueKind.Reference && value.Number > Offset && value.Number <= _unit.End;

    private void SkipTo(AttributeValue sibling)
    {
        SkipAttributes();
        _cursor.Position = Math.Max(_cursor.Position, (int)(sibling.Number - _unit.Offset));
        _nextDepth = Depth;
    }

    private void SkipAttributes()
    {
        var attributes = _abbreviation.Attributes;
        if (_nextAttribute == 0 && _abbreviation.FixedLength >= 0)
        {
            _cursor.Skip("attributes", (ulong)_abbreviation.FixedLength);
        }
        else
        {
            for (; _nextAttribute < attributes.Length; _nextAttribute++)
            {
                FormReader.Skip(ref _cursor, attributes[_nextAttribute], _unit.Encoding);
            }
        }

        _nextAttribute = attributes.Length;
    }
}
