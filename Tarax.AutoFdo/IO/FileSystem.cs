using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>Files by their paths: what they are, and opening them. On Linux a path may hold any bytes, see <see cref="FileName"/>.</summary>
internal static unsafe class FileSystem
{
    /// <summary>What a path leads to; null where nothing is there, or it cannot be looked at.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followsLinks">Whether a symbolic link at its end is followed.</param>
    public static FileStatus? StatusOf(string path, bool followsLinks = true)
    {
        if (OperatingSystem.IsLinux())
        {
            return path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && LibC.TryStatus(LibC.CurrentFolder, path, followsLinks, out var status) ? status : null;
        }

        var kind = File.Exists(path) ? FileKind.Regular : Directory.Exists(path) ? FileKind.Folder : default;
        return kind == default ? null : new FileStatus(kind, 0, (ulong)StringComparer.Ordinal.GetHashCode(Path.GetFullPath(path)), default, 0, 0, kind == FileKind.Regular ? new FileInfo(path).Length : 0, 1, default);
    }

    /// <summary>What a descriptor leads to; null where it is closed.</summary>
    public static FileStatus? StatusOf(int descriptor) => OperatingSystem.IsLinux() && LibC.TryStatus(descriptor, "", followsLinks: true, out var status) ? status : null;

    public static bool IsRegular(string path) => StatusOf(path) is { IsRegular: true };

    public static bool IsFolder(string path) => StatusOf(path) is { IsFolder: true };

    /// <summary>Whether two paths lead to one file.</summary>
    public static bool AreSame(string left, string right) => StatusOf(left) is { } one && StatusOf(right) is { } other && one.IsSameFile(other);

    /// <summary>Opens a file for reading that the user named: also a pipe or a device, at which it may wait.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is a folder, or may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        // A pipe that the runtime opened for itself (/dev/fd/4) has a writer in this process, and never ends.
        if (StatusOf(path) is { IsRegular: false } && OutputTarget.DescriptorOf(path) is { } descriptor && !OpenDescriptor.WasInherited(descriptor))
        {
            throw new FileNotFoundException($"{path}: there is no such file, since descriptor {descriptor} was closed when this process began", path);
        }

        return Open(path, waits: true);
    }

    /// <summary>Opens a file for reading whose name stood in an input: only a regular one, since others may wait for ever, or do something when they are opened.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is no regular file, or may not be read.</exception>
    public static FileStream OpenRegular(string path)
    {
        var stream = Open(path, waits: false);
        if (OperatingSystem.IsLinux() && StatusOf((int)stream.SafeFileHandle.DangerousGetHandle()) is not { IsRegular: true })
        {
            stream.Dispose();
            throw new IOException($"{path}: is not a regular file");
        }

        return stream;
    }

    /// <summary>The first bytes of a regular file; fewer where it is shorter, none where it is none.</summary>
    public static ReadOnlySpan<byte> Start(string path, Span<byte> buffer)
    {
        if (!IsRegular(path))
        {
            return [];
        }

        using var stream = OpenRegular(path);
        return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The regular files of a folder, in order of their names.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static List<string> FilesIn(string folder)
    {
        var files = Names(folder).Select(n => Path.Combine(folder, n)).Where(IsRegular).ToList();
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The folders in a folder that are not reached by links, in order of their names.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static List<string> FoldersIn(string folder)
    {
        var folders = Names(folder).Select(n => Path.Combine(folder, n)).Where(p => StatusOf(p, followsLinks: false) is { IsFolder: true }).ToList();
        folders.Sort(StringComparer.Ordinal);
        return folders;
    }

    /// <summary>The names of all that is in a folder, in no order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static List<string> Names(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(p => Path.GetFileName(p))];
        }

        const int NameOffset = 19; // struct dirent with 64-bit offsets: d_ino, d_off, d_reclen, d_type, d_name
        var names = new List<string>();
        nint entries;
        fixed (byte* path = FileName.ToNative(folder))
        {
            entries = LibC.opendir(path);
        }

        if (entries == 0)
        {
            throw Failure(folder, Marshal.GetLastPInvokeError());
        }

        while (LibC.readdir(entries) is var entry && entry != null)
        {
            string name = FileName.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset));
            if (name is not ("." or ".."))
            {
                names.Add(name);
            }
        }

        _ = LibC.closedir(entries);
        return names;
    }

    /// <summary>Makes a folder, and those above it, where they are not there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeFolder(string path)
    {
        if (IsFolder(path))
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
        {
            MakeFolder(parent);
        }

        const uint All = 0b111_111_111;
        fixed (byte* name = FileName.ToNative(path))
        {
            if (LibC.mkdir(name, All) != 0 && Marshal.GetLastPInvokeError() is var error && !(error == LibC.Error.Exists && IsFolder(path)))
            {
                throw error == LibC.Error.Exists ? new IOException($"{path}: is a file, where a folder is expected") : Failure(path, error);
            }
        }
    }

    /// <summary>Removes a folder that has nothing in it; another stays.</summary>
    public static void RemoveIfEmpty(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
            {
                Directory.Delete(path);
            }

            return;
        }

        fixed (byte* name = FileName.ToNative(path))
        {
            _ = LibC.rmdir(name);
        }
    }

    /// <summary>Gives a file another name in its folder, where a file of that name is replaced.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public static void Rename(string path, string to)
    {
        if (!OperatingSystem.IsLinux())
        {
            File.Move(path, to, overwrite: true);
            return;
        }

        fixed (byte* from = FileName.ToNative(path))
        fixed (byte* target = FileName.ToNative(to))
        {
            if (LibC.rename(from, target) != 0)
            {
                throw Failure(path, Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>The exception for an error of the C library.</summary>
    public static Exception Failure(string path, int error) => error switch
    {
        LibC.Error.NotFound => new FileNotFoundException($"{path}: there is no such file", path),
        LibC.Error.NotFolder => new FileNotFoundException($"{path}: there is no such file, since a part of the path is no folder", path),
        LibC.Error.AccessDenied => new IOException($"{path}: may not be read (permission denied)"),
        LibC.Error.TooManyLinks => new IOException($"{path}: its symbolic links go in a circle"),
        _ => new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant()}"),
    };

    private static FileStream Open(string path, bool waits)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Directory.Exists(path)
                ? throw new IOException($"{path}: is a folder, where a file is expected")
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }

        int descriptor = LibC.Open(path, LibC.ReadOnly | LibC.NoTerminal | (waits ? 0 : LibC.NonBlocking));
        if (descriptor < 0)
        {
            throw Failure(path, Marshal.GetLastPInvokeError());
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (StatusOf(descriptor) is { IsFolder: true })
        {
            handle.Dispose();
            throw new IOException($"{path}: is a folder, where a file is expected");
        }

        return new FileStream(handle, FileAccess.Read, bufferSize: 1);
    }
}
