using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>What GCC reads with <c>-fauto-profile</c> (gcc/auto-profile.cc). There is one object for each version.</summary>
public sealed class GcovProfileFormat : ProfileFormat
{
    /// <summary>The first version with a summary, files and times of first execution.</summary>
    internal const int FirstWithSummary = 3;

    private GcovProfileFormat(int version)
    {
        Version = version;
        Name = $"gcov-{version}";
    }

    /// <summary>All versions.</summary>
    internal static IReadOnlyList<GcovProfileFormat> All { get; } = [new(1), new(2), new(3)];

    /// <summary>The version: 1 for GCC 5 to 11, 2 for GCC 12 to 15, 3 from GCC 16.</summary>
    public int Version { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Family => GcovFormat.Name;

    /// <inheritdoc/>
    public override bool HasSummary => Version >= FirstWithSummary;

    /// <summary>The format of a version.</summary>
    /// <param name="version">1 to 3.</param>
    public static GcovProfileFormat Of(int version)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, All.Count);
        return All[version - 1];
    }

    /// <summary>Whether a file is of any version.</summary>
    /// <param name="bytes">Its first bytes.</param>
    public override bool Recognizes(ReadOnlySpan<byte> bytes) => GcovFormat.HasMagic(bytes);

    /// <summary>Reads a profile of any version.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <exception cref="InvalidFormatException">It is of a version that is not known, or damaged.</exception>
    public override SampleProfile Read(ReadOnlySpan<byte> bytes) => GcovReader.Read(bytes);

    /// <inheritdoc/>
    public override void Write(SampleProfile profile, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(profile.HasHashedNames
            ? throw new ProfileNotExpressibleException("the names of this profile are hashes, which GCC cannot match; make it with names (llvm-profdata cannot bring them back either)")
            : GcovWriter.Write(profile, Version));
    }
}
