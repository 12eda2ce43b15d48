namespace Tarax.AutoFdo.IO;

/// <summary>What stands behind a path (S_IFMT of the mode).</summary>
internal enum FileKind
{
    Pipe = 0x1000,
    CharacterDevice = 0x2000,
    Folder = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Link = 0xa000,
    Socket = 0xc000,
}

/// <summary>What the system knows of a file. Device and inode together are its identity, whatever name it is reached by.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file there.</param>
/// <param name="Mode">Who may do what with it.</param>
/// <param name="Owner">Number of the user.</param>
/// <param name="Group">Number of the group.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Links">Number of names.</param>
/// <param name="Modified">When its content was last changed, in seconds and nanoseconds since 1970.</param>
internal readonly record struct FileStatus(
    FileKind Kind, ulong Device, ulong Inode, UnixFileMode Mode, uint Owner, uint Group, long Size, uint Links, (long Seconds, uint Nanoseconds) Modified)
{
    /// <summary>Major number of the file system's device.</summary>
    public uint DeviceMajor => (uint)(Device >> 32);

    /// <summary>Minor number of the file system's device.</summary>
    public uint DeviceMinor => (uint)Device;

    public bool IsRegular => Kind == FileKind.Regular;

    public bool IsFolder => Kind == FileKind.Folder;

    /// <summary>Whether it is the same file as another, by whatever names.</summary>
    public bool IsSameFile(in FileStatus other) => Device == other.Device && Inode == other.Inode;
}
