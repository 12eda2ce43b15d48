using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>ELF notes: records of name size, content size, type, name and content, each padded.</summary>
internal static class ElfNotes
{
    private const uint GnuBuildId = 3;

    /// <summary>The first GNU build-id in note sections, or in note segments where there are no sections.</summary>
    public static BuildId FindBuildId(ElfFile file)
    {
        foreach (var section in file.Sections)
        {
            if (section.Type == ElfSection.TypeNote && section.HasContent
                && FindBuildId(file.Cursor(section.Name, section.Offset, section.Size), section.Alignment) is { IsEmpty: false } found)
            {
                return found;
            }
        }

        foreach (var segment in file.Segments)
        {
            if (segment.Type == ElfSegment.Note
                && FindBuildId(file.Cursor("PT_NOTE", segment.Offset, segment.FileSize), 4) is { IsEmpty: false } found)
            {
                return found;
            }
        }

        return default;
    }

    private static BuildId FindBuildId(ByteCursor notes, ulong alignment)
    {
        // Notes are padded to four bytes, and to eight in sections of that alignment (.note.gnu.property).
        ulong padding = alignment == 8 ? 7UL : 3;
        while (notes.Remaining >= 12)
        {
            uint nameSize = notes.U32("n_namesz");
            uint contentSize = notes.U32("n_descsz");
            uint type = notes.U32("n_type");
            ulong paddedName = (nameSize + padding) & ~padding;
            if (paddedName + contentSize > (ulong)notes.Remaining)
            {
                return default;
            }

            var name = notes.Bytes("note name", (int)paddedName)[..(int)nameSize];
            var content = notes.Bytes("note content", (int)contentSize);
            if (type == GnuBuildId && name.SequenceEqual("GNU\0"u8))
            {
                return new BuildId(content);
            }

            notes.Skip("note padding", Math.Min(((contentSize + padding) & ~padding) - contentSize, (ulong)notes.Remaining));
        }

        return default;
    }
}
