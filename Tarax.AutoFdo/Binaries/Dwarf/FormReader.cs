using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>What an attribute's number means.</summary>
internal enum ValueKind : byte
{
    /// <summary>Nothing that is used: blocks, 16-byte data, signatures.</summary>
    Other,
    Constant,
    Flag,
    Address,
    AddressIndex,

    /// <summary>Absolute offset in .debug_info.</summary>
    Reference,

    /// <summary>Absolute offset in .debug_info of the supplementary file.</summary>
    SupplementaryReference,

    /// <summary>Absolute offset in .debug_str of the supplementary file.</summary>
    SupplementaryStringOffset,
    SectionOffset,
    RangeListIndex,

    /// <summary>Absolute offset in .debug_info of a string in place.</summary>
    InlineString,

    /// <summary>Offset in .debug_line of a string in place.</summary>
    LineProgramString,
    StringOffset,
    LineStringOffset,
    StringIndex,
}

/// <summary>The value of an attribute, still to be looked up where it is an index or offset.</summary>
internal readonly record struct AttributeValue(ValueKind Kind, ulong Number)
{
    /// <summary>Whether there was such an attribute.</summary>
    public bool IsPresent => Kind != ValueKind.Other;

    /// <summary>A constant of any form; in DWARF 2 and 3, section offsets are constants of four or eight bytes.</summary>
    public bool IsOffset => Kind is ValueKind.SectionOffset or ValueKind.Constant;
}

/// <summary>Reads and passes over attribute values by their forms (DWARF 5, section 7.5.6).</summary>
internal static class FormReader
{
    /// <summary>Length of a form in bytes, −1 where the value itself has it.</summary>
    public static int FixedLength(DwarfForm form, UnitEncoding encoding) => form switch
    {
        DwarfForm.FlagPresent or DwarfForm.ImplicitConst => 0,
        DwarfForm.Data1 or DwarfForm.Ref1 or DwarfForm.Flag or DwarfForm.Strx1 or DwarfForm.Addrx1 => 1,
        DwarfForm.Data2 or DwarfForm.Ref2 or DwarfForm.Strx2 or DwarfForm.Addrx2 => 2,
        DwarfForm.Strx3 or DwarfForm.Addrx3 => 3,
        DwarfForm.Data4 or DwarfForm.Ref4 or DwarfForm.Strx4 or DwarfForm.Addrx4 or DwarfForm.RefSup4 => 4,
        DwarfForm.Data8 or DwarfForm.Ref8 or DwarfForm.RefSig8 or DwarfForm.RefSup8 => 8,
        DwarfForm.Data16 => 16,
        DwarfForm.Addr => encoding.AddressSize,

        // DWARF 2 gave references between units the size of an address.
        DwarfForm.RefAddr => encoding.Version <= 2 ? encoding.AddressSize : encoding.OffsetSize,
        DwarfForm.Strp or DwarfForm.SecOffset or DwarfForm.LineStrp or DwarfForm.StrpSup
            or DwarfForm.GnuRefAlt or DwarfForm.GnuStrpAlt => encoding.OffsetSize,
        _ => -1,
    };

    /// <summary>Passes over a value.</summary>
    public static void Skip(ref ByteCursor cursor, in AttributeSpecification specification, UnitEncoding encoding)
    {
        if (specification.FixedLength >= 0)
        {
            cursor.Skip("attribute value", (ulong)specification.FixedLength);
        }
        else
        {
            Skip(ref cursor, specification.Form, encoding);
        }
    }

    private static void Skip(ref ByteCursor cursor, DwarfForm form, UnitEncoding encoding)
    {
        int length = FixedLength(form, encoding);
        if (length >= 0)
        {
            cursor.Skip("attribute value", (ulong)length);
            return;
        }

        switch (form)
        {
            case DwarfForm.String:
                cursor.NulTerminated("DW_FORM_string");
                break;
            case DwarfForm.Block1:
                cursor.Skip("DW_FORM_block1", cursor.U8("DW_FORM_block1"));
                break;
            case DwarfForm.Block2:
                cursor.Skip("DW_FORM_block2", cursor.U16("DW_FORM_block2"));
                break;
            case DwarfForm.Block4:
                cursor.Skip("DW_FORM_block4", cursor.U32("DW_FORM_block4"));
                break;
            case DwarfForm.Block or DwarfForm.ExprLoc:
                cursor.Skip("DW_FORM_block", cursor.Uleb("DW_FORM_block"));
                break;
            case DwarfForm.Indirect:
                Skip(ref cursor, IndirectForm(ref cursor), encoding);
                break;
            case DwarfForm.SData or DwarfForm.UData or DwarfForm.RefUData or DwarfForm.Strx or DwarfForm.Addrx
                or DwarfForm.LocListx or DwarfForm.RngListx or DwarfForm.GnuAddrIndex or DwarfForm.GnuStrIndex:
                cursor.Uleb("attribute value");
                break;
            default:
                throw cursor.Invalid("attribute form", $"is 0x{(ushort)form:x}, which is not known");
        }
    }

