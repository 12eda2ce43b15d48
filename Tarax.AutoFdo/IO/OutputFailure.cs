using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>Why an output cannot be written, in the words and by the name that the user gave.</summary>
internal static class OutputFailure
{
    /// <summary>The exception for an error of the C library.</summary>
    public static IOException Of(string path, int error) => new($"{path}: cannot be written: {error switch
    {
        LibC.Error.AccessDenied or LibC.Error.ReadOnlyFileSystem => "the folder or the file is read-only, or belongs to somebody else",
        LibC.Error.NameTooLong => "the name is too long",
        LibC.Error.NoReader => "nobody reads it",
        LibC.Error.NotFound => "there is no such folder",
        LibC.Error.TooManyOpen => "more files than this process may have open are written together (ulimit -n)",
        _ => Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant(),
    }}");

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="path">What the user calls it.</param>
    /// <param name="write">Writes.</param>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static void Write(Stream stream, string path, Action<Stream> write)
    {
        try
        {
            write(stream);
            stream.Flush();
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IOException($"{path}: cannot be written: {Reason(e)}", e);
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName == "value")
        {
            // What .NET makes of EFBIG.
            throw new IOException($"{path}: cannot be written: file too large", e);
        }
    }

    /// <summary>What went wrong, without the name of a temporary file, which nobody asked for.</summary>
    private static string Reason(IOException e)
    {
        string message = e.Message;
        int name = message.IndexOf(" : '", StringComparison.Ordinal);
        return (name < 0 ? message : message[..name]).TrimEnd('.').ToLowerInvariant();
    }
}
