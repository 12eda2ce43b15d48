using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>
/// The units of split DWARF that belong to the skeletons of a file: each in a .dwo file of its own, or all in one .dwp beside the binary
/// (DWARF 5, section 7.3; the GNU extension before).
/// </summary>
internal sealed class SplitUnits(DwarfFile main) : IDisposable
{
    private readonly List<ElfFile> _files = [];
    private ElfFile? _package;
    private bool _hasLookedForPackage;

    /// <summary>The split unit of a skeleton.</summary>
    /// <param name="skeleton">The skeleton.</param>
    /// <param name="id">Its dwo_id.</param>
    /// <param name="problem">What is missing, where the result is null.</param>
    public DwarfUnit? Find(DwarfUnit skeleton, ulong id, out string? problem)
    {
        lock (_files)
        {
            return FindAlone(skeleton, id, out problem);
        }
    }

    private DwarfUnit? FindAlone(DwarfUnit skeleton, ulong id, out string? problem)
    {
        problem = null;
        if (Package() is { } package && PackageIndex.TryFind(package, id, main.Sections, out var contribution))
        {
            return UnitOf(main.Split(package.Path, contribution), id);
        }

        string name = skeleton.DwoName;
        string[] candidates =
        [
            Path.Combine(skeleton.CompilationDirectory, name),
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(main.Path)) ?? "/", Path.GetFileName(name)),
        ];
        foreach (string path in candidates)
        {
            if (FileSystem.IsRegular(path) && Open(path) is { } file && DwarfSections.OfSplit(file, main.Sections) is { } sections
                && UnitOf(main.Split(path, sections), id) is { } unit)
            {
                return unit;
            }
        }

        problem = name;
        return null;
    }

    /// <summary>The files that were opened.</summary>
    public IEnumerable<string> Files
    {
        get
        {
            lock (_files)
            {
                return [.. _files.Select(f => f.Path)];
            }
        }
    }

    /// <summary>See <see cref="ByteSource.EnsureUnchanged"/>.</summary>
    public void EnsureUnchanged()
    {
        lock (_files)
        {
            _files.ForEach(f => f.EnsureUnchanged());
        }
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private static DwarfUnit? UnitOf(DwarfFile file, ulong id) =>
        file.Units.FirstOrDefault(u => u.DwoId == id && u.Type is DwarfUnitType.SplitCompile or DwarfUnitType.Compile);

    private ElfFile? Package()
    {
        if (!_hasLookedForPackage)
        {
            _hasLookedForPackage = true;
            string path = main.Path + ".dwp";
            _package = FileSystem.IsRegular(path) ? Open(path) : null;
        }

        return _package;
    }

    private ElfFile? Open(string path)
    {
        try
        {
            var file = ElfFile.Open(path);
            _files.Add(file);
            return file;
        }
        catch (Exception e) when (e is InvalidFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
