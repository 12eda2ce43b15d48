namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>How well the functions of an order lie, in some layout.</summary>
/// <param name="Pages">Pages of 4 KiB that hold code which ran.</param>
/// <param name="HotPages">The fewest of them that hold 99 % of the bytes that ran.</param>
/// <param name="CallsWithinPage">Share of the calls between two functions that stay in one page, 0 to 1; from the call to the callee's first byte.</param>
/// <param name="MeanCallDistance">Bytes between the call and the callee's first byte, mean over all calls between two functions.</param>
public sealed record LayoutScore(int Pages, int HotPages, double CallsWithinPage, double MeanCallDistance);
