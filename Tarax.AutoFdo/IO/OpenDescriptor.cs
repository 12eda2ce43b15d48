using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// Writes to a descriptor that this process was started with, from where it is, and leaves it open. Unlike the console's streams it does not pass over errors: a reader that went away
/// has not got what was written.
/// </summary>
internal sealed unsafe class OpenDescriptor : OutputStream
{
    public const int StandardInput = 0;
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    /// <summary><see cref="Exception.HResult"/> where whoever was to read went away (EPIPE).</summary>
    public const int BrokenPipe = LibC.Error.BrokenPipe;

    private readonly int _descriptor;

    /// <param name="descriptor">The descriptor.</param>
    /// <param name="path">What the user calls it, for messages.</param>
    /// <exception cref="IOException">It is closed.</exception>
    public OpenDescriptor(int descriptor, string path)
    {
        _descriptor = descriptor;
        if (!WasInherited(descriptor))
        {
            throw new IOException($"{path}: cannot be written: it is closed");
        }
    }

    /// <summary>
    /// Whether a standard stream was there when the process began. What the runtime opens is closed on exec and what is inherited is not, so a runtime's own file that got the number of a
    /// closed stream is distinguished from it.
    /// </summary>
    public static bool WasInherited(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        int flags = LibC.fcntl(descriptor, LibC.GetDescriptorFlags, 0);
        return flags >= 0 && (flags & LibC.CloseOnExecFlag) == 0;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = buffer)
            {
                written = LibC.write(_descriptor, bytes, buffer.Length);
            }

            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else if (Marshal.GetLastPInvokeError() is var error && error == LibC.Error.Again)
            {
                // A descriptor that somebody else set not to wait.
                Thread.Sleep(1);
            }
            else if (error != LibC.Error.Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }
}
