using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.SymbolOrder;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>What was found for one binary: its functions that ran, with their blocks in order.</summary>
internal sealed class BinaryOrder
{
    private BinaryOrder(List<MappedFunction> map, List<LayoutFunction> functions, List<LayoutFunction> inOrder, UnplacedCounts unplaced, string buildId)
    {
        (Map, Functions, InOrder, Unplaced, BuildId) = (map, functions, inOrder, unplaced, buildId);
    }

    /// <summary>All functions of the address map.</summary>
    public List<MappedFunction> Map { get; }

    /// <summary>Those that ran and can be named, by the map's order.</summary>
    public List<LayoutFunction> Functions { get; }

    /// <summary>The same in the order in which they should lie.</summary>
    public List<LayoutFunction> InOrder { get; }

    /// <summary>Executions that say nothing of the layout.</summary>
    public UnplacedCounts Unplaced { get; }

    /// <summary>The binary's build-id; empty where it has none.</summary>
    public string BuildId { get; }

    /// <summary>Whose names the map's functions have; null where the layout is not for a build of several binaries.</summary>
    public NameOwners? Owners { get; private init; }

    /// <summary>Finds it.</summary>
    /// <exception cref="ConversionException">Nothing that ran is in the map.</exception>
    public static BinaryOrder Of(Binary binary, List<MappedFunction> map, BinaryCounts counts, CodeLayoutOptions options)
    {
        var index = new BlockIndex(map);
        var flow = new BlockFlow(index, binary.File, counts);
        var functions = LayoutFunctions.Of(index, flow, binary.Symbolizer, options);
        if (functions.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: nothing that ran is in its address map of {map.Count} functions{WhyEmpty(flow.Unplaced, binary.File.HasSymbolTable)}");
        }

        ParallelLoop.Run(functions.Count, options.Threads, i => functions[i].Order = ExtTsp.Order(functions[i].Graph));
        return new BinaryOrder(map, functions, [.. OrderOf(functions, index, flow).Select(i => functions[i])], flow.Unplaced, binary.BuildId)
        {
            Owners = options.IsOfBuild ? NameOwners.Of(map, binary.Symbolizer) : null,
        };
    }

    /// <summary>What is left of it without some functions.</summary>
    /// <param name="reasons">The functions that are left out, and why.</param>
    public BinaryOrder Without(IReadOnlyDictionary<LayoutFunction, UnplacedReason> reasons)
    {
        var unplaced = Unplaced.Copy();
        foreach (var function in Functions)
        {
            if (reasons.TryGetValue(function, out var reason))
            {
                unplaced.Add(reason, ulong.CreateSaturating(function.Weight));
            }
        }

        return new BinaryOrder(Map, [.. Functions.Where(f => !reasons.ContainsKey(f))], [.. InOrder.Where(f => !reasons.ContainsKey(f))], unplaced, BuildId) { Owners = Owners };
    }

    /// <summary>What it is worth.</summary>
    public CodeLayoutReport Report() => new()
    {
        FunctionsInMap = Map.Count,
        Functions = Functions.Count,
        Blocks = Functions.Sum(f => f.Blocks.Length),
        HotBlocks = Functions.Sum(f => f.Hot.Length),
        HotBytes = (ulong)Functions.Sum(f => (long)f.HotBytes),
        Executions = ulong.CreateSaturating(Functions.Sum(f => f.Weight)),
        Before = LayoutMeasurement.Before(Functions),
        After = LayoutMeasurement.After(Functions),
        Unplaced = [.. Unplaced.Reasons()],
    };

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

    private static string WhyEmpty(UnplacedCounts unplaced, bool hasSymbols) =>
        unplaced[UnplacedReason.NoSymbol] > 0 && !hasSymbols ? ": it is stripped, and functions are told to Clang by name. Give the same build before that, or with --debug-dir the folder of its debug file"
        : unplaced.Reasons().MaxBy(r => r.Executions) is { } most ? $": most are {most.Reason}. Is this the build that was recorded?" : ": nothing ran";
}
