using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>The functions that ran, with their flow.</summary>
internal static class LayoutFunctions
{
    /// <summary>Those that can be named, by the map's order.</summary>
    /// <param name="index">The blocks.</param>
    /// <param name="flow">How they ran; what cannot be named is noted there.</param>
    /// <param name="symbolizer">Names.</param>
    /// <param name="options">Which functions have their modules.</param>
    public static List<LayoutFunction> Of(BlockIndex index, BlockFlow flow, Symbolizer symbolizer, CodeLayoutOptions options)
    {
        var edges = EdgesByFunction(index, flow);
        var blocks = BlocksByFunction(index, flow);
        var functions = new List<LayoutFunction>();
        foreach (var (function, indices) in blocks.OrderBy(b => b.Key))
        {
            if (index.Contradicts[function] || HasNumberTwice(index, indices))
            {
                flow.Unplaced.Add(UnplacedReason.DamagedEntry, ExecutionsOf(indices, flow));
                continue;
            }

            var mapped = index.Functions[function];
            var names = NamesAt(symbolizer, mapped.Entry);
            SymbolAlias[] writable = [.. names.Where(n => n.Name.Length > 0 && !n.Name.Any(char.IsWhiteSpace))];
            if (writable.Length > 0)
            {
                functions.Add(FunctionOf(function, index, indices, flow, edges.GetValueOrDefault(function) ?? [], writable));
            }
            else
            {
                flow.Unplaced.Add(names.Length == 0 ? UnplacedReason.NoSymbol : UnplacedReason.UnwritableName, ExecutionsOf(indices, flow));
            }
        }

        var named = Named(functions, symbolizer, flow.Unplaced, index, options.AllModules);
        if (options.IsOfBuild)
        {
            named.ForEach(f => f.Unit = ModuleAt(symbolizer, index.Functions[f.Index].Entry));
        }

        return named;
    }

    /// <summary>The names of what begins at an address.</summary>
    public static SymbolAlias[] NamesAt(Symbolizer symbolizer, ulong entry) => symbolizer.FindSymbol(entry) is { } symbol && symbol.Start == entry ? symbol.Aliases : [];

    /// <summary>The file that the function at an address was compiled from, as LLVM compares it; empty where it is not known.</summary>
    public static string ModuleAt(Symbolizer symbolizer, ulong entry) => WithoutLeadingDot(symbolizer.UnitNameAt(entry));

    /// <summary>Clang refuses a profile that names a block twice. Clones of a block have its number.</summary>
    private static bool HasNumberTwice(BlockIndex index, List<int> blocks)
    {
        var numbers = new HashSet<uint>();
        return blocks.Exists(b => !numbers.Add(index.Blocks[b].Id));
    }

    private static ulong ExecutionsOf(List<int> blocks, BlockFlow flow) => ulong.CreateSaturating(blocks.Aggregate(UInt128.Zero, (sum, b) => sum + flow.Executed[b]));

    /// <summary>The blocks of the functions that ran, by address.</summary>
    private static Dictionary<int, List<int>> BlocksByFunction(BlockIndex index, BlockFlow flow)
    {
        var ran = new HashSet<int>();
        for (int i = 0; i < index.Blocks.Length; i++)
        {
            if (flow.Executed[i] > 0)
            {
                ran.Add(index.FunctionOf[i]);
            }
        }

        var blocks = new Dictionary<int, List<int>>();
        for (int i = 0; i < index.Blocks.Length; i++)
        {
            int function = index.FunctionOf[i];
            if (!ran.Contains(function))
            {
                continue;
            }

            if (!blocks.TryGetValue(function, out var ofFunction))
            {
                blocks.Add(function, ofFunction = []);
            }

            ofFunction.Add(i);
        }

        return blocks;
    }

    /// <summary>All edges between blocks, of each pair together.</summary>
    private static Dictionary<int, List<FlowEdge>> EdgesByFunction(BlockIndex index, BlockFlow flow)
    {
        var counts = new Dictionary<(int From, int To), ulong>(flow.Jumps);
        for (int i = 0; i < index.Blocks.Length; i++)
        {
            if (flow.FellThrough[i] > 0)
            {
                counts[(i, i + 1)] = Numbers.SaturatingSum.Of(counts.GetValueOrDefault((i, i + 1)), flow.FellThrough[i]);
            }
        }

        var edges = new Dictionary<int, List<FlowEdge>>();
        foreach (var ((from, to), count) in counts)
        {
            int function = index.FunctionOf[from];
            if (!edges.TryGetValue(function, out var ofFunction))
            {
                edges.Add(function, ofFunction = []);
            }

            ofFunction.Add(new FlowEdge(from, to, count));
        }

        return edges;
    }

