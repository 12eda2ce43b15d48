using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Outputs.SymbolOrder;

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

    private readonly List<MappedFunction> _map;
    private readonly List<LayoutFunction> _functions;
    private readonly List<LayoutFunction> _inOrder;
    private readonly string _buildId;
    private readonly int _version;

    private CodeLayout(List<MappedFunction> map, List<LayoutFunction> functions, List<LayoutFunction> inOrder, string buildId, int version, CodeLayoutReport report)
    {
        (_map, _functions, _inOrder, _buildId, _version, Report) = (map, functions, inOrder, buildId, version, report);
    }

    /// <summary>What was found, and what it is worth.</summary>
    public CodeLayoutReport Report { get; }

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
        return binary.Use(b => Found(b, counts, options));
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
            ClusterFile.WriteOldest(_functions, writer);
        }
        else
        {
            ClusterFile.Write(_functions, _map, _buildId, writer);
        }
    }

    /// <summary>Writes the order that lld reads.</summary>
    /// <param name="writer">Where to; lines end with a line feed.</param>
    public void WriteOrder(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        SymbolOrderFile.Write(_inOrder, writer);
    }

    private static void Save(string path, Action<TextWriter> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var outputs = new OutputSet();
        outputs.AddText(path, write);
        outputs.Commit();
    }

    private static CodeLayout Found(Binary binary, BinaryCounts counts, CodeLayoutOptions options)
    {
        var map = MapOf(binary);
        var index = new BlockIndex(map);
        var flow = new BlockFlow(index, binary.File, counts);
        var functions = LayoutFunctions.Of(index, flow, binary.Symbolizer, options.AllModules);
        if (functions.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: nothing that ran is in its address map of {map.Count} functions{WhyEmpty(flow.Unplaced, binary.File)}");
        }

        ParallelLoop.Run(functions.Count, options.Threads, i => functions[i].Order = ExtTsp.Order(functions[i].Graph));
        var report = new CodeLayoutReport
        {
            FunctionsInMap = map.Count,
            Functions = functions.Count,
            Blocks = functions.Sum(f => f.Blocks.Length),
            HotBlocks = functions.Sum(f => f.Hot.Length),
            HotBytes = (ulong)functions.Sum(f => (long)f.HotBytes),
            Executions = ulong.CreateSaturating(functions.Sum(f => f.Weight)),
            Before = LayoutMeasurement.Before(functions),
            After = LayoutMeasurement.After(functions),
            Unplaced = [.. Reasons(flow.Unplaced)],
        };
        return new CodeLayout(map, functions, [.. OrderOf(functions, index, flow).Select(i => functions[i])], binary.BuildId, options.ClusterVersion, report);
    }

    private static int[] OrderOf(List<LayoutFunction> functions, BlockIndex index, BlockFlow flow)
    {
        var placeOf = new Dictionary<int, int>();
        for (int i = 0; i < functions.Count; i++)
        {
            placeOf.Add(functions[i].Index, i);
        }

        var calls = flow.Calls.Where(c => placeOf.ContainsKey(index.FunctionOf[c.Key.From]) && placeOf.ContainsKey(c.Key.Function))
            .Select(c => new ClusteredArc(placeOf[index.FunctionOf[c.Key.From]], placeOf[c.Key.Function], c.Value));
        return CallChainClustering.Order([.. functions.Select(f => new ClusteredNode(f.HotBytes, ulong.CreateSaturating(f.Weight)))], calls);
    }

    /// <summary>The map of the binary, or of the file with its debug information, which keeps it where the binary was stripped.</summary>
    private static List<MappedFunction> MapOf(Binary binary)
    {
        var file = AddressMap.IsIn(binary.File) ? binary.File : binary.Files.Debug;
        try
        {
            return AddressMap.IsIn(file) ? AddressMap.Read(file) : throw new ConversionException(ConversionFailure.NoAddressMap, $"{binary.Path}: {WithoutMap(binary.File)}");
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

    private static string WhyEmpty(UnplacedCounts unplaced, ElfFile file) =>
        unplaced[UnplacedReason.NoSymbol] > 0 && !file.HasSymbolTable ? ": it is stripped, and functions are told to Clang by name. Give the same build before that, or with --debug-dir the folder of its debug file"
        : Reasons(unplaced).MaxBy(r => r.Executions) is { } most ? $": most are {most.Reason}. Is this the build that was recorded?" : ": nothing ran";

    private static IEnumerable<UnplacedExecutions> Reasons(UnplacedCounts unplaced) =>
        Enum.GetValues<UnplacedReason>().Where(r => unplaced[r] > 0).Select(r => new UnplacedExecutions(UnplacedCounts.Text(r), unplaced[r]));
}
