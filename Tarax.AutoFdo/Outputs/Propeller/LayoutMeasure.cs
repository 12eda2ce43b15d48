namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>What an order of blocks is worth, as the recording ran.</summary>
/// <param name="Score">Score of ext-TSP within functions, from 0 to 1: 1 would be an order in which no edge between two blocks needs a jump, which few functions have.</param>
/// <param name="TakenBranches">Executions of edges between blocks of a function that need a jump.</param>
/// <param name="Pages">Pages of 4 KiB with code that ran.</param>
public sealed record LayoutMeasure(double Score, ulong TakenBranches, ulong Pages);
