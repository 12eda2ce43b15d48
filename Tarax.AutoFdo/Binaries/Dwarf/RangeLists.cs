using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>Address ranges of entries: DW_AT_low_pc and DW_AT_high_pc, .debug_ranges, and .debug_rnglists in all its encodings.</summary>
internal static class RangeLists
{
    private const byte EndOfList = 0;
    private const byte BaseAddressx = 1;
    private const byte StartxEndx = 2;
    private const byte StartxLength = 3;
    private const byte OffsetPair = 4;
    private const byte BaseAddress = 5;
    private const byte StartEnd = 6;
    private const byte StartLength = 7;

    /// <summary>Where a thread collects the ranges of an entry.</summary>
    [ThreadStatic]
    private static List<CodeRange>? Collected;

    /// <summary>The ranges of an entry, empty ones and those of code that the linker dropped left out.</summary>
    /// <param name="unit">The entry's unit.</param>
    /// <param name="lowPc">DW_AT_low_pc, if present.</param>
    /// <param name="highPc">DW_AT_high_pc: an address, or a constant that is the length.</param>
    /// <param name="ranges">DW_AT_ranges, if present.</param>
    public static CodeRange[] Of(DwarfUnit unit, AttributeValue lowPc, AttributeValue highPc, AttributeValue ranges)
    {
        if (!ranges.IsPresent && !lowPc.IsPresent)
        {
            return [];
        }

        // What is asked of the unit may need ranges itself, and then finds no list here.
        var result = Collected ?? [];
        Collected = null;
        result.Clear();
        Add(unit, lowPc, highPc, ranges, result);
        CodeRange[] all = [.. result];
        Collected = result;
        return all;
    }

    /// <summary>The same, behind others.</summary>
    public static void Add(DwarfUnit unit, AttributeValue lowPc, AttributeValue highPc, AttributeValue ranges, List<CodeRange> result)
    {
        if (ranges.IsPresent)
        {
            if (unit.Encoding.Version >= 5)
            {
                ReadRngList(unit, ranges, result);
            }
            else if (ranges.IsOffset)
            {
                ReadRanges(unit, unit.RangesBase + ranges.Number, result);
            }
        }
        else if (lowPc.IsPresent && highPc.IsPresent)
        {
            ulong start = unit.Address(lowPc);
            ulong end = highPc.Kind is ValueKind.Address or ValueKind.AddressIndex ? unit.Address(highPc) : start + highPc.Number;
            if (unit.IsLiveCode(start, end))
            {
                result.Add(new CodeRange(start, end));
            }
        }
    }

    private static void Add(DwarfUnit unit, List<CodeRange> result, ulong start, ulong end)
    {
        unit.File.CountRange();
        if (unit.IsLiveCode(start, end))
        {
            result.Add(new CodeRange(start, end));
        }
    }

    /// <summary>DWARF 2 to 4: pairs of offsets from a base; a start of all ones sets the base (section 2.17.3 of DWARF 4).</summary>
    private static void ReadRanges(DwarfUnit unit, ulong offset, List<CodeRange> result)
    {
        int size = unit.Encoding.AddressSize;
        ulong maximum = size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
        ulong baseAddress = unit.BaseAddress;
        var cursor = unit.Sections.CursorAt(unit.Sections.Ranges, ".debug_ranges", offset);
        while (true)
        {
            ulong start = cursor.Unsigned("range start", size);
            ulong end = cursor.Unsigned("range end", size);
            if (start == maximum)
            {
                baseAddress = end;
            }
            else if (start == 0 && end == 0)
            {
                return;
            }
            else
            {
                Add(unit, result, (baseAddress + start) & maximum, (baseAddress + end) & maximum);
            }
        }
    }

    /// <summary>DWARF 5, section 7.25. Only offset pairs are relative to the base; all others are absolute.</summary>
    private static void ReadRngList(DwarfUnit unit, AttributeValue ranges, List<CodeRange> result)
    {
        int size = unit.Encoding.AddressSize;
        ulong baseAddress = unit.BaseAddress;
        var cursor = unit.Sections.CursorAt(unit.Sections.RngLists, ".debug_rnglists", unit.RangeListOffset(ranges));
        while (true)
        {
            byte kind = cursor.U8("range list entry");
            switch (kind)
            {
                case EndOfList:
                    return;
                case BaseAddressx:
                    baseAddress = unit.AddressAt(cursor.Uleb("DW_RLE_base_addressx"));
                    break;
                case StartxEndx:
                    ulong startx = unit.AddressAt(cursor.Uleb("DW_RLE_startx_endx"));
                    Add(unit, result, startx, unit.AddressAt(cursor.Uleb("DW_RLE_startx_endx")));
                    break;
                case StartxLength:
                    startx = unit.AddressAt(cursor.Uleb("DW_RLE_startx_length"));
                    Add(unit, result, startx, startx + cursor.Uleb("DW_RLE_startx_length"));
                    break;
                case OffsetPair:
                    ulong from = cursor.Uleb("DW_RLE_offset_pair");
                    Add(unit, result, baseAddress + from, baseAddress + cursor.Uleb("DW_RLE_offset_pair"));
                    break;
                case BaseAddress:
                    baseAddress = cursor.Unsigned("DW_RLE_base_address", size);
                    break;
                case StartEnd:
                    ulong start = cursor.Unsigned("DW_RLE_start_end", size);
                    Add(unit, result, start, cursor.Unsigned("DW_RLE_start_end", size));
                    break;
                case StartLength:
                    start = cursor.Unsigned("DW_RLE_start_length", size);
                    Add(unit, result, start, start + cursor.Uleb("DW_RLE_start_length"));
                    break;
                default:
                    throw cursor.Invalid("range list entry", $"is of kind {kind}, which is not known");
            }
        }
    }
}
