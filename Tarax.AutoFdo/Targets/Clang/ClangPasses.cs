using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Targets.Clang;

/// <summary>What Clang and LLVM's tools need.</summary>
internal static class ClangPasses
{
    /// <summary>Clang asks for the count of line 0 as for any other (FunctionSamples::getOffset).</summary>
    public static readonly ProfilePass LineZero = new("line-0", "code of line 0 has a position", (_, format) => format is LlvmProfileFormat);

    /// <summary>Clang's inliner looks at the totals of what was inlined (SampleProfileLoader::shouldInlineHotCallsite, callsiteIsHot), which llvm-profgen sums up over whole instructions.</summary>
    public static readonly ProfilePass InstructionBytes = new("instruction-bytes", "totals are sums over all bytes of the instructions that ran", (_, format) => format is LlvmProfileFormat);

    /// <summary>See <see cref="Clang.CallCounts"/>.</summary>
    public static readonly ProfilePass CallCounts = new("call-counts", "positions run at least as often as they call", (_, format) => format is LlvmProfileFormat, Clang.CallCounts.Of);

    /// <summary>Those that need the code.</summary>
    public static readonly IReadOnlyList<ProfilePass> OfCode = [LineZero, InstructionBytes];

    /// <summary>Those that change profiles.</summary>
    public static readonly IReadOnlyList<ProfilePass> OfProfiles = [CallCounts];
}
