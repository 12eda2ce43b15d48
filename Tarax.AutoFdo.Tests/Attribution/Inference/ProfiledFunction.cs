using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Attribution.Inference;

/// <summary>The function <c>run</c> of a program, compiled by GCC 12 with <c>-O2</c>, of which it is known how often each block ran.</summary>
internal static class ProfiledFunction
{
    /// <summary>The counts of its lines, from that of the function.</summary>
    /// <param name="source">The program.</param>
    /// <param name="runs">How often a block ran.</param>
    /// <param name="find">What finds the code that shall not count; null: all counts.</param>
    public static Dictionary<int, ulong> CountsOfLines(
        string source, Func<ControlFlowGraph, int, ulong> runs, Func<FunctionGraphs, ICodeFilter>? find)
    {
        string program = Path.Combine(TestEnvironment.NewFolder(), "program");
        File.WriteAllText(program + ".c", source);
        TestEnvironment.Run("gcc-12", "-O2", "-g", "-w", "-fcf-protection=none", "-o", program, program + ".c");
        using var files = new BinaryFiles(ElfFile.Open(program));
        using var symbolizer = new Symbolizer(files);
        var (_, entry) = symbolizer.FunctionStarts().Single(s => s.Name == "run");
        var graphs = FunctionGraphs.Of(files.Binary)!;
        var graph = graphs.Build(symbolizer.FindFunction(entry)!.Debug.Ranges, entry)!;
        var ranges = graph.Blocks.Select((b, index) => new RangeCount(Offset(graph.Instructions[b.First].Address), Offset(graph.Instructions[b.Last].Address), runs(graph, index), 0));
        var counts = new BinaryCounts(null, [], [.. ranges], [], []);
        var builder = ProfileBuilder.Of(counts, symbolizer);
        var profile = builder.Build(new AttributionChoices { Filter = find?.Invoke(graphs) });
        var positions = profile.Functions.Single(f => f.Name == "run").Body.Positions;
        var all = ProfileBuilder.Of(counts, symbolizer).Build(new AttributionChoices());
        Assert.That(builder.Statistics.PositionsLeftOut, Is.EqualTo(all.Functions.Single(f => f.Name == "run").Body.Positions.Count - positions.Count), "what is left out is told");
        return positions.GroupBy(p => p.Position.LineOffset).ToDictionary(g => g.Key, g => g.Max(p => p.Count));

        ulong Offset(ulong address) => files.Binary.TryGetFileOffset(address, out ulong offset) ? offset : throw new InvalidOperationException("no code there");
    }
}
