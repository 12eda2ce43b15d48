using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>Opens an input wherever it comes from: a file is mapped, and stays open; standard input, pipes and compressed files are spooled first.</summary>
internal static partial class InputFile
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
        const int StandardInputDescriptor = 0;
        if (path == StandardInput)
        {
            EnlargePipe(StandardInputDescriptor);
            return Console.OpenStandardInput();
        }

        var file = ByteSource.OpenFile(path);
        if (!file.CanSeek)
        {
            EnlargePipe((int)file.SafeFileHandle.DangerousGetHandle());
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Lets the writer run ahead of the reader, so that they change places less often. What is no pipe, or may not be enlarged, stays as it is.</summary>
    private static void EnlargePipe(int descriptor)
    {
        const int SetPipeSize = 1031;
        const int PipeSize = 1 << 20;
        if (OperatingSystem.IsLinux())
        {
            _ = fcntl(descriptor, SetPipeSize, PipeSize);
        }
    }

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command, int argument);

    private static ByteSource OpenAsIs(string path, string name)
    {
        if (TryOpenStream(path) is { } stream)
        {
            return StreamStart.Read(stream, name).Spooled();
        }

        return ByteSource.Map(ByteSource.OpenFile(path), name, keepsOpen: true);
    }
}
