using System.Globalization;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>The compiler that will read a profile: it decides the format.</summary>
/// <param name="Family">Which compiler.</param>
/// <param name="MajorVersion">Its major version, such as 12.</param>
public sealed record TargetCompiler(CompilerFamily Family, int MajorVersion)
{
    /// <summary>Whether the compiler reads sampled profiles: GCC from 5 on, Clang from 4.</summary>
    public bool ReadsProfiles => MajorVersion >= Family.FirstVersion;

    /// <summary>The format that the compiler reads: of several the one that it reads fastest.</summary>
    public ProfileFormat Format => Family.FormatOf(MajorVersion);

    /// <summary>Options that help beside a sampled profile (docs/outcome.md); empty for none.</summary>
    public string OptionsBesideProfile => Family.OptionsBesideProfile(MajorVersion);

    /// <summary>The options by which the compiler takes a profile, with <see cref="OptionsBesideProfile"/>.</summary>
    /// <param name="profile">Path of the profile.</param>
    public string RebuildOptions(string profile) => $"{Family.ProfileOption(profile)} {OptionsBesideProfile}".TrimEnd();

    /// <summary><c>gcc-16</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Family.Name}-{MajorVersion}");
}
