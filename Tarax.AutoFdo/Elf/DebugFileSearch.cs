using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Elf;

/// <summary>
/// Finds binaries and separate debug files where distributions put them (GDB manual, "Debugging Information in Separate Files"):
/// build-id directories, <c>.gnu_debuglink</c>, <c>.gnu_debugaltlink</c>, and the kernel's places.
/// </summary>
/// <param name="directories">Folders such as <c>/usr/lib/debug</c>, searched in this order.</param>
internal sealed class DebugFileSearch(IReadOnlyList<string> directories)
{
    /// <summary>Where Debian, Fedora and others install debug files.</summary>
    public const string SystemDirectory = "/usr/lib/debug";

    /// <summary>The file with the debug information of a binary that has none itself; null where none is found.</summary>
    public string? FindDebugFile(ElfFile binary)
    {
        foreach (string path in BuildIdPaths(binary.BuildId, ".debug"))
        {
            if (HasBuildId(path, binary.BuildId))
            {
                return path;
            }
        }

        if (binary.DebugLink is not { } link)
        {
            return null;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(binary.Path)) ?? "/";
        string[] candidates =
        [
            Path.Combine(folder, link.Name), Path.Combine(folder, ".debug", link.Name),
            .. directories.Select(d => Path.Combine(d + folder, link.Name)), .. directories.Select(d => Path.Combine(d, link.Name)),
        ];
        return Array.Find(candidates, path => path != Path.GetFullPath(binary.Path) && IsLinked(path, binary.BuildId, link.Checksum));
    }

    /// <summary>The supplementary file that dwz made of what several debug files share; null where none is found.</summary>
    public string? FindSupplementaryFile(ElfFile debugFile)
    {
        if (debugFile.SupplementaryLink is not { } link)
        {
            return null;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(debugFile.Path)) ?? "/";
        string[] candidates = [Path.GetFullPath(Path.Combine(folder, link.Name)), .. BuildIdPaths(link.BuildId, ".debug")];
        return Array.Find(candidates, path => HasBuildId(path, link.BuildId));
    }

    /// <summary>A file that was mapped under a path, by that path or by its build-id; null where this machine does not have it.</summary>
    /// <param name="recordedPath">The path in the recording.</param>
    /// <param name="buildId">Its build-id; empty where the recording has none, and then the path alone decides.</param>
    public string? FindBinary(string recordedPath, BuildId buildId)
    {
        string[] candidates = [recordedPath, .. BuildIdPaths(buildId, "")];
        return Array.Find(candidates, path => path.StartsWith('/') && (buildId.IsEmpty ? FileSystem.IsRegular(path) : HasBuildId(path, buildId)));
    }

    /// <summary>The kernel's vmlinux with debug information.</summary>
    /// <param name="release">What <c>uname -r</c> said where the recording was made; null where it does not tell.</param>
    /// <param name="buildId">Its build-id; empty where the recording has none.</param>
    public string? FindKernel(string? release, BuildId buildId)
    {
        var candidates = BuildIdPaths(buildId, ".debug").ToList();
        foreach (string directory in directories)
        {
            candidates.Add(Path.Combine(directory, "vmlinux"));
            candidates.Add(Path.Combine(directory, $"boot/vmlinux-{release}"));
            candidates.Add(Path.Combine(directory, $"lib/modules/{release}/vmlinux"));
        }

        candidates.Add($"/boot/vmlinux-{release}");
        candidates.Add($"/lib/modules/{release}/build/vmlinux");
        return candidates.Find(path => buildId.IsEmpty ? release is not null && FileSystem.IsRegular(path) : HasBuildId(path, buildId));
    }

    /// <summary>A module: where it was, in the debug folders under the same path, or under its name in one of them.</summary>
    public string? FindModule(string recordedPath, BuildId buildId)
    {
        if (FindBinary(recordedPath, buildId) is { } found)
        {
            return found;
        }

        string name = Path.GetFileName(recordedPath);
        string plain = name.Contains(".ko.", StringComparison.Ordinal) ? name[..(name.IndexOf(".ko", StringComparison.Ordinal) + 3)] : name;
        foreach (string directory in directories)
        {
            string[] candidates = [directory + recordedPath, Path.Combine(directory, name), Path.Combine(directory, plain), Path.Combine(directory, plain + ".debug")];
            if (Array.Find(candidates, path => !buildId.IsEmpty && HasBuildId(path, buildId)) is { } inFolder)
            {
                return inFolder;
            }
        }

        return null;
    }

    private static bool IsLinked(string path, BuildId buildId, uint checksum)
    {
        if (!FileSystem.IsRegular(path))
        {
            return false;
        }

        try
        {
            using var source = ByteSource.Open(path, ElfFile.Format);
            return (!buildId.IsEmpty && HasBuildId(path, buildId)) || Crc32.Of(source) == checksum;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether a file exists, is ELF and has a build-id.</summary>
    private static bool HasBuildId(string path, BuildId buildId)
    {
        if (!FileSystem.IsRegular(path))
        {
            return false;
        }

        try
        {
            using var file = ElfFile.Open(path);
            return file.BuildId.Matches(buildId);
        }
        catch (Exception e) when (e is InvalidFormatException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<string> BuildIdPaths(BuildId buildId, string suffix)
    {
        string text = buildId.ToString();
        return text.Length < 4 ? [] : directories.Select(d => Path.Combine(d, ".build-id", text[..2], text[2..] + suffix));
    }
}
