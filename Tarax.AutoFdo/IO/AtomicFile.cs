using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// Writes a file that appears whole or not at all. It is written without a name (open(2), O_TMPFILE), or where the file system has no such files under a random one, and gets its
/// own when it is whole. What cannot be replaced, a pipe or a device, is written to. Of a file that is replaced, mode and, where that is allowed, owner and group stay, as with install(1):
/// never setuid; a link stays a link, and what is behind it is replaced; a file that may not be written is not replaced.
/// </summary>
internal static unsafe class AtomicFile
{
    private const string TemporaryPrefix = ".tarax-";
    private const string TemporarySuffix = ".tmp";
    private const int RandomBytes = 8;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private const UnixFileMode GroupPermissions = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode WritePermissions = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int NewFileMode = 0b110_110_110;

    /// <summary>Creates or replaces <paramref name="path"/>; nothing is left behind when <paramref name="write"/> throws, or the process is ended.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (!OperatingSystem.IsLinux())
        {
            WriteByName(path, write);
            return;
        }

        string target = OutputTarget.Resolve(path, out int? descriptor);
        if (descriptor is { } open)
        {
            using var stream = new OpenDescriptor(open, path);
            WriteTo(stream, path, write);
            return;
        }

        switch (FileSystem.StatusOf(target))
        {
            case { IsFolder: true }:
                throw new IOException($"{path}: cannot be written: it is a folder");
            case { IsRegular: false }:
                using (var device = OpenDevice(target, path))
                {
                    WriteTo(device, path, write);
                }

                break;
            case var existing:
                Replace(target, path, existing, write);
                break;
        }
    }

    private static FileStream OpenDevice(string target, string path)
    {
        int descriptor = LibC.Open(target, LibC.WriteOnly | LibC.NoTerminal);
        return descriptor >= 0 ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0) : throw Unwritable(path, Marshal.GetLastPInvokeError());
    }

    private static void Replace(string target, string path, FileStatus? existing, Action<Stream> write)
    {
        string folder = Path.GetDirectoryName(target) ?? "/";
        if (!FileSystem.IsFolder(folder))
        {
            throw new IOException($"{path}: cannot be written: there is no folder {(Path.GetDirectoryName(path) is { Length: > 0 } given && !FileSystem.IsFolder(given) ? given : folder)}");
        }

        if (existing is { } old && ((old.Mode & WritePermissions) == 0 || !MayWrite(target)))
        {
            throw new IOException($"{path}: cannot be written: it is there and read-only; remove it, allow it to be written (chmod u+w), or write another file");
        }

        RemoveLeftovers(folder);
        SafeFileHandle? handle;
        try
        {
            handle = FileSystem.IsFolder("/proc/self/fd") ? UnnamedFile.TryOpen(folder, NewFileMode) : null;
        }
        catch (IOException)
        {
            throw Unwritable(path, Marshal.GetLastPInvokeError());
        }

        using var temporary = handle is null ? NamedTemporary.Create(folder, path) : null;
        using var stream = new FileStream(handle ?? temporary!.Handle, FileAccess.Write, bufferSize: 0);
        using var writing = new WriterLock(DescriptorOf(stream));
        WriteTo(stream, path, write);
        if (existing is { } replaced)
        {
            TakeOver(replaced, DescriptorOf(stream));
        }

        if (temporary is not null)
        {
            temporary.Rename(target, path);
        }
        else if (existing is not null || !TryLink(stream, target, path))
        {
            LinkAndRename(stream, folder, target, path);
        }
    }

    private static void WriteTo(Stream stream, string path, Action<Stream> write)
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

    /// <summary>Gives a new file mode, owner and group of the one that it replaces; what may not be given is left out, and with the group what it may do.</summary>
    private static void TakeOver(in FileStatus old, int descriptor)
    {
        var mode = old.Mode & Permissions;
        if (FileSystem.StatusOf(descriptor) is { } made && (made.Owner != old.Owner || made.Group != old.Group)
            && LibC.fchown(descriptor, old.Owner, old.Group) != 0 && made.Group != old.Group && LibC.fchown(descriptor, made.Owner, old.Group) != 0)
        {
            mode &= ~GroupPermissions;
        }

        _ = LibC.fchmod(descriptor, (uint)mode);
    }

    private static bool TryLink(FileStream stream, string target, string path)
    {
        int error = Link(stream, target);
        return error == 0 || (error == LibC.Error.Exists ? false : throw Unwritable(path, error));
    }

    private static int Link(FileStream stream, string target)
    {
        fixed (byte* from = FileName.ToNative($"/proc/self/fd/{DescriptorOf(stream)}"))
        fixed (byte* to = FileName.ToNative(target))
        {
            return LibC.linkat(LibC.CurrentFolder, from, LibC.CurrentFolder, to, LibC.FollowLink) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>A link does not replace a file, so it gets a random name for a moment.</summary>
    private static void LinkAndRename(FileStream stream, string folder, string target, string path)
    {
        string name = Path.Combine(folder, RandomName());
        int error = Link(stream, name);
        if (error != 0)
        {
            throw Unwritable(path, error);
        }

        Rename(name, target, path);
    }

    private static void Rename(string name, string target, string path)
    {
        fixed (byte* from = FileName.ToNative(name))
        fixed (byte* to = FileName.ToNative(target))
        {
            if (LibC.rename(from, to) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                _ = LibC.unlink(from);
                throw Unwritable(path, error);
            }
        }
    }

    /// <summary>A new identifier is as random as the system can make it, without loading a library for cryptography.</summary>
    private static string RandomName() => $"{TemporaryPrefix}{Guid.NewGuid().ToString("N")[^(2 * RandomBytes)..]}{TemporarySuffix}";

    /// <summary>Removes what runs that were killed left in a folder: files of such a name, of this user, that nobody writes any more, since who does holds a lock.</summary>
    private static void RemoveLeftovers(string folder)
    {
        List<string> names;
        try
        {
            names = FileSystem.Names(folder);
        }
        catch (IOException)
        {
            // A folder that may be written to but not listed.
            return;
        }

        foreach (string name in names.Where(IsTemporaryName))
        {
            string path = Path.Combine(folder, name);
            int descriptor = LibC.Open(path, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.NoTerminal);
            if (descriptor < 0)
            {
                continue;
            }

            using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            if (FileSystem.StatusOf(descriptor) is { IsRegular: true } status && status.Owner == LibC.geteuid() && LibC.flock(descriptor, LibC.LockExclusive | LibC.LockNow) == 0)
            {
                fixed (byte* left = FileName.ToNative(path))
                {
                    _ = LibC.unlink(left);
                }
            }
        }
    }

    /// <summary>Whether a file has the name of one that is being written.</summary>
    public static bool IsTemporaryName(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && name.EndsWith(TemporarySuffix, StringComparison.Ordinal)
        && name.Length == TemporaryPrefix.Length + (2 * RandomBytes) + TemporarySuffix.Length
        && name[TemporaryPrefix.Length..^TemporarySuffix.Length].All(char.IsAsciiHexDigitLower);

    private static bool MayWrite(string path)
    {
        fixed (byte* name = FileName.ToNative(path))
        {
            return LibC.access(name, LibC.MayWrite) == 0;
        }
    }

    private static int DescriptorOf(FileStream stream) => (int)stream.SafeFileHandle.DangerousGetHandle();

    private static IOException Unwritable(string path, int error) => new($"{path}: cannot be written: {error switch
    {
        LibC.Error.AccessDenied or LibC.Error.ReadOnlyFileSystem => "the folder or the file is read-only, or belongs to somebody else",
        LibC.Error.NameTooLong => "the name is too long",
        LibC.Error.NoReader => "nobody reads it",
        LibC.Error.NotFound => "there is no such folder",
        _ => Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant(),
    }}");

    /// <summary>Where there is no Linux: a random name beside the file, and a move.</summary>
    private static void WriteByName(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, RandomName());
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            File.Delete(temporary);
            if (e is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                throw new IOException($"{path}: cannot be written: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>
    /// The lock that distinguishes a file that is being written from one that was left behind. It is shared, so that who opens the file as soon as it has its name can read it (.NET reads under a
    /// shared lock), and is given back before the file is closed: a process that is being started on another thread has all descriptors, and with them the lock, until it runs its program.
    /// </summary>
    private readonly ref struct WriterLock
    {
        private readonly int _descriptor;

        public WriterLock(int descriptor)
        {
            _descriptor = descriptor;
            _ = TryTake(descriptor);
        }

        /// <summary>Whether nobody takes the file for one that was left behind. On NFS a shared lock wants a descriptor that can read (flock(2)).</summary>
        public static bool TryTake(int descriptor) => LibC.flock(descriptor, LibC.LockShared | LibC.LockNow) == 0;

        public void Dispose() => _ = LibC.flock(_descriptor, LibC.Unlock);
    }

    /// <summary>A file under a random name, for file systems on which none can be without one; removed when the process is ended by a signal that can be seen.</summary>
    private sealed class NamedTemporary : IDisposable
    {
        /// <summary>The signals that end a process from outside; SIGXFSZ has no name in .NET.</summary>
        private static readonly PosixSignal[] Ending = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT, (PosixSignal)25];

        private readonly string _path;
        private readonly List<PosixSignalRegistration> _registrations = [];
        private bool _isRenamed;

        private NamedTemporary(string path, SafeFileHandle handle)
        {
            _path = path;
            Handle = handle;
            foreach (var signal in Ending)
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, _ => Remove()));
            }
        }

        public SafeFileHandle Handle { get; }

        public static NamedTemporary Create(string folder, string path)
        {
            const int Tries = 100;
            for (int i = 0; i < Tries; i++)
            {
                string name = Path.Combine(folder, RandomName());
                int descriptor = LibC.Open(name, LibC.Create | LibC.Exclusive | LibC.ReadWrite | LibC.NoFollow, NewFileMode);
                if (descriptor < 0)
                {
                    throw Unwritable(path, Marshal.GetLastPInvokeError());
                }

                var handle = new SafeFileHandle(descriptor, ownsHandle: true);
                if (WriterLock.TryTake(descriptor) && FileSystem.StatusOf(descriptor) is { Links: > 0 })
                {
                    return new NamedTemporary(name, handle);
                }

                // Another run took it for a leftover before it was locked.
                handle.Dispose();
            }

            throw new IOException($"{path}: cannot be written: its temporary file vanishes again and again");
        }

        public void Rename(string target, string path)
        {
            AtomicFile.Rename(_path, target, path);
            _isRenamed = true;
        }

        public void Dispose()
        {
            _registrations.ForEach(r => r.Dispose());
            Remove();
            Handle.Dispose();
        }

        private void Remove()
        {
            if (!_isRenamed)
            {
                fixed (byte* name = FileName.ToNative(_path))
                {
                    _ = LibC.unlink(name);
                }
            }
        }
    }
}
