using System.Text;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary><c>.gnu_debuglink</c>: name and checksum of the file with the debug information.</summary>
internal readonly record struct DebugLink(string Name, uint Checksum);

/// <summary><c>.gnu_debugaltlink</c>, or <c>.debug_sup</c> of DWARF 5: the file with what several debug files share.</summary>
internal readonly record struct SupplementaryLink(string Name, BuildId BuildId);

/// <summary>Reads the sections that name other files.</summary>
internal static class DebugLinks
{
    public static DebugLink? ReadDebugLink(ElfFile file)
    {
        if (file.FindContent(".gnu_debuglink") is not { } content)
        {
            return null;
        }

        var cursor = content.Cursor(".gnu_debuglink", 0, content.Length, file.IsBigEndian);
        // A name, not a path (GDB manual): one that leads elsewhere is not followed.
        string name = Path.GetFileName(FileName.Decode(cursor.NulTerminated("file name")));
        cursor.Skip("padding", (ulong)(-cursor.Position & 3));
        return name is "" or "." or ".." ? null : new DebugLink(name, cursor.U32("checksum"));
    }

    public static SupplementaryLink? ReadSupplementaryLink(ElfFile file)
    {
        if (file.FindContent(".gnu_debugaltlink") is { } gnu)
        {
            var cursor = gnu.Cursor(".gnu_debugaltlink", 0, gnu.Length, file.IsBigEndian);
            string name = FileName.Decode(cursor.NulTerminated("file name"));
            return new SupplementaryLink(name, new BuildId(cursor.Rest()));
        }

        if (file.FindContent(".debug_sup") is { } standard)
        {
            var cursor = standard.Cursor(".debug_sup", 0, standard.Length, file.IsBigEndian);
            cursor.Skip("version", 2);
            if (cursor.U8("is_supplementary") != 0)
            {
                return null;
            }

            string name = FileName.Decode(cursor.NulTerminated("sup_filename"));
            return new SupplementaryLink(name, new BuildId(cursor.Child("sup_checksum", cursor.Uleb("sup_checksum_len")).Rest()));
        }

        return null;
    }
}
