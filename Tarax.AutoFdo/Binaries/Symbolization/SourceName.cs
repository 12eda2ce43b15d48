using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>
/// The name by which LLVM's compilers look a function up when they read a profile. Later, LTO renames statics of one name (<c>pick.3</c>), CFI and specialization make clones
/// (<c>helper.0123….cfi</c>, <c>fold.specialized.1</c>), and coroutines are split (<c>.resume</c>, <c>.destroy</c>, <c>.cleanup</c>; llvm/lib/Transforms/Coroutines/CoroSplit.cpp): the debug
/// information keeps the name of the source, but for coroutines.
/// </summary>
internal static class SourceName
{
    private static readonly string[] CoroutineParts = [".resume", ".destroy", ".cleanup"];

    /// <summary>The name of a function that LLVM compiled.</summary>
    /// <param name="aliases">The symbols at its entry.</param>
    /// <param name="described">What the debug information says.</param>
    public static string OfLlvm(SymbolAlias[] aliases, FunctionDescription described)
    {
        string own = described.Name;
        if (described.HasLinkageName)
        {
            return own;
        }

        // A plain name is that of the linker in C; with line tables only, C++ has no other in the debug information, and the symbol is taken.
        return own.Length > 0 && Array.Exists(aliases, a => IsVariantOf(a.Name, own)) ? own : WithoutCoroutinePart(aliases[0].Name);
    }

    /// <summary>Whether a function is a part of a coroutine that runs after it was suspended.</summary>
    public static bool IsCoroutinePart(string name) => Array.Exists(CoroutineParts, p => name.Length > p.Length && name.EndsWith(p, StringComparison.Ordinal));

    /// <summary>The coroutine's name for that of a part.</summary>
    public static string WithoutCoroutinePart(string name) => IsCoroutinePart(name) ? name[..name.LastIndexOf('.')] : name;

    private static bool IsVariantOf(string symbol, string name) =>
        symbol.StartsWith(name, StringComparison.Ordinal) && (symbol.Length == name.Length || symbol[name.Length] == '.');
}
