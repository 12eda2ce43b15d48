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
        foreach (var function in functions)
        {
            foreach (var name in function.Names)
            {
                writer.Write($"{name.Name}\n");
            }
        }

        foreach (var function in functions)
        {
            if (function.Hot.Length < function.Blocks.Length)
            {
                writer.Write($"{function.Names[0].Name}.cold\n");
            }
        }
    }
}
