using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>A temporary file without a name, which is gone however the process ends.</summary>
internal static unsafe class UnnamedFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Makes one in the folder for temporary files (<c>TMPDIR</c>).</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static FileStream Create()
    {
        string folder = Path.GetTempPath();
        if (!OperatingSystem.IsLinux())
        {
            return new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = BufferSize, Options = FileOptions.DeleteOnClose });
        }

        return new FileStream(TryOpen(folder, 0b110_000_000) ?? OpenAndUnlink(folder), FileAccess.ReadWrite, BufferSize);
    }

    /// <summary>A file without a name in a folder; null where its file system has no such files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="mode">Who may do what with it, before the process's mask.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static SafeFileHandle? TryOpen(string folder, int mode)
    {
        int descriptor = LibC.Open(folder, LibC.Unnamed | LibC.ReadWrite, mode);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        // EISDIR is what kernels before O_TMPFILE say, EINVAL and EOPNOTSUPP file systems without it (open(2)).
        int error = Marshal.GetLastPInvokeError();
        return error is LibC.Error.IsFolder or LibC.Error.Invalid or LibC.Error.NotSupported ? null : throw Unwritable(folder, error);
    }

    private static SafeFileHandle OpenAndUnlink(string folder)
    {
        string path = Path.Combine(folder, $"tarax-{Guid.NewGuid():N}");
        int descriptor = LibC.Open(path, LibC.Create | LibC.Exclusive | LibC.ReadWrite, 0b110_000_000);
        if (descriptor < 0)
        {
            throw Unwritable(folder, Marshal.GetLastPInvokeError());
        }

        fixed (byte* name = FileName.ToNative(path))
        {
            _ = LibC.unlink(name);
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static IOException Unwritable(string folder, int error) =>
        new($"{folder}: no temporary file can be made there ({Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant()}); TMPDIR names another folder");
}
