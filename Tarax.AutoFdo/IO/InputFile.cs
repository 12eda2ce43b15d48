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

    private static ByteSource OpenAsIs(string path, string name)
    {
        if (path == StandardInput)
        {
            using var input = Console.OpenStandardInput();
            return Spooled(input, name);
        }

        using var file = ByteSource.OpenFile(path);
        return file.CanSeek ? ByteSource.Map(file, name) : Spooled(file, name);
    }

    private static ByteSource Spooled(Stream stream, string name)
    {
        using var spool = new Spool(name);
        spool.Write(stream);
        return spool.ToSource();
    }
}
