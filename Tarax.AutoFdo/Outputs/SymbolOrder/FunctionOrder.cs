using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>
/// In which order the functions of a program are to lie, so that what calls each other is near, and what runs is together: by call-chain clustering. Linkers follow it where each function has a
/// section of its own (<c>-ffunction-sections</c>). Immutable.
/// </summary>
public sealed class FunctionOrder
{
    private FunctionOrder(IReadOnlyList<OrderedFunction> functions, LayoutScore before, LayoutScore after, IReadOnlyList<UnorderedCode> leftOut) =>
        (Functions, Before, After, LeftOut) = (functions, before, after, leftOut);

    /// <summary>The functions that ran, in their order.</summary>
    public IReadOnlyList<OrderedFunction> Functions { get; }

    /// <summary>How they lie in the binary that ran.</summary>
    public LayoutScore Before { get; }

    /// <summary>How they would lie in this order, as large as they are.</summary>
    public LayoutScore After { get; }

    /// <summary>What ran and is in none of the functions, the largest share first.</summary>
    public IReadOnlyList<UnorderedCode> LeftOut { get; }

    /// <summary>Names that several functions of the binary have, static ones as a rule: linkers put all of them where the first of them is to lie.</summary>
    public int SharedNames { get; private init; }

    /// <summary>Bytes of those of them that did not run, and come to lie between what did.</summary>
    public ulong SharedNamesBytes { get; private init; }

    /// <summary>Orders the functions of a binary.</summary>
    /// <param name="counts">The counts of the binary: with branches, and else with the calls and ranges that the control flow allows (<see cref="ConversionResult.Counts"/>).</param>
    /// <param name="binary">The binary, which stays open.</param>
    /// <exception cref="InvalidFormatException">It is damaged, or changed meanwhile.</exception>
    /// <exception cref="ConversionException">No function of it ran.</exception>
    public static FunctionOrder Of(BinaryCounts counts, Binary binary)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(binary);
        return binary.Use(b => Of(counts, b, b.Symbolizer));
    }

    /// <summary>Writes an order. The file appears whole or not at all.</summary>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <param name="format">For which linker.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, FunctionOrderFormat format)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            Write(writer, format);
        });
    }

    /// <summary>Writes an order; lines end with a single line feed.</summary>
    /// <param name="writer">Where to write it.</param>
    /// <param name="format">For which linker.</param>
    public void Write(TextWriter writer, FunctionOrderFormat format)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (format)
        {
            case FunctionOrderFormat.Gold:
                SectionNames.WriteList(Functions, writer);
                break;
            case FunctionOrderFormat.Gnu:
                SectionNames.WriteScript(Functions, writer);
                break;
            default:
                WriteSymbols(writer);
                break;
        }
    }

    private void WriteSymbols(TextWriter writer)
    {
        // lld warns of a name that comes twice.
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in Functions)
        {
            if (written.Add(function.Names[0]))
            {
                writer.Write(function.Names[0]);
                writer.Write('\n');
            }
        }
    }

    private static FunctionOrder Of(BinaryCounts counts, Binary binary, Symbolizer symbolizer)
    {
        var graph = new CallGraph(counts, binary.File, symbolizer);
        if (graph.Functions.Count == 0)
        {
            string why = graph.LeftOut is [var most, ..] ? $"what ran {most.Reason}" : "nothing of it ran";
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: there are no functions to order: {why}; give the binary with its symbols (not stripped), or their folder with --debug-dir");
        }

        ClusteredNode[] nodes = [.. graph.Functions.Select(f => new ClusteredNode(f.Size, f.ExecutedBytes))];
        int[] order = CallChainClustering.Order(nodes, graph.Calls.Select(c => new ClusteredArc(c.From, c.To, c.Count)));
        var scoring = new LayoutScoring(graph);
        OrderedFunction[] functions = [.. order.Select(i => graph.Functions[i]).Select(f => new OrderedFunction(NamesOf(f.Symbol), f.Start, f.Size, f.ExecutedBytes))];
        var (names, bytes) = Shared(functions, symbolizer);
        return new FunctionOrder(functions, scoring.AsLinked(), scoring.InOrder(order), graph.LeftOut) { SharedNames = names, SharedNamesBytes = bytes };
    }

    /// <summary>Global names first, without the versions that shared objects give them.</summary>
    private static string[] NamesOf(FunctionSymbol symbol) => [.. symbol.Aliases.Select(a => a.Name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? a.Name[..at] : a.Name).Distinct(StringComparer.Ordinal)];

    private static (int Names, ulong Bytes) Shared(OrderedFunction[] functions, Symbolizer symbolizer)
    {
        var ordered = new Dictionary<string, HashSet<ulong>>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            if (!ordered.TryGetValue(function.Names[0], out var addresses))
            {
                ordered.Add(function.Names[0], addresses = []);
            }

            addresses.Add(function.Address);
        }

        var shared = new HashSet<string>(ordered.Where(o => o.Value.Count > 1).Select(o => o.Key), StringComparer.Ordinal);
        ulong bytes = 0;
        foreach (var (name, address, size) in symbolizer.FunctionSymbolsInOrder())
        {
            if (ordered.TryGetValue(name, out var addresses) && addresses.Add(address))
            {
                shared.Add(name);
                bytes += size;
            }
        }

        return (shared.Count, bytes);
    }
}
