using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>The contents of the DWARF sections of a file; absent ones are null.</summary>
internal sealed class DwarfSections
{
    public const string Format = "DWARF";

    public required ByteSource Info { get; init; }

    public required ByteSource Abbrev { get; init; }

    public ByteSource? Str { get; init; }

    public ByteSource? LineStr { get; init; }

    public ByteSource? StrOffsets { get; init; }

    public ByteSource? Addr { get; init; }

    public ByteSource? Ranges { get; init; }

    public ByteSource? RngLists { get; init; }

    public ByteSource? Line { get; init; }

    public bool IsBigEndian { get; init; }

    /// <summary>Gives back the pages that were looked at; see <see cref="ByteSource.Release()"/>.</summary>
    public void Release()
    {
        foreach (var section in (ByteSource?[])[Info, Abbrev, Str, LineStr, Ranges, RngLists, Line])
        {
            section?.Release();
        }
    }

    /// <summary>The sections of an ELF file; null where it has no .debug_info.</summary>
    public static DwarfSections? Of(ElfFile file)
    {
        file.DecompressTogether(
            [".debug_info", ".debug_abbrev", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr", ".debug_ranges", ".debug_rnglists", ".debug_line"]);
        if (file.FindContent(".debug_info") is not { } info || file.FindContent(".debug_abbrev") is not { } abbrev)
        {
            return null;
        }

        return new DwarfSections
        {
            Info = info,
            Abbrev = abbrev,
            Str = file.FindContent(".debug_str"),
            LineStr = file.FindContent(".debug_line_str"),
            StrOffsets = file.FindContent(".debug_str_offsets"),
            Addr = file.FindContent(".debug_addr"),
            Ranges = file.FindContent(".debug_ranges"),
            RngLists = file.FindContent(".debug_rnglists"),
            Line = file.FindContent(".debug_line"),
            IsBigEndian = file.IsBigEndian,
        };
    }

    /// <summary>The sections of a .dwo file, with those of the main file that its units use; null where it is no such file.</summary>
    public static DwarfSections? OfSplit(ElfFile file, DwarfSections main)
    {
        if (file.FindContent(".debug_info.dwo") is not { } info || file.FindContent(".debug_abbrev.dwo") is not { } abbrev)
        {
            return null;
        }

        return new DwarfSections
        {
            Info = info,
            Abbrev = abbrev,
            Str = file.FindContent(".debug_str.dwo"),
            StrOffsets = file.FindContent(".debug_str_offsets.dwo"),
            RngLists = file.FindContent(".debug_rnglists.dwo"),
            Addr = main.Addr,
            Ranges = main.Ranges,
            Line = main.Line,
            LineStr = main.LineStr,
            IsBigEndian = file.IsBigEndian,
        };
    }

    /// <summary>A cursor from an offset to the end of a section.</summary>
    /// <exception cref="InvalidFormatException">The file does not have the section, or it is shorter.</exception>
    public ByteCursor CursorAt(ByteSource? section, string name, ulong offset)
    {
        if (section is null)
        {
            throw new InvalidFormatException(Format, name, -1, "is referred to, but the file does not have this section");
        }

        long start = (long)Math.Min(offset, long.MaxValue);
        return section.Cursor(name, start, Math.Min(section.Length - start, int.MaxValue), IsBigEndian);
    }

    /// <summary>The NUL-terminated string at an offset of a section.</summary>
    public ReadOnlySpan<byte> StringAt(ByteSource? section, string name, ulong offset)
    {
        var cursor = CursorAt(section, name, offset);
        return cursor.NulTerminated(name);
    }
}
