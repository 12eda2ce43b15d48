namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Instructions that run one after another.</summary>
/// <param name="First">Index of the first one in <see cref="ControlFlowGraph.Instructions"/>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct BasicBlock(int First, int Count)
{
    /// <summary>Index of the last one.</summary>
    public int Last => First + Count - 1;
}

/// <summary>A way from the end of one block to the start of another.</summary>
/// <param name="From">The block that it leaves; <see cref="ControlFlowGraph.Outside"/> for a way into the function.</param>
/// <param name="To">The block that it leads to; <see cref="ControlFlowGraph.Outside"/> for a way out.</param>
/// <param name="Kind">What takes it.</param>
internal readonly record struct FlowEdge(int From, int To, FlowEdgeKind Kind);

/// <summary>What takes a way between blocks.</summary>
internal enum FlowEdgeKind : byte
{
    /// <summary>The next instruction follows.</summary>
    FallThrough,

    /// <summary>A jump, taken.</summary>
    Taken,

    /// <summary>A call of the function, or its return.</summary>
    CallOrReturn,

    /// <summary>The code ends, and what follows is not of the function: behind a call that does not return, as a rule.</summary>
    FallOut,

    /// <summary>Something that the code does not tell: an exception, a jump by a table that was not recognised, a loop that is left by a signal.</summary>
    Unseen,
}
