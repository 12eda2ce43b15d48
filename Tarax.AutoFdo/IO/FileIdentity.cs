using System.Buffers.Binary;

namespace Tarax.AutoFdo.IO;

/// <summary>A file as MMAP2 describes it: two that stood at one path one after the other differ (struct perf_record_mmap2).</summary>
/// <param name="Major">Major number of its file system's device.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Inode">Its number there; 0 where there is no file.</param>
/// <param name="Generation">How often the number was given anew.</param>
internal readonly record struct FileIdentity(uint Major, uint Minor, ulong Inode, ulong Generation)
{
    /// <summary>Reads maj, min, ino and ino_generation.</summary>
    public static FileIdentity Read(ReadOnlySpan<byte> fields) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(fields), BinaryPrimitives.ReadUInt32LittleEndian(fields[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(fields[8..]), BinaryPrimitives.ReadUInt64LittleEndian(fields[16..]));

    /// <summary>Whether there is a file.</summary>
    public bool IsKnown => Inode != 0;

    /// <summary>Whether both are of one file system, where one path stands for one file at a time.</summary>
    public bool IsOnDeviceOf(FileIdentity other) => Major == other.Major && Minor == other.Minor;
}
