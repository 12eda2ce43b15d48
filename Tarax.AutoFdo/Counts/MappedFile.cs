using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Counts;

/// <summary>A file that a recording saw mapped; one object for each name, build-id and inode.</summary>
internal sealed class MappedFile
{
    private const string DeletedSuffix = " (deleted)";
    private const string ReplacedSuffix = " (replaced)";
    private const string KernelMap = "[kernel.kallsyms]";

    private readonly string _name;

    public MappedFile(string name, BuildId buildId, bool isKernel, FileIdentity identity = default)
    {
        _name = WithoutDeletedSuffix(name);
        BuildId = buildId;
        Identity = identity;
        IsKernel = isKernel;
        IsOfElf = Name == MappingName.ElfAddresses;
        IsAsLinked = IsOfElf || Name == MappingName.AsLinked;
        KernelReferenceSymbol = isKernel && Name.StartsWith(KernelMap, StringComparison.Ordinal)
            ? (Name.Length > KernelMap.Length ? Name[KernelMap.Length..] : "_text")
            : null;
        IsKernelModule = isKernel && !IsAsLinked && KernelReferenceSymbol is null && ModuleName(Name) is not null;
    }

    /// <summary>Files are the same by name and build-id; they may become so only when the recording's build-ids are known.</summary>
    public static IEqualityComparer<MappedFile> SameFile { get; } = EqualityComparer<MappedFile>.Create(
        (a, b) => a!.Name == b!.Name && a.BuildId.Equals(b.BuildId) && a.IsKernel == b.IsKernel,
        file => HashCode.Combine(file.Name, file.BuildId, file.IsKernel));

    /// <summary>The path as recorded, without the mark of a file that was replaced while it ran; of one that another stood for later at this path, with a mark.</summary>
    public string Name => IsReplaced ? _name + ReplacedSuffix : _name;

    /// <summary>The path as recorded.</summary>
    public string Path => _name;

    /// <summary>The file by its inode; none where it is known by its build-id, or the recording does not tell.</summary>
    public FileIdentity Identity { get; }

    /// <summary>Whether another file was at this path later, of the same file system; may change until the recording is read.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>The build-id of the mapping itself, or the one that the recording's table gives to this name.</summary>
    public BuildId BuildId { get; set; }

    public bool IsKernel { get; }

    /// <summary>Whether positions in it are the addresses that the binary was linked for: it stands for whatever binary (a text of perf script without mappings), or <see cref="IsOfElf"/>.</summary>
    public bool IsAsLinked { get; }

    /// <summary>Whether positions in it are addresses of the ELF file, wherever it ran; it is known by its build-id alone, or stands for whatever binary.</summary>
    public bool IsOfElf { get; }

    /// <summary>
    /// The symbol whose runtime address the kernel's own mapping states in place of a file offset, <c>_text</c> or <c>_stext</c>;
    /// null for any other file (perf_event__synthesize_kernel_mmap in tools/perf).
    /// </summary>
    public string? KernelReferenceSymbol { get; }

    /// <summary>Whether it is a loadable module of the kernel, by its path or by <c>[name]</c>.</summary>
    public bool IsKernelModule { get; }

    /// <summary>A path without the mark of a file that was replaced while it ran.</summary>
    public static string WithoutDeletedSuffix(string name) => name.EndsWith(DeletedSuffix, StringComparison.Ordinal) ? name[..^DeletedSuffix.Length] : name;

    /// <summary>
    /// The module's name as the kernel writes it, without folder, <c>.ko</c> and compression, with underscores for hyphens; null for a name that is
    /// no module's.
    /// </summary>
    public static string? ModuleName(string fileName)
    {
        string name = System.IO.Path.GetFileName(fileName);
        if (fileName.StartsWith('[') && fileName.EndsWith(']') && !fileName.StartsWith(KernelMap, StringComparison.Ordinal))
        {
            return fileName[1..^1].Replace('-', '_');
        }

        int extension = name.IndexOf(".ko", StringComparison.Ordinal);
        return extension > 0 && (name[(extension + 3)..] is "" or ".gz" or ".xz" or ".zst" or ".debug") ? name[..extension].Replace('-', '_') : null;
    }

    /// <summary>Whether a name in the recording's build-id table is the kernel's.</summary>
    public static bool IsKernelName(string name) =>
        name.StartsWith(KernelMap, StringComparison.Ordinal) || System.IO.Path.GetFileName(name).StartsWith("vmlinux", StringComparison.Ordinal);

    /// <summary>Whether a name stands for memory without an ELF file behind it.</summary>
    public static bool IsAnonymous(ReadOnlySpan<byte> name) =>
        name.IsEmpty
        || name.StartsWith("//anon"u8) || name.StartsWith("/anon_hugepage"u8) || name.StartsWith("anon_inode:"u8)
        || name.StartsWith("/SYSV"u8) || name.StartsWith("/dev/zero"u8)
        || name.SequenceEqual("[heap]"u8) || name.SequenceEqual("[stack]"u8) || name.SequenceEqual("[anon]"u8);
}
