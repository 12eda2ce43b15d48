namespace Tarax.AutoFdo.IO;

/// <summary>Writes a file that appears whole or not at all: an <see cref="OutputSet"/> of one.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces <paramref name="path"/>; nothing is left behind when <paramref name="write"/> throws, or the process is ended.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var outputs = new OutputSet();
        outputs.Add(path, write);
        outputs.Commit();
    }
}
