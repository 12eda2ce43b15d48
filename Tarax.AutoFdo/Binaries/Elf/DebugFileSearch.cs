using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>
/// Finds binaries and separate debug files where distributions put them (GDB manual, "Debugging Information in Separate Files"): build-id directories, <c>.gnu_debuglink</c>,
/// <c>.gnu_debugaltlink</c>, and the kernel's places; in folders that the user named, whatever lies where; and where debuginfod servers are named, there.
/// </summary>
internal sealed class DebugFileSearch
{
    /// <summary>Where Debian, Fedora and others install debug files.</summary>
    public const string SystemDirectory = "/usr/lib/debug";

    private readonly IReadOnlyList<string> _directories;
    private readonly List<DebugFolder> _folders;
    private readonly Debuginfod? _debuginfod;

    /// <param name="directories">Folders such as <c>/usr/lib/debug</c>, searched in this order; all but that are looked through.</param>
    /// <param name="debuginfod">Whom to ask for what is not here; null for nobody.</param>
    public DebugFileSearch(IReadOnlyList<string> directories, Debuginfod? debuginfod = null)
    {
        _directories = directories;
        _folders = [.. directories.Where(d => d != SystemDirectory && FileSystem.IsFolder(d)).Select(d => new DebugFolder(d))];
        _debuginfod = debuginfod;
    }

    /// <summary>What went wrong with debuginfod; null where nothing did, or nobody was asked.</summary>
    public string? Problem => _debuginfod?.Problem;

    /// <summary>Whether debuginfod servers are asked.</summary>
    public bool AsksServers => _debuginfod is { IsAsked: true };

    /// <summary>The search of the folders that a user named, then of the system's.</summary>
    public static DebugFileSearch Of(IEnumerable<string>? directories) => new([.. directories ?? [], SystemDirectory], new Debuginfod([], progress: null));

    /// <summary>The file with the debug information of a binary that has none itself; null where none is found.</summary>
    public string? FindDebugFile(ElfFile binary)
    {
        if (BuildIdPaths(binary.BuildId, ".debug").FirstOrDefault(p => HasBuildId(p, binary.BuildId)) is { } byBuildId)
        {
            return byBuildId;
        }

        string own = Path.GetFullPath(binary.Path);
        string folder = Path.GetDirectoryName(own) ?? "/";
        string name = Path.GetFileName(own);
        if (binary.DebugLink is { } link)
        {
            string[] candidates =
            [
                Path.Combine(folder, link.Name), Path.Combine(folder, ".debug", link.Name),
                .. _directories.Select(d => Path.Combine(d + folder, link.Name)), .. _directories.Select(d => Path.Combine(d, link.Name)),
                .. _folders.SelectMany(f => f.Named(link.Name, own)),
            ];
            if (Array.Find(candidates, path => Path.GetFullPath(path) != own && IsLinked(path, binary.BuildId, link.Checksum)) is { } linked)
            {
                return linked;
            }
        }

        string[] names = [name, $"{name}.debug", $"{name}.dbg", $"{name}.unstripped", $"{name}.sym"];
        return InFolders(names, own, binary.BuildId, f => f.HasDebugInformation && Path.GetFullPath(f.Path) != own) ?? _debuginfod?.FindDebugFile(binary.BuildId);
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
        return Array.Find(candidates, path => HasBuildId(path, link.BuildId))
            ?? InFolders([Path.GetFileName(link.Name)], link.Name, link.BuildId, _ => true) ?? _debuginfod?.FindDebugFile(link.BuildId);
    }

    /// <summary>A file that was mapped under a path, by that path or by its build-id; null where it is nowhere.</summary>
    /// <param name="recordedPath">The path in the recording.</param>
    /// <param name="buildId">Its build-id; empty where the recording has none, and then the path alone decides.</param>
    public string? FindBinary(string recordedPath, BuildId buildId) =>
        FindInstalled(recordedPath, buildId)
        ?? InFolders([Path.GetFileName(recordedPath)], recordedPath, buildId, f => !f.IsDebugFile)
        ?? _debuginfod?.FindBinary(buildId);