    /// <summary>Reads a value.</summary>
    /// <param name="cursor">A cursor at the value.</param>
    /// <param name="specification">Form, and the value where the abbreviation holds it.</param>
    /// <param name="encoding">Sizes that forms depend on.</param>
    /// <param name="unitOffset">Offset of the unit in .debug_info, to which references are relative.</param>
    public static AttributeValue Read(ref ByteCursor cursor, in AttributeSpecification specification, UnitEncoding encoding, ulong unitOffset)
    {
        var form = specification.Form;
        switch (form)
        {
            case DwarfForm.Addr:
                return new AttributeValue(ValueKind.Address, cursor.Unsigned("DW_FORM_addr", encoding.AddressSize));
            case DwarfForm.Data1:
                return new AttributeValue(ValueKind.Constant, cursor.U8("DW_FORM_data1"));
            case DwarfForm.Data2:
                return new AttributeValue(ValueKind.Constant, cursor.U16("DW_FORM_data2"));
            case DwarfForm.Data4:
                return new AttributeValue(ValueKind.Constant, cursor.U32("DW_FORM_data4"));
            case DwarfForm.Data8:
                return new AttributeValue(ValueKind.Constant, cursor.U64("DW_FORM_data8"));
            case DwarfForm.UData:
                return new AttributeValue(ValueKind.Constant, cursor.Uleb("DW_FORM_udata"));
            case DwarfForm.SData:
                return new AttributeValue(ValueKind.Constant, (ulong)cursor.Sleb("DW_FORM_sdata"));
            case DwarfForm.ImplicitConst:
                return new AttributeValue(ValueKind.Constant, (ulong)specification.ImplicitConst);
            case DwarfForm.Flag:
                return new AttributeValue(ValueKind.Flag, cursor.U8("DW_FORM_flag"));
            case DwarfForm.FlagPresent:
                return new AttributeValue(ValueKind.Flag, 1);
            case DwarfForm.SecOffset:
                return new AttributeValue(ValueKind.SectionOffset, cursor.Unsigned("DW_FORM_sec_offset", encoding.OffsetSize));
            case DwarfForm.RngListx:
                return new AttributeValue(ValueKind.RangeListIndex, cursor.Uleb("DW_FORM_rnglistx"));
            case DwarfForm.Ref4:
                return new AttributeValue(ValueKind.Reference, unitOffset + cursor.U32("DW_FORM_ref4"));
            case DwarfForm.Ref1 or DwarfForm.Ref2 or DwarfForm.Ref8:
                return new AttributeValue(ValueKind.Reference, unitOffset + cursor.Unsigned("reference", FixedLength(form, encoding)));
            case DwarfForm.RefUData:
                return new AttributeValue(ValueKind.Reference, unitOffset + cursor.Uleb("DW_FORM_ref_udata"));
            case DwarfForm.RefAddr:
                return new AttributeValue(ValueKind.Reference, cursor.Unsigned("DW_FORM_ref_addr", FixedLength(form, encoding)));
            case DwarfForm.GnuRefAlt or DwarfForm.RefSup4 or DwarfForm.RefSup8:
                return new AttributeValue(ValueKind.SupplementaryReference, cursor.Unsigned("supplementary reference", FixedLength(form, encoding)));
            case DwarfForm.GnuStrpAlt or DwarfForm.StrpSup:
                return new AttributeValue(ValueKind.SupplementaryStringOffset, cursor.Unsigned("supplementary string", encoding.OffsetSize));
            case DwarfForm.String:
                ulong position = (ulong)cursor.Position;
                cursor.NulTerminated("DW_FORM_string");
                return new AttributeValue(ValueKind.InlineString, unitOffset + position);
            case DwarfForm.Strp:
                return new AttributeValue(ValueKind.StringOffset, cursor.Unsigned("DW_FORM_strp", encoding.OffsetSize));
            case DwarfForm.LineStrp:
                return new AttributeValue(ValueKind.LineStringOffset, cursor.Unsigned("DW_FORM_line_strp", encoding.OffsetSize));
            case DwarfForm.Strx or DwarfForm.GnuStrIndex:
                return new AttributeValue(ValueKind.StringIndex, cursor.Uleb("DW_FORM_strx"));
            case DwarfForm.Strx1 or DwarfForm.Strx2 or DwarfForm.Strx3 or DwarfForm.Strx4:
                return new AttributeValue(ValueKind.StringIndex, cursor.Unsigned("DW_FORM_strx", FixedLength(form, encoding)));
            case DwarfForm.Addrx or DwarfForm.GnuAddrIndex:
                return new AttributeValue(ValueKind.AddressIndex, cursor.Uleb("DW_FORM_addrx"));
            case DwarfForm.Addrx1 or DwarfForm.Addrx2 or DwarfForm.Addrx3 or DwarfForm.Addrx4:
                return new AttributeValue(ValueKind.AddressIndex, cursor.Unsigned("DW_FORM_addrx", FixedLength(form, encoding)));
            case DwarfForm.Indirect:
                return Read(ref cursor, specification with { Form = IndirectForm(ref cursor) }, encoding, unitOffset);
            default:
                Skip(ref cursor, form, encoding);
                return default;
        }
    }

    /// <summary>The form that stands before the value; it may not be indirect again, nor a constant that has no place to stand in.</summary>
    private static DwarfForm IndirectForm(ref ByteCursor cursor)
    {
        ulong form = cursor.Uleb("DW_FORM_indirect");
        return form is (ulong)DwarfForm.Indirect or (ulong)DwarfForm.ImplicitConst or > ushort.MaxValue
            ? throw cursor.Invalid("DW_FORM_indirect", $"names form 0x{form:x}")
            : (DwarfForm)form;
    }
}
