using System.Globalization;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>Where a path leads to, above all one that is to be written: links are followed, and paths of open descriptors (<c>/dev/stdout</c>) are reported.</summary>
internal static unsafe class OutputTarget
{
    private const int MostLinks = 40;

    /// <summary>The full path behind all links, whether or not a file is there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="descriptor">The descriptor of this process that it names; null where it names none.</param>
    /// <exception cref="IOException">The links go in a circle.</exception>
    public static string Resolve(string path, out int? descriptor)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            descriptor = NumberIn(full);
            if (descriptor is not null || FileSystem.StatusOf(full, followsLinks: false) is not { Kind: FileKind.Link })
            {
                return full;
            }

            full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(full) ?? "/", LinkOf(full)));
        }

        throw FileSystem.Failure(path, LibC.Error.TooManyLinks);
    }

    /// <summary>What is written to then; null where nothing is there yet.</summary>
    public static FileStatus? StatusOf(string path) => Resolve(path, out int? descriptor) is var target && descriptor is { } open ? FileSystem.StatusOf(open) : FileSystem.StatusOf(target);

    /// <summary>The descriptor of this process that a path names, behind all links; null where it names none.</summary>
    /// <exception cref="IOException">The links go in a circle.</exception>
    public static int? DescriptorOf(string path)
    {
        Resolve(path, out int? descriptor);
        return descriptor;
    }

    private static int? NumberIn(string full)
    {
        string? number = full switch
        {
            "/dev/stdin" => "0",
            "/dev/stdout" => "1",
            "/dev/stderr" => "2",
            _ when full.StartsWith("/dev/fd/", StringComparison.Ordinal) => full["/dev/fd/".Length..],
            _ when full.StartsWith("/proc/self/fd/", StringComparison.Ordinal) => full["/proc/self/fd/".Length..],
            _ when full.StartsWith($"/proc/{Environment.ProcessId}/fd/", StringComparison.Ordinal) => full[$"/proc/{Environment.ProcessId}/fd/".Length..],
            _ => null,
        };
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) ? descriptor : null;
    }

    private static string LinkOf(string path)
    {
        const int LongestPath = 4096;
        byte* buffer = stackalloc byte[LongestPath];
        fixed (byte* name = FileName.ToNative(path))
        {
            nint length = LibC.readlink(name, buffer, LongestPath);
            return length < 0 ? throw FileSystem.Failure(path, System.Runtime.InteropServices.Marshal.GetLastPInvokeError()) : FileName.Decode(new ReadOnlySpan<byte>(buffer, (int)length));
        }
    }
}
