using System.Runtime.InteropServices;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>What the C library of Linux offers of files and .NET does not: kinds and identities, files without a name, links of open files, names in any bytes.</summary>
internal static unsafe partial class LibC
{
    public const int CurrentFolder = -100; // AT_FDCWD
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40; // O_CREAT
    public const int Exclusive = 0x80; // O_EXCL
    public const int NoTerminal = 0x100; // O_NOCTTY
    public const int NonBlocking = 0x800; // O_NONBLOCK
    public const int CloseOnExec = 0x80000; // O_CLOEXEC
    public const int FollowLink = 0x400; // AT_SYMLINK_FOLLOW
    public const int DuplicateFrom = 1030; // F_DUPFD_CLOEXEC
    public const int GetDescriptorFlags = 1; // F_GETFD
    public const int CloseOnExecFlag = 1; // FD_CLOEXEC
    public const int MayWrite = 2; // W_OK
    public const int LockShared = 1; // LOCK_SH
    public const int LockExclusive = 2; // LOCK_EX
    public const int LockNow = 4; // LOCK_NB
    public const int Unlock = 8; // LOCK_UN

    /// <summary>O_DIRECTORY, O_NOFOLLOW and O_TMPFILE: the flags whose values differ from one architecture to another (asm/fcntl.h).</summary>
    public static int Folder { get; } = IsArm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    public static int Unnamed { get; } = 0x400000 | Folder;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary>The number of the system call statx, which older C libraries do not offer as a function.</summary>
    private static nint StatxNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 332,
        Architecture.X86 => 383,
        Architecture.Arm => 397,
        _ => 291,
    };

    /// <summary>Opens a path as open(2) does.</summary>
    /// <returns>A descriptor above those of the standard streams; −1 with the error set.</returns>
    public static int Open(string path, int flags, int mode = 0)
    {
        int descriptor;
        fixed (byte* name = FileName.ToNative(path))
        {
            do
            {
                descriptor = open(name, flags | CloseOnExec, mode);
            }
            while (descriptor < 0 && Marshal.GetLastPInvokeError() == Error.Interrupted);
        }

        if (descriptor is < 0 or > 2)
        {
            return descriptor;
        }

        // Where a standard stream was closed before the program began, its number is free; a file there would be taken for the stream.
        int above = fcntl(descriptor, DuplicateFrom, 3);
        _ = close(descriptor);
        return above;
    }

    /// <summary>Opens /dev/null, closed on exec, under the numbers of the standard streams that are closed.</summary>
    public static void OccupyStandardStreams()
    {
        fixed (byte* name = "/dev/null\0"u8)
        {
            int descriptor;
            do
            {
                descriptor = open(name, ReadWrite | CloseOnExec, 0);
            }
            while (descriptor is >= 0 and <= 2);
            _ = descriptor < 0 ? 0 : close(descriptor);
        }
    }

    /// <summary>statx(2), of a path or, where it is empty, of a descriptor.</summary>
    public static bool TryStatus(int descriptor, string path, bool followsLinks, out FileStatus status)
    {
        const int EmptyPath = 0x1000;
        const int NoFollowLink = 0x100;
        const uint BasicStats = 0x7ff;
        Statx result;
        fixed (byte* name = FileName.ToNative(path))
        {
            nint failed = syscall(StatxNumber, descriptor, name, (path.Length == 0 ? EmptyPath : 0) | (followsLinks ? 0 : NoFollowLink), (nint)BasicStats, &result);
            status = failed != 0 ? default : new FileStatus(
                (FileKind)(result.Mode & 0xf000),
                ((ulong)result.DeviceMajor << 32) | result.DeviceMinor,
                result.Inode,
                (UnixFileMode)(result.Mode & 0xfff),
                result.Owner,
                result.Group,
                (long)result.Size,
                result.Links,
                (result.ModifiedSeconds, result.ModifiedNanoseconds));
            return failed == 0;
        }
    }

    /// <summary>Lets the process have as many files open as it may ask for; .NET does so itself, but not in a native executable.</summary>
    public static void AllowManyOpenFiles()
    {
        const int OpenFiles = 7; // RLIMIT_NOFILE
        ResourceLimit limit;
        if (getrlimit(OpenFiles, &limit) == 0 && limit.Current < limit.Maximum)
        {
            limit.Current = limit.Maximum;
            _ = setrlimit(OpenFiles, &limit);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(int descriptor, int operation);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int linkat(int oldFolder, byte* oldPath, int newFolder, byte* newPath, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int rename(byte* oldPath, byte* newPath);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlink(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdir(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int rmdir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int access(byte* path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchown(int descriptor, uint owner, uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmod(int descriptor, uint mode);

    [LibraryImport("libc")]
    public static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* mmap(byte* address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mprotect(byte* address, nint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sigaction(int signal, SignalAction* action, SignalAction* old);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int descriptor, byte* bytes, nint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint readlink(byte* path, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint opendir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* readdir(nint folder);

    [LibraryImport("libc")]
    public static partial int closedir(nint folder);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint descriptor, byte* path, nint flags, nint mask, Statx* result);

    /// <summary>The errors that are distinguished (asm-generic/errno-base.h, errno.h).</summary>
    public static class Error
    {
        public const int NotFound = 2;
        public const int Interrupted = 4;
        public const int NoReader = 6;
        public const int Again = 11;
        public const int AccessDenied = 13;
        public const int Exists = 17;
        public const int NotFolder = 20;
        public const int IsFolder = 21;
        public const int Invalid = 22;
        public const int TooManyOpen = 24;
        public const int ReadOnlyFileSystem = 30;
        public const int BrokenPipe = 32;
        public const int NameTooLong = 36;
        public const int NotSupported = 95;
        public const int TooManyLinks = 40;
    }

    /// <summary>struct rlimit on 64-bit systems.</summary>
    public struct ResourceLimit
    {
        public ulong Current;
        public ulong Maximum;
    }

    /// <summary>struct sigaction of the C libraries on 64-bit systems: the handler, 1,024 bits of a mask, the flags, and what the library uses itself.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 152)]
    public struct SignalAction
    {
        [FieldOffset(0)]
        public byte* Handler;
        [FieldOffset(136)]
        public int Flags;
    }

    /// <summary>struct statx (linux/stat.h): the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(16)]
        public uint Links;
        [FieldOffset(20)]
        public uint Owner;
        [FieldOffset(24)]
        public uint Group;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(40)]
        public ulong Size;
        [FieldOffset(112)]
        public long ModifiedSeconds;
        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
