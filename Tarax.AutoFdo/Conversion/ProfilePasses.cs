using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Clang;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The passes of all compilers, in the order in which they run.</summary>
public static class ProfilePasses
{
    /// <summary>All passes.</summary>
    public static IReadOnlyList<ProfilePass> All { get; } = [.. GccPasses.OfCode, .. ClangPasses.OfCode, .. ClangPasses.OfProfiles, .. GccPasses.OfProfiles];

    /// <summary>What is done to a profile for the sake of a compiler.</summary>
    /// <param name="compiler">The compiler.</param>
    public static IReadOnlyList<ProfilePass> Of(TargetCompiler compiler)
    {
        var target = new PassTarget(compiler, compiler.Format);
        return [.. All.Where(p => p.IsFor(target))];
    }
}
