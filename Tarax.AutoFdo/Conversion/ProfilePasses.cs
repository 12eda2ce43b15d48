using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The passes of all compilers, in the order in which they run.</summary>
public static class ProfilePasses
{
    /// <summary>All passes: those that count code come first.</summary>
    public static IReadOnlyList<ProfilePass> All => [.. Compilers.All.SelectMany(f => f.Passes).OrderBy(p => !p.IsOfCode)];

    /// <summary>What is done to a profile for the sake of a compiler.</summary>
    /// <param name="compiler">The compiler.</param>
    public static IReadOnlyList<ProfilePass> Of(TargetCompiler compiler)
    {
        ArgumentNullException.ThrowIfNull(compiler);
        return [.. Known(compiler).Where(p => p.IsFor(compiler, compiler.Format))];
    }

    /// <summary>All passes, with those of a compiler's own family, whether it was added or not.</summary>
    internal static IReadOnlyList<ProfilePass> Known(TargetCompiler? compiler) => compiler is null ? All
        : [.. Compilers.All.Where(f => f.Name != compiler.Family.Name).Append(compiler.Family).SelectMany(f => f.Passes).OrderBy(p => !p.IsOfCode)];
}
