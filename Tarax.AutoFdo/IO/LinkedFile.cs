using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// A pending file on Linux. It is written without a name (open(2), O_TMPFILE), or where the file system has no such files under a random one. Of a file that is replaced, mode and, where that is
/// allowed, owner and group stay, as with install(1): never setuid; a link stays a link, and what is behind it is replaced; a file that may not be written is not replaced.
/// </summary>
internal sealed unsafe class LinkedFile : IPendingFile
{
    /// <summary>Mode of a new file, before the process's mask.</summary>
    public const int NewFileMode = 0b110_110_110;

    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private const UnixFileMode GroupPermissions = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode WritePermissions = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly string _target;
    private readonly string _path;
    private readonly string _folder;
    private readonly FileStatus? _existing;
    private readonly NamedTemporary? _temporary;
    private readonly FileStream _stream;
    private readonly WriterLock _lock;
    private string? _old;
    private SafeFileHandle? _oldHandle;
    private bool _isPlaced;

    private LinkedFile(string target, string path, FileStatus? existing)
    {
        (_target, _path, _existing) = (target, path, existing);
        _folder = Path.GetDirectoryName(target) ?? "/";
        SafeFileHandle? handle;
        try
        {
            handle = FileSystem.IsFolder("/proc/self/fd") ? UnnamedFile.TryOpen(_folder, NewFileMode) : null;
        }
        catch (IOException)
        {
            throw OutputFailure.Of(path, Marshal.GetLastPInvokeError());
        }

        _temporary = handle is null ? NamedTemporary.Create(_folder, path) : null;
        _stream = new FileStream(handle ?? _temporary!.Handle, FileAccess.Write, bufferSize: 0);
        _lock = new WriterLock(DescriptorOf(_stream.SafeFileHandle));
    }

    /// <summary>Writes it.</summary>
    /// <param name="target">Its path behind all links.</param>
    /// <param name="path">What the user calls it.</param>
    /// <param name="existing">What is there.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static LinkedFile Write(string target, string path, FileStatus? existing, Action<Stream> write)
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

        var file = new LinkedFile(target, path, existing);
        try
        {
            OutputFailure.Write(file._stream, path, write);
            if (existing is { } replaced)
            {
                TakeOver(replaced, DescriptorOf(file._stream.SafeFileHandle));
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    public void KeepOld()
    {
        if (FileSystem.StatusOf(_target, followsLinks: false) is not { IsRegular: true })
        {
            return;
        }

        string name = Path.Combine(_folder, TemporaryName.New());
        LockOld();
        int error;
        fixed (byte* from = FileName.ToNative(_target))
        fixed (byte* to = FileName.ToNative(name))
        {
            // Where a file cannot have two names, or not for this user, its own is free for a moment.
            error = LibC.linkat(LibC.CurrentFolder, from, LibC.CurrentFolder, to, 0) == 0 || LibC.rename(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }

        _old = error == 0 ? name : throw OutputFailure.Of(_path, error);
    }

    public void PutInPlace()
    {
        if (_temporary is not null)
        {
            Rename(_temporary.Path);
            _temporary.WasRenamed();
        }
        else if (_existing is not null || !TryLink())
        {
            // A link does not replace a file, so it gets a random name for a moment.
            string name = Path.Combine(_folder, TemporaryName.New());
            if (Link(name) is var error and not 0)
            {
                throw OutputFailure.Of(_path, error);
            }

            Rename(name);
        }

        _isPlaced = true;
    }

    public void PutBack()
    {
        if (_old is { } old)
        {
            fixed (byte* from = FileName.ToNative(old))
            fixed (byte* to = FileName.ToNative(_target))
            {
                // Of two names of one file rename(2) leaves both.
                int error = LibC.rename(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();
                _ = error == 0 ? LibC.unlink(from) : throw new IOException($"{_path} is in {old}, until the next run ({Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant()})");
            }

            _old = null;
        }
        else if (_isPlaced && FileSystem.StatusOf(_target, followsLinks: false) is { } there && FileSystem.StatusOf(DescriptorOf(_stream.SafeFileHandle)) is { } written && there.IsSameFile(written))
        {
            Remove(_target);
        }
    }

    public void DropOld()
    {
        if (_old is { } old)
        {
            Remove(old);
            _old = null;
        }
    }

    public void Dispose()
    {
        if (!_stream.SafeFileHandle.IsClosed)
        {
            _lock.Dispose();
        }

        _stream.Dispose();
        _temporary?.Dispose();
        if (_oldHandle is { IsClosed: false })
        {
            new WriterLock(DescriptorOf(_oldHandle)).Dispose();
            _oldHandle.Dispose();
        }
    }

    /// <summary>So that no other run takes it for what was left behind, while it has such a name.</summary>
    private void LockOld()
    {
        int descriptor = LibC.Open(_target, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.NoTerminal);
        if (descriptor >= 0)
        {
            _oldHandle = new SafeFileHandle(descriptor, ownsHandle: true);
            _ = WriterLock.TryTake(descriptor);
        }
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

    private bool TryLink()
    {
        int error = Link(_target);
        return error == 0 || (error == LibC.Error.Exists ? false : throw OutputFailure.Of(_path, error));
    }

    private int Link(string name)
    {
        fixed (byte* from = FileName.ToNative($"/proc/self/fd/{DescriptorOf(_stream.SafeFileHandle)}"))
        fixed (byte* to = FileName.ToNative(name))
        {
            return LibC.linkat(LibC.CurrentFolder, from, LibC.CurrentFolder, to, LibC.FollowLink) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private void Rename(string name)
    {
        fixed (byte* from = FileName.ToNative(name))
        fixed (byte* to = FileName.ToNative(_target))
        {
            if (LibC.rename(from, to) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                _ = LibC.unlink(from);
                throw OutputFailure.Of(_path, error);
            }
        }
    }

    private static void Remove(string path)
    {
        fixed (byte* name = FileName.ToNative(path))
        {
            _ = LibC.unlink(name);
        }
    }

    private static bool MayWrite(string path)
    {
        fixed (byte* name = FileName.ToNative(path))
        {
            return LibC.access(name, LibC.MayWrite) == 0;
        }
    }

    private static int DescriptorOf(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
