using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Attribution;

/// <summary>The control flow of those functions of a binary that it takes no more than a time in proportion to the binary to follow.</summary>
/// <param name="graphs">The control flow of the binary's functions.</param>
internal sealed class AffordableGraphs(FunctionGraphs graphs)
{
    private readonly HashSet<CodeFunction> _affordable = [];

    /// <summary>Receives all functions, before any is asked for.</summary>
    public void Prepare(IReadOnlyList<CodeFunction> functions)
    {
        bool[] affordable = graphs.Affordable([.. functions.Select(f => f.Debug.Ranges)]);
        for (int i = 0; i < affordable.Length; i++)
        {
            if (affordable[i])
            {
                _affordable.Add(functions[i]);
            }
        }
    }

    /// <summary>The control flow of a function; null where it cannot be followed. Any thread may ask.</summary>
    public ControlFlowGraph? Of(CodeFunction function) => _affordable.Contains(function) ? graphs.Build(function.Debug.Ranges, function.Entry) : null;
}
