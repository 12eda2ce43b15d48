using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>
/// A folder that somebody named for binaries and debug files: a build tree, an unpacked package, a folder of whatever was copied together. Files in it are found by their names, wherever
/// they lie, or else by their build-ids.
/// </summary>
internal sealed class DebugFolder(string root)
{
    /// <summary>More files than any build tree has.</summary>
    private const int MostFiles = 4_000_000;
    private const int IdentSize = 18;

    private readonly Lock _lock = new();
    private Dictionary<string, List<string>>? _byName;
    private Dictionary<string, List<string>>? _byBuildId;

    /// <summary>The files of a name, those whose path ends like another path first.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="like">The path.</param>
    public IEnumerable<string> Named(string name, string like)
    {
        var found = ByName().GetValueOrDefault(name);
        return found is null ? [] : found.OrderByDescending(p => CommonEnd(p, like)).ThenBy(p => p, StringComparer.Ordinal);
    }

    /// <summary>The binaries of a build-id, also those of kernel modules, whatever their names.</summary>
    public IEnumerable<string> Built(BuildId buildId) => buildId.IsEmpty ? [] : ByBuildId().GetValueOrDefault(buildId.ToString(), []);

    private Dictionary<string, List<string>> ByName()
    {
        lock (_lock)
        {
            if (_byName is not null)
            {
                return _byName;
            }

            _byName = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            int files = 0;
            var folders = new Stack<string>([root]);
            while (folders.TryPop(out string? folder) && files < MostFiles)
            {
                try
                {
                    foreach (string name in FileSystem.Names(folder))
                    {
                        string path = Path.Combine(folder, name);
                        if (FileSystem.StatusOf(path, followsLinks: false) is { IsFolder: true })
                        {
                            folders.Push(path);
                        }
                        else if (files++ < MostFiles)
                        {
                            (_byName.TryGetValue(name, out var known) ? known : _byName[name] = []).Add(path);
                        }
                    }
                }
                catch (IOException)
                {
                    // A folder that may not be read has nothing that could be.
                }
            }

            return _byName;
        }
    }

    private Dictionary<string, List<string>> ByBuildId()
    {
        var byName = ByName();
        lock (_lock)
        {
            if (_byBuildId is not null)
            {
                return _byBuildId;
            }

            _byBuildId = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            foreach (string path in byName.Values.SelectMany(p => p).Order(StringComparer.Ordinal).Where(IsBinary))
            {
                try
                {
                    using var file = ElfFile.Open(path);
                    if (!file.BuildId.IsEmpty)
                    {
                        string id = file.BuildId.ToString();
                        (_byBuildId.TryGetValue(id, out var known) ? known : _byBuildId[id] = []).Add(path);
                    }
                }
                catch (Exception e) when (e is InvalidFormatException or IOException)
                {
                    // Not what is looked for.
                }
            }

            return _byBuildId;
        }
    }

    /// <summary>Whether a file begins as an ELF file that was linked; objects, of which build trees are full, only where they are modules.</summary>
    private static bool IsBinary(string path)
    {
        try
        {
            var start = FileSystem.Start(path, new byte[IdentSize]);
            return start.Length == IdentSize && start.StartsWith("\u007fELF"u8)
                && ((start[16] | start[17]) != (int)ElfType.Relocatable || Path.GetFileName(path).Contains(".ko", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Number of parts that two paths have in common at their ends.</summary>
    private static int CommonEnd(string left, string right)
    {
        string[] one = left.Split('/');
        string[] other = right.Split('/');
        int count = 0;
        while (count < Math.Min(one.Length, other.Length) && one[^(count + 1)] == other[^(count + 1)])
        {
            count++;
        }

        return count;
    }
}
