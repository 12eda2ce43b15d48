namespace Tarax.AutoFdo.IO;

/// <summary>Writes a file under a temporary name beside its place and renames it when it is whole.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces <paramref name="path"/>; nothing is left behind when <paramref name="write"/> throws.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            Replace(path, write);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new IOException($"{path}: cannot be written: there is no folder {Path.GetDirectoryName(Path.GetFullPath(path))}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: cannot be written: {(Directory.Exists(path) ? "it is a folder" : "the folder or the file is read-only, or belongs to somebody else")}", e);
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        // A link stays a link, and what is behind it is replaced; devices are written to.
        string full = Path.GetFullPath(path);
        full = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
        {
            using var device = new FileStream(full, FileMode.Open, FileAccess.Write);
            write(device);
            return;
        }

        string temporary = $"{full}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
            }

            if (File.Exists(full) && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(full));
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
