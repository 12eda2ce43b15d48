using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Attribution;

/// <summary>Tells code that always runs together: that of one basic block.</summary>
/// <param name="graphs">The control flow of the binary's functions; null where it is not known.</param>
internal sealed class CodePieces(FunctionGraphs? graphs)
{
    private readonly AffordableGraphs? _graphs = graphs is null ? null : new AffordableGraphs(graphs);

    /// <summary>Receives all functions that will be asked for.</summary>
    public void Prepare(IReadOnlyList<CodeFunction> functions) => _graphs?.Prepare(functions);

    /// <summary>A number for each segment of a function that those of the same block have too, and no others of the binary; empty where the control flow is not known. Any thread may ask.</summary>
    public ulong[] Of(CodeFunction function, FunctionSource source)
    {
        if (_graphs?.Of(function) is not { } graph)
        {
            return [];
        }

        ulong[] pieces = new ulong[source.Segments.Length];
        for (int i = 0; i < pieces.Length; i++)
        {
            int block = graph.BlockOf(graph.InstructionHolding(source.Segments[i].Start));
            pieces[i] = block < 0 ? source.Segments[i].Start : graph.Instructions[graph.Blocks[block].First].Address;
        }

        return pieces;
    }
}
