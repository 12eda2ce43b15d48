using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>Opens an input wherever it comes from: a file is mapped, and stays open; standard input, pipes and compressed files are spooled first.</summary>
internal static class InputFile
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private static bool StandardInputTaken;

    /// <param name="path">A file, a named pipe, or <see cref="StandardInput"/>.</param>
    /// <param name="name">The format's name for messages.</param>
    /// <param name="most">The most bytes that a pipe may bring, and what is compressed may become; null for as many as come, and <see cref="Spool.LimitOf"/>.</param>
    /// <exception cref="InvalidFormatException">Compressed data are damaged, or the library for them is not installed.</exception>
    /// <exception cref="IOException">The file cannot be read, or the temporary file cannot be written.</exception>
    public static ByteSource Open(string path, string name, long? most = null) => CompressedFile.Decompressed(OpenAsIs(path, name, most ?? long.MaxValue), most);

    /// <summary>Opens what a path names, once: a pipe that is opened twice loses what was read the first time. Files can be sought in, standard input and pipes cannot.</summary>
    public static Stream OpenOnce(string path)
    {
        if (path == StandardInput)
        {
            if (!OpenDescriptor.WasInherited(OpenDescriptor.StandardInput))
            {
                throw new IOException("standard input is closed; give it a recording: < FILE");
            }

            if (FileSystem.StatusOf(OpenDescriptor.StandardInput) is { IsFolder: true })
            {
                throw new IOException("standard input is a folder, where a recording is expected");
            }

            if (Interlocked.Exchange(ref StandardInputTaken, true))
            {
                throw new IOException("standard input (-) was read already: it can be given once");
            }

            EnlargePipe(OpenDescriptor.StandardInput);
            return Console.OpenStandardInput();
        }

        var file = FileSystem.OpenRead(path);
        if (!file.CanSeek)
        {
            EnlargePipe((int)file.SafeFileHandle.DangerousGetHandle());
        }

        return file;
    }

    /// <summary>Lets the writer run ahead of the reader, so that they change places less often. What is no pipe, or may not be enlarged, stays as it is.</summary>
    private static void EnlargePipe(int descriptor)
    {
        const int SetPipeSize = 1031;
        const int PipeSize = 1 << 20;
        if (OperatingSystem.IsLinux())
        {
            _ = LibC.fcntl(descriptor, SetPipeSize, PipeSize);
        }
    }

    private static ByteSource OpenAsIs(string path, string name, long most)
    {
        var opened = OpenOnce(path);
        return path != StandardInput && opened is FileStream { CanSeek: true } file ? ByteSource.Map(file, name, keepsOpen: true) : StreamStart.Read(opened, name).Spooled(most);
    }
}
