namespace Tarax.AutoFdo.IO;

/// <summary>Opens an input wherever it comes from: a file is mapped; standard input, pipes and compressed files are spooled first.</summary>
internal static class InputFile
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <param name="path">A file, a named pipe, or <see cref="StandardInput"/>.</param>
    /// <param name="name">The format's name for messages.</param>
    /// <exception cref="InvalidFormatException">Compressed data are damaged, or the library for them is not installed.</exception>
    /// <exception cref="IOException">The file cannot be read, or the temporary file cannot be written.</exception>
    public static ByteSource Open(string path, string name) => CompressedFile.Decompressed(OpenAsIs(path, name));

    /// <summary>Opens what cannot be mapped, standard input and pipes; null for files.</summary>
    public static Stream? TryOpenStream(string path)
    {
        if (path == StandardInput)
        {
            return Console.OpenStandardInput();
        }

        var file = ByteSource.OpenFile(path);
        if (!file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static ByteSource OpenAsIs(string path, string name)
    {
        if (TryOpenStream(path) is { } stream)
        {
            return StreamStart.Read(stream, name).Spooled();
        }

        using var file = ByteSource.OpenFile(path);
        return ByteSource.Map(file, name);
    }
}
