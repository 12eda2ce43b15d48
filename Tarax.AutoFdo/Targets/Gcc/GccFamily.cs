using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats.Gcov;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>The GNU compilers.</summary>
internal sealed class GccFamily : CompilerFamily
{
    /// <summary>First that read versions 2 and 3 of profiles; each reads its own version only.</summary>
    private const int FirstWithV2 = 12;
    private const int FirstWithV3 = 16;

    public static readonly GccFamily Instance = new();

    public override string Name => "gcc";

    public override int FirstVersion => 5;

    public override int LastVersion => 17;

    public override IReadOnlyList<ProfilePass> Passes => [.. GccPasses.OfCode, .. GccPasses.OfProfiles];

    public override bool IsNamed(string executable) => executable.EndsWith("gcc", StringComparison.OrdinalIgnoreCase) || executable.EndsWith("g++", StringComparison.OrdinalIgnoreCase);

    /// <summary>The version is the first number with a dot: <c>GNU C++17 12.2.0</c>, <c>GNU C 4.6.x-google 20120601</c>. <c>GNU AS</c> is no compiler.</summary>
    public override int? VersionOf(string producer)
    {
        string[] words = producer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 2 && words[0] == "GNU" && words[1] != "AS" ? VersionNumber.First(words.AsSpan(2)) : null;
    }

    public override ProfileFormat FormatOf(int version) => GcovProfileFormat.Of(version >= FirstWithV3 ? 3 : version >= FirstWithV2 ? 2 : 1);

    public override bool Reads(ProfileFormat format) => format is GcovProfileFormat;

    public override string ProfileOption(string profile) => $"-fauto-profile={profile}";

    /// <summary>
    /// Options that help beside a sampled profile (docs/outcome.md): peeling and unswitching of loops, which GCC 16 does by itself with counters only, and what the recording does not show compiled as
    /// without a profile, not for size; for GCC 12 the cost model that its vectorizer has without a profile, since it crashes with the other on some programs.
    /// </summary>
    public override string OptionsBesideProfile(int version) =>
        version >= FirstWithV3 ? "-fpeel-loops -funswitch-loops -fprofile-partial-training"
        : version == FirstWithV2 ? "-fvect-cost-model=very-cheap"
        : "";
}
