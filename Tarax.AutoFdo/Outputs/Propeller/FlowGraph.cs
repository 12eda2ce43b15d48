namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>An edge from one block of a function to another.</summary>
/// <param name="From">Index of the block that is left.</param>
/// <param name="To">Index of the block that is entered.</param>
/// <param name="Count">Executions.</param>
/// <param name="IsIndirect">Whether it is a branch to an address in a register or in memory, which is one wherever its target lies.</param>
/// <param name="JumpsSaved">Executions of jumps without a condition that there would be besides, were the target not right behind the source.</param>
internal readonly record struct FlowEdge(int From, int To, ulong Count, bool IsIndirect = false, ulong JumpsSaved = 0);

/// <summary>Blocks of a function and the edges between them: what an order is chosen by.</summary>
/// <param name="Sizes">Bytes of each block; the first block is the function's first.</param>
/// <param name="Counts">Executions of each block.</param>
/// <param name="Edges">The edges, each pair of blocks once, by ascending source and target.</param>
internal sealed record FlowGraph(uint[] Sizes, ulong[] Counts, FlowEdge[] Edges);
