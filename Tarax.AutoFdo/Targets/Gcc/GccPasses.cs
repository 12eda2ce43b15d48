using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>What GCC needs. What each gives is measured in docs/outcome.md.</summary>
internal static class GccPasses
{
    /// <summary>First GCC that takes what ran for run, however it was entered.</summary>
    private const int FirstWithoutHeadCounts = 13;
    private const int First16 = 16;

    /// <summary>The share of counts that is hot, in millionths, see <see cref="SampleProfile.HotCutoff"/>.</summary>
    private const uint Hot = 999_900;

    /// <summary>GCC takes the largest count of a line for that of the block that the line is in (auto-profile.cc, afdo_set_bb_count): code that was moved to where more runs would make that of it.</summary>
    public static readonly ProfilePass IsStmtRows = new("is-stmt", "positions run as often as their statements begin (is_stmt rows)", IsGcc);

    /// <summary>GCC counts a block that has no code by the place where the values that it passes on were set (auto-profile.cc, afdo_set_bb_count).</summary>
    public static readonly ProfilePass PhiArguments = new("phi-arguments", "no counts of code that only sets values before a large switch", IsGcc);

    /// <summary>
    /// GCC 12 takes the count of a line for that of each branch on it, since it does not tell discriminators apart, as its code for zlib's slide_hash shows (docs/outcome.md); those up to 15 are taken
    /// to be like it, and were not tried.
    /// </summary>
    public static readonly ProfilePass IfConvertedLoops = new("if-converted-loops", "no counts of lines that select a value in a loop of one block", (compiler, format) => IsGcc(compiler, format) && !Is16(compiler, format));

    /// <summary>See <see cref="Gcc.BaseVariants"/>.</summary>
    public static readonly ProfilePass BaseVariants = new("base-variants", "constructors and destructors by the names of their base variants (C2, D2)", Is16, Gcc.BaseVariants.Of);

    /// <summary>GCC 16 makes small what it takes for cold, and takes 99 % for hot by itself. What is stated already stays.</summary>
    public static readonly ProfilePass HotCutoff = new("hot-cutoff", "99.99 % of the counts are stated to be hot", Is16, p => p.HotCutoff == 0 ? p.WithHotCutoff(Hot) : p);

    /// <summary>See <see cref="Gcc.CallPositions"/>.</summary>
    public static readonly ProfilePass CallPositions = new("call-positions", "a position where a call was inlined", Is16, Gcc.CallPositions.Of);

    /// <summary>
    /// GCC 12 takes a function that was never seen to be entered for one that never ran, whatever its positions say (a loop that was running when the recording began, all of whose blocks get
    /// count 0); GCC 11 loses the first block.
    /// </summary>
    public static readonly ProfilePass EnteredOnce = new(
        "entered-once", "functions that ran were entered at least once", (compiler, _) => compiler is { Family: GccFamily, MajorVersion: < FirstWithoutHeadCounts }, p => p.WithHeadCounts());

    /// <summary>
    /// GCC 16 gives the head count not only to a function's first block but to its last too (auto-profile.cc, afdo_annotate_cfg), which in C++, whose names begin with _Z, is most often a landing pad
    /// that hardly ever runs. Without head counts it takes those of the first lines.
    /// </summary>
    public static readonly ProfilePass CxxHeadCounts = new(
        "cxx-head-counts", "no head counts of C++ functions", Is16, p => p.WithoutHeadCounts(f => f.Name.StartsWith("_Z", StringComparison.Ordinal)));

    /// <summary>Those that count code.</summary>
    public static readonly IReadOnlyList<ProfilePass> OfCode = [IsStmtRows, PhiArguments, IfConvertedLoops];

    /// <summary>Those that change profiles, in their order.</summary>
    public static readonly IReadOnlyList<ProfilePass> OfProfiles = [BaseVariants, HotCutoff, CallPositions, EnteredOnce, CxxHeadCounts];

    private static bool IsGcc(TargetCompiler? compiler, ProfileFormat format) => compiler is { Family: GccFamily };

    private static bool Is16(TargetCompiler? compiler, ProfileFormat format) => compiler is { Family: GccFamily, MajorVersion: >= First16 };
}
