using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>Names that files have for a moment beside the one that is written, and what is left under such names.</summary>
internal static unsafe class TemporaryName
{
    private const string Prefix = ".tarax-";
    private const string Suffix = ".tmp";
    private const int RandomBytes = 8;

    /// <summary>A new name: an identifier is as random as the system can make it, without loading a library for cryptography.</summary>
    public static string New() => $"{Prefix}{Guid.NewGuid().ToString("N")[^(2 * RandomBytes)..]}{Suffix}";

    /// <summary>Whether a file has the name of one that is being written.</summary>
    public static bool Is(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
        && name.Length == Prefix.Length + (2 * RandomBytes) + Suffix.Length
        && name[Prefix.Length..^Suffix.Length].All(char.IsAsciiHexDigitLower);

    /// <summary>Removes what runs that were killed left in a folder: files of such a name, of this user, that nobody writes any more, since who does holds a lock.</summary>
    public static void RemoveLeftovers(string folder)
    {
        List<string> names;
        try
        {
            names = FileSystem.Names(folder);
        }
        catch (IOException)
        {
            // A folder that may be written to but not listed, or none.
            return;
        }

        foreach (string name in names.Where(Is))
        {
            string path = Path.Combine(folder, name);
            int descriptor = LibC.Open(path, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.NoTerminal);
            if (descriptor < 0)
            {
                continue;
            }

            using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            if (FileSystem.StatusOf(descriptor) is { IsRegular: true } status && status.Owner == LibC.geteuid() && LibC.flock(descriptor, LibC.LockExclusive | LibC.LockNow) == 0)
            {
                fixed (byte* left = FileName.ToNative(path))
                {
                    _ = LibC.unlink(left);
                }
            }
        }
    }
}
