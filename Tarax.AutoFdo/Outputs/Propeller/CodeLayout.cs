using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// In which order blocks and functions should lie, for Clang (<c>-fbasic-block-sections=list=</c>) and lld (<c>--symbol-ordering-file=</c>), which call that Propeller. The binary that was recorded must
/// have been built by Clang with <c>-fbasic-block-address-map</c>. Objects do not change, and any thread may use them.
/// </summary>
public sealed class CodeLayout
{
    /// <summary>What is added to a prefix for the profile that Clang reads, as the kernel's makefile does.</summary>
    public const string ClusterSuffix = "_cc_profile.txt";

    /// <summary>What is added to a prefix for the order that lld reads.</summary>
    public const string OrderSuffix = "_ld_profile.txt";

    private readonly BinaryOrder[] _binaries;
    private readonly int _version;

    private CodeLayout(BinaryOrder[] binaries, int version)
    {
        (_binaries, _version) = (binaries, version);
        Reports = Array.ConvertAll(binaries, b => b.Report());
    }

    /// <summary>What was found, and what it is worth; of several binaries for the first.</summary>
    public CodeLayoutReport Report => Reports[0];

    /// <summary>What was found for each binary.</summary>
    public IReadOnlyList<CodeLayoutReport> Reports { get; }

    /// <summary>Finds a layout.</summary>
    /// <param name="binary">The program, shared object, vmlinux or module that ran; it stays open.</param>
    /// <param name="counts">Its counts: those of a conversion, which were checked and inferred, or those of a recording.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">The address map is damaged or of a version that is not known, or the binary changed.</exception>
    /// <exception cref="ConversionException">The binary has no address map, or nothing that ran is in it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is none that there can be.</exception>
    public static CodeLayout Of(Binary binary, BinaryCounts counts, CodeLayoutOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(binary);
        ArgumentNullException.ThrowIfNull(counts);
        options ??= new CodeLayoutOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)options.ClusterVersion, 1u, nameof(options));
        return binary.Use(b => new CodeLayout([BinaryOrder.Of(b, MapOf(b, counts), counts, options)], options.ClusterVersion));
    }

    /// <summary>
    /// Puts layouts of binaries of one build together, which the compiler and the linker read in one pair of files, as Linux builds vmlinux and its modules. Functions of one name are told apart by the
    /// files that they were compiled from; of a function that several binaries have, that counts in which it ran most.
    /// </summary>
    /// <param name="layouts">Layouts that were found with <see cref="CodeLayoutOptions.IsOfBuild"/>, in the order in which they are written.</param>
    /// <exception cref="ArgumentException">There is none, or one was found otherwise, or they are for different versions of the profile.</exception>
    public static CodeLayout OfBuild(IReadOnlyList<CodeLayout> layouts)
    {
        ArgumentNullException.ThrowIfNull(layouts);
        if (layouts.Count == 0 || layouts.Any(l => l._version != layouts[0]._version || l._binaries.Any(b => b.Owners is null)))
        {
            throw new ArgumentException($"layouts of a build are found with {nameof(CodeLayoutOptions.IsOfBuild)}, for one version of the profile", nameof(layouts));
        }

        return new CodeLayout(BuildLayouts.Together([.. layouts.SelectMany(l => l._binaries)]), layouts[0]._version);
    }

    /// <summary>Writes both files, which appear whole and together, or not at all.</summary>
    /// <param name="prefix">What their names begin with: <see cref="ClusterSuffix"/> and <see cref="OrderSuffix"/> come behind it.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        using var outputs = new OutputSet();
        AddTo(outputs, prefix + ClusterSuffix, prefix + OrderSuffix);
        outputs.Commit();
    }

    /// <summary>Adds both files to the outputs of a command.</summary>
    internal void AddTo(OutputSet outputs, string clusters, string order)
    {
        outputs.AddText(clusters, WriteClusters);
        outputs.AddText(order, WriteOrder);
    }

    /// <summary>Writes the profile that Clang reads. It appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SaveClusters(string path) => Save(path, WriteClusters);

    /// <summary>Writes the order that lld reads. It appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SaveOrder(string path) => Save(path, WriteOrder);

    /// <summary>Writes the profile that Clang reads.</summary>
    /// <param name="writer">Where to; lines end with a line feed.</param>
    public void WriteClusters(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (_version == 0)
        {
            ClusterFile.WriteOldest(_binaries.SelectMany(b => b.Functions), writer);
        }
        else
        {
            ClusterFile.Write(_binaries, writer);
        }
    }

    /// <summary>Writes the order that lld reads.</summary>
    /// <param name="writer">Where to; lines end with a line feed.</param>
    public void WriteOrder(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        SymbolOrderFile.Write([.. _binaries.SelectMany(b => b.InOrder)], writer);
    }

    private static void Save(string path, Action<TextWriter> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var outputs = new OutputSet();
        outputs.AddText(path, write);
        outputs.Commit();
    }

    /// <summary>The map of the binary, or of the file with its debug information, which keeps it where the binary was stripped.</summary>
    private static List<MappedFunction> MapOf(Binary binary, BinaryCounts counts)
    {
        var file = AddressMap.IsIn(binary.File) ? binary.File : binary.Files.Debug;
        try
        {
            return AddressMap.IsIn(file) ? AddressMap.Read(file, RecordedCode.Of(counts, binary.File)) : throw new ConversionException(ConversionFailure.NoAddressMap, $"{binary.Path}: {WithoutMap(binary.File)}");
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(file.Path, e);
        }
    }

    private static string WithoutMap(ElfFile file) =>
        $"has no address map of its blocks (.llvm_bb_addr_map){(file.HasSymbolTable ? "" : ", and is stripped: give the same build before that, or with --debug-dir the folder of its debug file")}. "
        + (file.IsOfKernel
            ? "Build the kernel with Clang and CONFIG_PROPELLER_CLANG=y, and record it again"
            : "Build it with Clang 17 or later and -fbasic-block-address-map (with ThinLTO also -Wl,--lto-basic-block-address-map for the linker), and record it again");
}
