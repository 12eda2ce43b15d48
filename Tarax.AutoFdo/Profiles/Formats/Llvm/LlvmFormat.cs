namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Constants of LLVM's sample profiles (llvm/ProfileData/SampleProf.h, format version 103).</summary>
internal static class LlvmFormat
{
    public const string Name = "LLVM profile";
    public const byte Version = 103;

    /// <summary>
    /// LLVM 23 writes it where it is told to (-sample-profile-format-version), laid out as 103; later ones mark another layout of the table of names and of the offsets by flags
    /// (llvm/lib/ProfileData/SampleProfWriter.cpp).
    /// </summary>
    public const byte NewestExtBinaryVersion = 104;

    public const ulong TypeSummary = 1;
    public const ulong TypeNames = 2;
    public const ulong TypeSymbolList = 3;
    public const ulong TypeOffsets = 4;
    public const ulong TypeMetadata = 5;
    public const ulong TypeContexts = 6;
    public const ulong TypeFunctions = 32;

    public const ulong FlagCompressed = 1;
    public const ulong FlagHashedNames = 1UL << 32;
    public const ulong FlagFixedLengthHashes = 1UL << 33;
    public const ulong FlagUniqueSuffix = 1UL << 34;
    public const ulong FlagOrderedForSearch = 1UL << 35;
    public const ulong FlagContexts = 1UL << 33;
    public const ulong FlagFlowSensitive = 1UL << 34;
    public const ulong FlagVtables = 1UL << 37;
    public const ulong FlagProbes = 1UL << 32;
    public const ulong KnownSummaryFlags = FlagCompressed | FlagContexts | FlagFlowSensitive | FlagVtables;

    /// <summary>Lines beyond are written modulo this.</summary>
    public const int MaximumLine = 0xffff;

    /// <summary>Inlining deeper than this is damage; compilers stay below a hundred.</summary>
    public const int MaximumDepth = 1000;

    /// <summary>What <c>-funique-internal-linkage-names</c> adds to static functions.</summary>
    public const string UniqueSuffix = ".__uniq.";

    public const string NoContexts = "is of a context-sensitive profile, which is not supported; make it without call chains (llvm-profgen --ignore-stack-samples), or merge it with llvm-profdata --convert-sample-profile-layout=flat";
    public const string NoProbes = "is of a pseudo-probe profile, whose positions are probes and not lines; it is not supported";

    /// <summary>"SPROF42" and the format 4 as a big-endian number, in ULEB128.</summary>
    public static ReadOnlySpan<byte> ExtBinaryMagic => [0x84, 0xe4, 0xd0, 0xb1, 0xf4, 0xc9, 0x94, 0xa8, 0x53];

    /// <summary>The same with the format 0xff.</summary>
    public static ReadOnlySpan<byte> BinaryMagic => [0xff, 0xe5, 0xd0, 0xb1, 0xf4, 0xc9, 0x94, 0xa8, 0x53];
}