    private static LayoutFunction FunctionOf(int function, BlockIndex index, List<int> indices, BlockFlow flow, List<FlowEdge> edges, SymbolAlias[] names)
    {
        // The block of the first instruction comes first; with several sections others may lie before it.
        int entry = indices.FindIndex(i => index.Blocks[i].Start == index.Functions[function].Entry);
        if (entry > 0)
        {
            int first = indices[entry];
            indices.RemoveAt(entry);
            indices.Insert(0, first);
        }

        bool anyPadRan = indices.Any(i => flow.Executed[i] > 0 && IsLandingPad(index.Blocks[i]));
        var hot = new List<int>();
        var placeOf = new Dictionary<int, int>();
        for (int i = 0; i < indices.Count; i++)
        {
            if (i == 0 || flow.Executed[indices[i]] > 0 || (anyPadRan && IsLandingPad(index.Blocks[indices[i]])))
            {
                placeOf.Add(indices[i], hot.Count);
                hot.Add(i);
            }
        }

        FlowEdge[] within = [.. edges.Select(e => new FlowEdge(placeOf[e.From], placeOf[e.To], e.Count)).OrderBy(e => (e.From, e.To))];
        TellJumps(within, i => index.Blocks[indices[hot[i]]].Properties);
        return new LayoutFunction
        {
            Index = function,
            Names = names,
            Blocks = [.. indices.Select(i => index.Blocks[i])],
            Hot = [.. hot],
            Graph = new FlowGraph([.. hot.Select(h => index.Blocks[indices[h]].Size)], [.. hot.Select(h => flow.Executed[indices[h]])], within),
            Entries = flow.Executed[indices[0]],
        };
    }

    /// <summary>
    /// A block that leads to one other needs a jump to it, unless it is right behind. One that leads to two has a branch with a condition to one of them, and needs a jump only where neither is behind it,
    /// for the edge that is taken less. A branch to an address in a register is taken always.
    /// </summary>
    private static void TellJumps(FlowEdge[] edges, Func<int, BlockProperties> propertiesOf)
    {
        for (int first = 0, end; first < edges.Length; first = end)
        {
            for (end = first + 1; end < edges.Length && edges[end].From == edges[first].From; end++)
            {
            }

            bool isIndirect = (propertiesOf(edges[first].From) & BlockProperties.IndirectBranch) != 0;
            ulong jumps = isIndirect || end - first > 2 ? 0 : end - first == 1 ? edges[first].Count : Math.Min(edges[first].Count, edges[first + 1].Count);
            for (int i = first; i < end; i++)
            {
                edges[i] = edges[i] with { IsIndirect = isIndirect, JumpsSaved = jumps };
            }
        }
    }

    private static bool IsLandingPad(in MappedBlock block) => (block.Properties & BlockProperties.LandingPad) != 0;

    /// <summary>Static functions may share a name; the file of the compile unit tells them apart.</summary>
    private static List<LayoutFunction> Named(List<LayoutFunction> functions, Symbolizer symbolizer, UnplacedCounts unplaced, BlockIndex index, bool allModules)
    {
        var wanted = functions.SelectMany(f => f.Names.Select(n => n.Name)).ToHashSet(StringComparer.Ordinal);
        var owners = new Dictionary<string, HashSet<ulong>>(StringComparer.Ordinal);
        foreach (var mapped in index.Functions)
        {
            foreach (string name in NamesAt(symbolizer, mapped.Entry).Select(a => a.Name).Where(wanted.Contains))
            {
                if (!owners.TryGetValue(name, out var ofName))
                {
                    owners.Add(name, ofName = []);
                }

                ofName.Add(mapped.Entry);
            }
        }

        var modules = new Dictionary<ulong, string>();
        string KnownModuleAt(ulong entry) => modules.TryGetValue(entry, out string? known) ? known : modules[entry] = ModuleAt(symbolizer, entry);
        bool IsTold(LayoutFunction function, ulong entry) => function.Names.All(n => owners[n.Name].All(other => other == entry || KnownModuleAt(other) != KnownModuleAt(entry)));
        var named = new List<LayoutFunction>();
        foreach (var function in functions)
        {
            ulong entry = index.Functions[function.Index].Entry;
            bool isAlone = function.Names.All(n => owners[n.Name].Count == 1);
            function.Module = isAlone && !allModules ? "" : KnownModuleAt(entry);
            if (isAlone || (function.Module.Length > 0 && IsTold(function, entry)))
            {
                named.Add(function);
            }
            else
            {
                unplaced.Add(UnplacedReason.AmbiguousName, ulong.CreateSaturating(function.Weight));
            }
        }

        return named;
    }

    /// <summary>As LLVM compares (BasicBlockSectionsProfileReader.cpp); empty for one that its lines cannot have.</summary>
    private static string WithoutLeadingDot(string path)
    {
        if (path.Any(char.IsWhiteSpace))
        {
            return "";
        }

        while (path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[2..].TrimStart('/');
        }

        return path;
    }
}
