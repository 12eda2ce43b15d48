using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Samples;

/// <summary>A file that a recording saw mapped; one object for each pair of name and build-id.</summary>
internal sealed class MappedFile
{
    private const string DeletedSuffix = " (deleted)";

    public MappedFile(string name, BuildId buildId, bool isKernel)
    {
        Name = name.EndsWith(DeletedSuffix, StringComparison.Ordinal) ? name[..^DeletedSuffix.Length] : name;
        BuildId = buildId;
        IsKernel = isKernel;
    }

    /// <summary>The path as recorded, without the mark of a file that was replaced while it ran.</summary>
    public string Name { get; }

    /// <summary>The build-id of the mapping itself, or the one that the recording's table gives to this name.</summary>
    public BuildId BuildId { get; }

    public bool IsKernel { get; }

    /// <summary>Whether a name stands for memory without an ELF file behind it.</summary>
    public static bool IsAnonymous(ReadOnlySpan<byte> name) =>
        name.IsEmpty
        || name.StartsWith("//anon"u8) || name.StartsWith("/anon_hugepage"u8) || name.StartsWith("anon_inode:"u8)
        || name.StartsWith("/memfd:"u8) || name.StartsWith("/SYSV"u8) || name.StartsWith("/dev/zero"u8)
        || name.SequenceEqual("[heap]"u8) || name.SequenceEqual("[stack]"u8) || name.SequenceEqual("[anon]"u8);
}
