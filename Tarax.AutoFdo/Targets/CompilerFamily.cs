using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>
/// A compiler in all its versions: what it is called, which profiles it reads, and what must be done to them for its sake. Another than GCC and Clang is known once it was added
/// (<c>Compilers.Add</c>). Immutable; any thread may use it.
/// </summary>
public abstract class CompilerFamily
{
    /// <summary>The name before the version: <c>gcc</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The first major version that reads sampled profiles.</summary>
    public abstract int FirstVersion { get; }

    /// <summary>The last major version that is known: the one after the newest release, which is developed.</summary>
    public abstract int LastVersion { get; }

    /// <summary>What is done to profiles for its sake, in the order in which it is done.</summary>
    public abstract IReadOnlyList<ProfilePass> Passes { get; }

    /// <summary>Whether an executable is of the family, by its name without version and what stands after it.</summary>
    /// <param name="executable">Such as <c>x86_64-linux-gnu-g++</c>.</param>
    public abstract bool IsNamed(string executable);

    /// <summary>The major version of a compiler that names itself in DW_AT_producer; null where it is none of the family.</summary>
    /// <param name="producer">Such as <c>GNU C17 12.2.0 -O2</c>.</param>
    public abstract int? VersionOf(string producer);

    /// <summary>The format that a version reads: of several the one that it reads fastest.</summary>
    /// <param name="version">Its major version.</param>
    public abstract ProfileFormat FormatOf(int version);

    /// <summary>Whether a version of it reads profiles of a format.</summary>
    /// <param name="format">The format.</param>
    public abstract bool Reads(ProfileFormat format);

    /// <summary>The option by which it takes a profile.</summary>
    /// <param name="profile">Path of the profile.</param>
    public abstract string ProfileOption(string profile);

    /// <summary>Options of a version that help beside a sampled profile; empty for none.</summary>
    /// <param name="version">Its major version.</param>
    public virtual string OptionsBesideProfile(int version) => "";

    /// <summary>See <see cref="Name"/>.</summary>
    public override string ToString() => Name;
}
