using System.Diagnostics.CodeAnalysis;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>
/// The index of a .dwp package, which says which parts of its sections belong to a unit (DWARF 5, section 7.3.5; version 2 of the GNU
/// extension has the same shape and other section numbers).
/// </summary>
internal static class PackageIndex
{
    private const uint InfoSection = 1;
    private const uint AbbrevSection = 3;
    private const uint StrOffsetsSection = 6;
    private const uint RngListsSection = 8;

    /// <summary>The sections as the unit of an id sees them.</summary>
    public static bool TryFind(ElfFile package, ulong id, DwarfSections main, [NotNullWhen(true)] out DwarfSections? sections)
    {
        sections = null;
        if (package.FindContent(".debug_cu_index") is not { } index || DwarfSections.OfSplit(package, main) is not { } all)
        {
            return false;
        }

        var cursor = index.Cursor(".debug_cu_index", 0, index.Length, package.IsBigEndian);
        cursor.Skip("version", 4);
        uint columns = cursor.U32("section_count");
        uint units = cursor.U32("unit_count");
        uint slots = cursor.U32("slot_count");
        if (columns == 0 || (slots * 12UL) + (columns * 4UL) + (units * 8UL * columns) > (ulong)cursor.Remaining)
        {
            throw cursor.Invalid("slot_count", $"is {slots} with {units} units, more than the section holds");
        }

        uint row = RowOf(cursor, id, slots);
        if (row == 0 || row > units)
        {
            return false;
        }

        cursor.Skip("hash table", slots * 12UL);
        var kinds = new uint[columns];
        for (uint i = 0; i < columns; i++)
        {
            kinds[i] = cursor.U32("section identifier");
        }

        var offsets = cursor.Child("section offsets", units * 4UL * columns);
        var sizes = cursor.Child("section sizes", units * 4UL * columns);
        offsets.Skip("section offsets", (row - 1) * 4UL * columns);
        sizes.Skip("section sizes", (row - 1) * 4UL * columns);
        var parts = new Dictionary<uint, (uint Offset, uint Size)>();
        foreach (uint kind in kinds)
        {
            parts[kind] = (offsets.U32("section offset"), sizes.U32("section size"));
        }

        ByteSource? Part(ByteSource? section, uint kind) =>
            section is not null && parts.TryGetValue(kind, out var part) ? section.Part(section.Name, part.Offset, part.Size) : section;
        sections = new DwarfSections
        {
            Info = Part(all.Info, InfoSection)!,
            Abbrev = Part(all.Abbrev, AbbrevSection)!,
            Str = all.Str,
            StrOffsets = Part(all.StrOffsets, StrOffsetsSection),
            RngLists = Part(all.RngLists, RngListsSection),
            Addr = all.Addr,
            Ranges = all.Ranges,
            Line = all.Line,
            LineStr = all.LineStr,
            IsBigEndian = all.IsBigEndian,
        };
        return true;
    }

    /// <summary>The row of an id, from 1; 0 where the index does not have it.</summary>
    private static uint RowOf(ByteCursor tables, ulong id, uint slots)
    {
        var hashes = tables.Child("hash table", slots * 8UL);
        int rows = tables.Position;
        for (uint slot = 0; slot < slots; slot++)
        {
            if (hashes.U64("signature") == id)
            {
                tables.Skip("row indexes", slot * 4UL);
                uint row = tables.U32("row index");
                if (row != 0)
                {
                    return row;
                }

                tables.Position = rows;
            }
        }

        return 0;
    }
}