    /// <summary>The kernel's vmlinux with debug information.</summary>
    /// <param name="release">What <c>uname -r</c> said where the recording was made; null where it does not tell.</param>
    /// <param name="buildId">Its build-id; empty where the recording has none.</param>
    public string? FindKernel(string? release, BuildId buildId)
    {
        var candidates = BuildIdPaths(buildId, ".debug").ToList();
        foreach (string directory in _directories)
        {
            candidates.Add(Path.Combine(directory, "vmlinux"));
            candidates.Add(Path.Combine(directory, $"boot/vmlinux-{release}"));
            candidates.Add(Path.Combine(directory, $"lib/modules/{release}/vmlinux"));
        }

        candidates.Add($"/boot/vmlinux-{release}");
        candidates.Add($"/lib/modules/{release}/build/vmlinux");
        return candidates.Find(path => buildId.IsEmpty ? release is not null && FileSystem.IsRegular(path) : HasBuildId(path, buildId))
            ?? InFolders(["vmlinux", $"vmlinux-{release}", "vmlinux.debug", $"vmlinux-{release}.debug"], $"vmlinux-{release}", buildId, f => f.IsOfKernel)
            ?? _debuginfod?.FindDebugFile(buildId);
    }

    /// <summary>A module: where it was, in the debug folders under the same path, or under its name anywhere in a folder that the user named.</summary>
    public string? FindModule(string recordedPath, BuildId buildId)
    {
        if (FindInstalled(recordedPath, buildId) is { } found)
        {
            return found;
        }

        // In brackets stands the module's own name, in which underscores stand for hyphens too.
        string name = Path.GetFileName(recordedPath);
        int extension = name.IndexOf(".ko", StringComparison.Ordinal);
        string module = recordedPath.StartsWith('[') ? recordedPath.Trim('[', ']') : extension > 0 ? name[..extension] : name;
        string[] modules = [module, module.Replace('_', '-'), module.Replace('-', '_')];
        string[] names = [name, .. modules.Distinct().SelectMany(m => new[] { $"{m}.ko", $"{m}.ko.debug", $"{m}.ko.xz", $"{m}.ko.zst", $"{m}.ko.gz" })];
        string[] candidates = [.. _directories.Select(d => d + recordedPath), .. _directories.SelectMany(d => names.Select(n => Path.Combine(d, n)))];
        return Array.Find(candidates, path => !buildId.IsEmpty && HasBuildId(path, buildId))
            ?? InFolders(names, recordedPath, buildId, f => f.IsOfKernel) ?? _debuginfod?.FindDebugFile(buildId);
    }

    private string? FindInstalled(string recordedPath, BuildId buildId)
    {
        string[] candidates = [recordedPath, .. BuildIdPaths(buildId, "")];
        return Array.Find(candidates, path => path.StartsWith('/') && (buildId.IsEmpty ? FileSystem.IsRegular(path) : HasBuildId(path, buildId)));
    }

    /// <summary>A file in the folders that the user named: by one of its names, of the build-id where that is known, or else by the build-id alone.</summary>
    private string? InFolders(string[] names, string like, BuildId buildId, Predicate<ElfFile> suits)
    {
        foreach (var folder in _folders)
        {
            var candidates = names.Distinct().SelectMany(n => folder.Named(n, like)).Concat(folder.Built(buildId));
            if (candidates.FirstOrDefault(p => Is(p, f => (buildId.IsEmpty || f.BuildId.Matches(buildId)) && suits(f))) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsLinked(string path, BuildId buildId, uint checksum)
    {
        if (!Is(path, _ => true))
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
    private static bool HasBuildId(string path, BuildId buildId) => Is(path, f => f.BuildId.Matches(buildId));

    private static bool Is(string path, Predicate<ElfFile> what)
    {
        if (!FileSystem.IsRegular(path))
        {
            return false;
        }

        try
        {
            using var file = ElfFile.Open(path);
            return what(file);
        }
        catch (Exception e) when (e is InvalidFormatException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<string> BuildIdPaths(BuildId buildId, string suffix)
    {
        string text = buildId.ToString();
        return text.Length < 4 ? [] : _directories.Select(d => Path.Combine(d, ".build-id", text[..2], text[2..] + suffix));
    }
}
