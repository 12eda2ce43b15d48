using System.Globalization;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>The compiler that will read a profile: it decides the format.</summary>
/// <param name="Family">Which compiler.</param>
/// <param name="MajorVersion">Its major version, such as 12.</param>
public readonly record struct TargetCompiler(CompilerFamily Family, int MajorVersion)
{
    /// <summary>First GCC that reads version 2 and 3.</summary>
    private const int FirstWithVersion2 = 12;
    private const int FirstWithVersion3 = 16;

    /// <summary>First Clang that reads the extensible binary form.</summary>
    private const int FirstWithExtBinary = 10;

    /// <summary>First GCC and Clang that read sampled profiles.</summary>
    private const int FirstGcc = 5;
    private const int FirstClang = 4;

    /// <summary>Whether the compiler reads sampled profiles: GCC from 5 on, Clang from 4.</summary>
    public bool ReadsProfiles => MajorVersion >= (Family == CompilerFamily.Gcc ? FirstGcc : FirstClang);

    /// <summary>The format that the compiler reads: of LLVM's the one that Clang reads fastest.</summary>
    public ProfileFormat Format => Family == CompilerFamily.Gcc ? GcovVersion.ToFormat()
        : MajorVersion >= FirstWithExtBinary ? ProfileFormat.LlvmExtBinary
        : ProfileFormat.LlvmBinary;

    /// <summary>
    /// The version of a profile for GCC: 1 up to GCC 11, 2 for GCC 12 to 15, 3 from GCC 16. Each GCC reads its own version only.
    /// </summary>
    public GcovVersion GcovVersion =>
        MajorVersion >= FirstWithVersion3 ? GcovVersion.V3 : MajorVersion >= FirstWithVersion2 ? GcovVersion.V2 : GcovVersion.V1;

    /// <summary>
    /// Options that help beside a sampled profile (docs/outcome.md): peeling and unswitching of loops, which GCC 16 does by itself with counters only, and for GCC 12 the cost model that its
    /// vectorizer has without a profile, since it crashes with the other on some programs. Empty for others.
    /// </summary>
    public string OptionsBesideProfile => Family != CompilerFamily.Gcc ? ""
        : MajorVersion >= FirstWithVersion3 ? "-fpeel-loops -funswitch-loops"
        : MajorVersion == FirstWithVersion2 ? "-fvect-cost-model=very-cheap"
        : "";

    /// <summary>The options by which the compiler takes a profile, with <see cref="OptionsBesideProfile"/>.</summary>
    /// <param name="profile">Path of the profile.</param>
    public string RebuildOptions(string profile) => $"{(Family == CompilerFamily.Gcc ? "-fauto-profile" : "-fprofile-sample-use")}={profile} {OptionsBesideProfile}".TrimEnd();

    /// <summary>Reads a name such as <c>gcc-16</c>, <c>gcc16</c>, <c>gcc</c> with a version, or the name of an executable such as <c>x86_64-linux-gnu-g++-12</c>.</summary>
    /// <param name="text">The name.</param>
    /// <param name="compiler">The compiler.</param>
    /// <returns>False where no compiler and version can be read from it.</returns>
    public static bool TryParse(string text, out TargetCompiler compiler)
    {
        ArgumentNullException.ThrowIfNull(text);
        compiler = default;
        int end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]))
        {
            end--;
        }

        // The version is the last number with its dots; only its first part counts.
        int start = end;
        while (start > 0 && (char.IsAsciiDigit(text[start - 1]) || text[start - 1] == '.'))
        {
            start--;
        }

        string name = text[..start].TrimEnd('-', ' ');
        string version = text[start..end].Split('.')[0];
        bool isGcc = name.EndsWith("gcc", StringComparison.OrdinalIgnoreCase) || name.EndsWith("g++", StringComparison.OrdinalIgnoreCase);
        bool isClang = name.EndsWith("clang", StringComparison.OrdinalIgnoreCase) || name.EndsWith("clang++", StringComparison.OrdinalIgnoreCase);
        if (end != text.Length || (!isGcc && !isClang) || !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int major))
        {
            return false;
        }

        compiler = new TargetCompiler(isGcc ? CompilerFamily.Gcc : CompilerFamily.Clang, major);
        return true;
    }

    /// <summary>Reads the compiler from DW_AT_producer, such as <c>GNU C17 12.2.0 -O2</c> or <c>Debian clang version 14.0.6</c>.</summary>
    /// <param name="producer">The producer.</param>
    /// <param name="compiler">The compiler.</param>
    /// <returns>False for others, among them <c>GNU AS</c>.</returns>
    public static bool TryParseProducer(string producer, out TargetCompiler compiler)
    {
        ArgumentNullException.ThrowIfNull(producer);
        compiler = default;
        string[] words = producer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int clang = Array.IndexOf(words, "clang");
        bool isClang = clang >= 0 && clang + 2 < words.Length && words[clang + 1] == "version";
        bool isGcc = words.Length > 2 && words[0] == "GNU" && words[1] != "AS";
        if (!isClang && !isGcc)
        {
            return false;
        }

        // The version is the first number with a dot: "GNU C++17 12.2.0", "GNU C 4.6.x-google 20120601".
        foreach (string word in words.Skip(isClang ? clang + 2 : 2))
        {
            int dot = word.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && int.TryParse(word[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out int major))
            {
                compiler = new TargetCompiler(isClang ? CompilerFamily.Clang : CompilerFamily.Gcc, major);
                return true;
            }
        }

        return false;
    }

    /// <summary><c>gcc-16</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Family == CompilerFamily.Gcc ? "gcc" : "clang")}-{MajorVersion}");
}

/// <summary>Families of compilers.</summary>
public enum CompilerFamily
{
    /// <summary>The GNU compilers.</summary>
    Gcc,

    /// <summary>LLVM's.</summary>
    Clang,
}
