namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// The order that lld reads (<c>--symbol-ordering-file=FILE</c>): a symbol on each line. First where functions run, then, in the same order, what is left of them, which Clang calls <c>NAME.cold</c>.
/// </summary>
internal static class SymbolOrderFile
{
    /// <summary>Writes it.</summary>
    /// <param name="functions">The functions in their order.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(IReadOnlyList<LayoutFunction> functions, TextWriter writer)
    {
        // Statics of one name are one symbol here: they lie together, where the first should.
        var written = new HashSet<string>(StringComparer.Ordinal);
        var hot = functions.SelectMany(f => f.Names.Select(n => n.Name));

        // Clang names the part by the function's own name, whichever of several that is: a constructor's may be that of its base variant.
        var cold = functions.Where(f => f.Hot.Length < f.Blocks.Length).SelectMany(f => f.Names.Select(n => $"{n.Name}.cold"));
        foreach (string symbol in hot.Concat(cold).Where(written.Add))
        {
            writer.Write($"{symbol}\n");
        }
    }
}
