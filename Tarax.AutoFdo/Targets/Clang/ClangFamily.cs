using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Targets.Clang;

/// <summary>LLVM's compilers.</summary>
internal sealed class ClangFamily : CompilerFamily
{
    /// <summary>First that reads the extensible binary form.</summary>
    private const int FirstWithExtBinary = 10;

    public static readonly ClangFamily Instance = new();

    public override string Name => "clang";

    public override int FirstVersion => 4;

    public override int LastVersion => 23;

    public override IReadOnlyList<ProfilePass> Passes => [.. ClangPasses.OfCode, .. ClangPasses.OfProfiles];

    public override bool IsNamed(string executable) => executable.EndsWith("clang", StringComparison.OrdinalIgnoreCase) || executable.EndsWith("clang++", StringComparison.OrdinalIgnoreCase);

    /// <summary>The version stands behind the words: <c>Debian clang version 14.0.6</c>.</summary>
    public override int? VersionOf(string producer)
    {
        string[] words = producer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int clang = Array.IndexOf(words, "clang");
        return clang >= 0 && clang + 2 < words.Length && words[clang + 1] == "version" ? VersionNumber.First(words.AsSpan(clang + 2)) : null;
    }

    public override ProfileFormat FormatOf(int version) => version >= FirstWithExtBinary ? LlvmExtBinaryFormat.Instance : LlvmBinaryFormat.Instance;

    public override bool Reads(ProfileFormat format) => format is LlvmProfileFormat;

    public override string ProfileOption(string profile) => $"-fprofile-sample-use={profile}";
}
