namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>A function, or a part of one that has a symbol of its own, in the order in which it is to lie.</summary>
/// <param name="Names">The names of its symbols: that which the order names comes first.</param>
/// <param name="Address">ELF virtual address in the binary that ran.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ExecutedBytes">Sum over all that ran of it, of executions times bytes; the largest number where there were more.</param>
public sealed record OrderedFunction(IReadOnlyList<string> Names, ulong Address, ulong Size, ulong ExecutedBytes);

/// <summary>Code that ran and is not in an order.</summary>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Share">Its share of the bytes that ran, 0 to 1.</param>
public sealed record UnorderedCode(string Reason, double Share);
