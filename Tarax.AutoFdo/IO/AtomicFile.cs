namespace Tarax.AutoFdo.IO;

/// <summary>Writes a file under a temporary name beside its place and renames it when it is whole.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces <paramref name="path"/>; nothing is left behind when <paramref name="write"/> throws.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
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
