namespace Tarax.AutoFdo.Profiles;

/// <summary>Formats of profiles.</summary>
public enum ProfileFormat
{
    /// <summary>For GCC 5 to 11.</summary>
    GcovV1 = 1,

    /// <summary>For GCC 12 to 15.</summary>
    GcovV2 = 2,

    /// <summary>For GCC 16.</summary>
    GcovV3 = 3,

    /// <summary>LLVM's sample profile as text.</summary>
    LlvmText,

    /// <summary>LLVM's sample profile in its first binary form.</summary>
    LlvmBinary,

    /// <summary>LLVM's sample profile in sections, of which a compiler reads what it needs: what LLVM's own tools write.</summary>
    LlvmExtBinary,
}

/// <summary>What is known of formats.</summary>
public static class ProfileFormatExtensions
{
    /// <summary>The format of a version for GCC.</summary>
    /// <param name="version">The version.</param>
    public static ProfileFormat ToFormat(this GcovVersion version) => version is >= GcovVersion.V1 and <= GcovVersion.V3
        ? (ProfileFormat)version
        : throw new ArgumentOutOfRangeException(nameof(version), version, "gcov versions 1 to 3 can be written");

    /// <summary>The version of a format for GCC; null for LLVM's.</summary>
    /// <param name="format">The format.</param>
    public static GcovVersion? ToGcovVersion(this ProfileFormat format) => format <= ProfileFormat.GcovV3 ? (GcovVersion)format : null;

    /// <summary>Whether the format is one of LLVM's.</summary>
    /// <param name="format">The format.</param>
    public static bool IsLlvm(this ProfileFormat format) => format > ProfileFormat.GcovV3;

    /// <summary>Whether it has a summary, by which the compiler tells hot code.</summary>
    /// <param name="format">The format.</param>
    public static bool HasSummary(this ProfileFormat format) => format is ProfileFormat.GcovV3 or ProfileFormat.LlvmBinary or ProfileFormat.LlvmExtBinary;

    /// <summary>Its name on the command line: <c>gcov-2</c>, <c>llvm-text</c>.</summary>
    /// <param name="format">The format.</param>
    public static string Name(this ProfileFormat format) => format switch
    {
        ProfileFormat.LlvmText => "llvm-text",
        ProfileFormat.LlvmBinary => "llvm-binary",
        ProfileFormat.LlvmExtBinary => "llvm-extbinary",
        _ => $"gcov-{(int)format}",
    };
}
