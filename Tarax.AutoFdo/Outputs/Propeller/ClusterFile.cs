using System.Globalization;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// The profile that Clang reads (<c>-fbasic-block-sections=list=FILE</c>, BasicBlockSectionsProfileReader.cpp): of each function the blocks that lie together, in their order. Blocks that are not named
/// go into a section for cold code.
/// </summary>
internal static class ClusterFile
{
    /// <summary>Writes version 1, which Clang reads since 17; with counts and hashes where the map has hashes, since compilers that write those read them (22 and later).</summary>
    public static void Write(IReadOnlyList<BinaryOrder> binaries, TextWriter writer)
    {
        writer.Write("v1\n");
        foreach (var binary in binaries.Where(b => b.BuildId.Length > 0))
        {
            writer.Write($"#Profiled binary build ID: {binary.BuildId}\n");
        }

        foreach (var binary in binaries)
        {
            Write(binary.Functions, binary.Map, writer);
        }
    }

    private static void Write(List<LayoutFunction> functions, List<MappedFunction> map, TextWriter writer)
    {
        foreach (var function in functions)
        {
            if (function.Module.Length > 0)
            {
                writer.Write($"m {function.Module}\n");
            }

            writer.Write($"f {string.Join(' ', function.Names.Select(n => n.Name))}\n");
            writer.Write($"c {string.Join(' ', Ids(function))}\n");
            if ((map[function.Index].Features & MapFeatures.BlockHashes) != 0)
            {
                writer.Write($"g {string.Join(' ', Flow(function))}\n");
                writer.Write($"h {string.Join(' ', function.Blocks.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Id}:{b.Hash:X}")))}\n");
            }
        }
    }

    /// <summary>Writes version 0, which every Clang with such profiles reads.</summary>
    public static void WriteOldest(IEnumerable<LayoutFunction> functions, TextWriter writer)
    {
        foreach (var function in functions)
        {
            writer.Write($"!{string.Join('/', function.Names.Select(n => n.Name))}{(function.Module.Length > 0 ? $" M={function.Module}" : "")}\n");
            writer.Write($"!!{string.Join(' ', Ids(function))}\n");
        }
    }

    private static IEnumerable<uint> Ids(LayoutFunction function) => function.Order.Select(o => IdOf(function, o));

    private static uint IdOf(LayoutFunction function, int hot) => function.Blocks[function.Hot[hot]].Id;

    /// <summary>Of each hot block its executions, and those of the edges out of it.</summary>
    private static IEnumerable<string> Flow(LayoutFunction function)
    {
        var edges = function.Graph.Edges.ToLookup(e => e.From);
        for (int i = 0; i < function.Hot.Length; i++)
        {
            yield return string.Join(
                ',',
                edges[i].Select(e => string.Create(CultureInfo.InvariantCulture, $"{IdOf(function, e.To)}:{e.Count}"))
                    .Prepend(string.Create(CultureInfo.InvariantCulture, $"{IdOf(function, i)}:{function.Graph.Counts[i]}")));
        }
    }
}
