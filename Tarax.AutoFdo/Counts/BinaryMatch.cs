using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counts;

/// <summary>How it was decided which mapped files of a recording are the binary.</summary>
internal enum MatchKind
{
    /// <summary>By build-id.</summary>
    BuildId,

    /// <summary>By device and inode, where the recording has no build-id for it, and the file has been here since.</summary>
    Inode,

    /// <summary>By file name, where the recording has neither for it.</summary>
    Name,

    /// <summary>By the name that the user gave.</summary>
    User,

    /// <summary>A file of this name was mapped, but with another build-id.</summary>
    OtherBuildId,

    /// <summary>No mapped file is this binary.</summary>
    None,
}

/// <summary>Finds the mapped files that are a given binary: build-id first, then inode, then file name; the user's rule beats both.</summary>
internal sealed record BinaryMatch(MatchKind Kind, IReadOnlySet<MappedFile> Files)
{
    private const string UnstrippedSuffix = ".unstripped";

    /// <param name="mapped">All mapped files.</param>
    /// <param name="path">Path of the binary.</param>
    /// <param name="buildId">Build-id of the binary; empty where it has none.</param>
    /// <param name="isKernel">Whether the binary is a kernel.</param>
    /// <param name="mappedAs">The path or base name under which it was mapped, by the user; null for none.</param>
    public static BinaryMatch Find(IReadOnlyList<MappedFile> mapped, string path, BuildId buildId, bool isKernel, string? mappedAs)
    {
        if (mappedAs is not null)
        {
            return Of(MatchKind.User, Named(mapped, mappedAs));
        }

        var byBuildId = mapped.Where(f => f.BuildId.Matches(buildId)).ToHashSet();
        if (byBuildId.Count > 0)
        {
            return Of(MatchKind.BuildId, byBuildId);
        }

        string name = Path.GetFullPath(path);
        name = name.EndsWith(UnstrippedSuffix, StringComparison.Ordinal) ? name[..^UnstrippedSuffix.Length] : name;
        var byName = isKernel ? mapped.Where(f => f.KernelReferenceSymbol is not null).ToHashSet() : Named(mapped, name);
        if (FileSystem.StatusOf(path) is { } status && mapped.Where(f => f.BuildId.IsEmpty && IsSameFile(f, status, path)).ToHashSet() is { Count: > 0 } byInode)
        {
            return Of(MatchKind.Inode, byInode);
        }

        var withoutBuildId = byName.Where(f => f.BuildId.IsEmpty).ToHashSet();
        return withoutBuildId.Count > 0 ? Of(MatchKind.Name, withoutBuildId) : Of(byName.Count > 0 ? MatchKind.OtherBuildId : MatchKind.None, byName);
    }

    private static BinaryMatch Of(MatchKind kind, HashSet<MappedFile> files) => new(files.Count == 0 ? MatchKind.None : kind, files);

    /// <summary>Numbers of devices and inodes are those of one machine, so that the base name is the same, or begins so, must come to it.</summary>
    private static bool IsSameFile(MappedFile file, in FileStatus status, string path) =>
        Path.GetFileName(path).StartsWith(Path.GetFileName(file.Path), StringComparison.Ordinal) && file.Identity.IsKnown && file.Identity.Inode == status.Inode && file.Identity.Major == status.DeviceMajor && file.Identity.Minor == status.DeviceMinor;

    private static bool IsNamed(MappedFile file, string name) =>
        Path.GetFileName(file.Name) == Path.GetFileName(name)
        || (file.IsKernelModule && MappedFile.ModuleName(file.Name) == MappedFile.ModuleName(name));

    /// <summary>Files with exactly this path, or else with its base name.</summary>
    private static HashSet<MappedFile> Named(IReadOnlyList<MappedFile> mapped, string name)
    {
        var exact = mapped.Where(f => f.Name == name).ToHashSet();
        return exact.Count > 0 ? exact : mapped.Where(f => IsNamed(f, name)).ToHashSet();
    }
}
