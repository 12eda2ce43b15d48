using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>A compiler of the lab and the options by which it takes profiles.</summary>
internal sealed record LabCompiler
{
    /// <summary>As <c>tarax --for</c> takes it.</summary>
    public required string Name { get; init; }

    /// <summary>The compiler of C.</summary>
    public required string C { get; init; }

    /// <summary>The compiler of C++.</summary>
    public required string CPlusPlus { get; init; }

    /// <summary>Whether it runs inside of a tree, by chroot.</summary>
    public bool IsInTree { get; init; }

    /// <summary>Whether it is compared only where it is named: not every machine of the lab has it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether it is Clang.</summary>
    public bool IsClang => Name.StartsWith("clang", StringComparison.Ordinal);

    /// <summary>A tool of LLVM of Clang's version.</summary>
    public string LlvmTool(string name) => Name.Replace("clang", name, StringComparison.Ordinal);

    /// <summary>
    /// Takes from GCC 16 with -fprofile-use the loop optimizations that it does with real counts only (opts.cc, enable_fdo_optimizations), to see what is due to them.
    /// </summary>
    public const string LoopsAsSampled =
        "-fno-unroll-loops -fno-peel-loops -fno-predictive-commoning -fno-split-loops -fno-unswitch-loops -fno-version-loops-for-strides -fvect-cost-model=very-cheap "
        + "-fno-loop-interchange -fno-loop-unroll-and-jam -fno-tree-loop-distribution";

    /// <summary>Gives GCC 16 for a sampled profile the loop optimizations that it does by itself with real counts.</summary>
    public const string LoopsAsCounted =
        "-funroll-loops -fpeel-loops -fpredictive-commoning -fsplit-loops -funswitch-loops -fversion-loops-for-strides -fvect-cost-model=dynamic "
        + "-floop-interchange -floop-unroll-and-jam -ftree-loop-distribution";

    /// <summary>Whether loops are optimized less with a sampled profile than with an instrumented one.</summary>
    public bool HasFewerLoopsSampled => Name == "gcc-16";

    /// <summary>Makes it say what it did with a profile; null where it does not say enough.</summary>
    public string? DumpFlags => Name == "gcc-16" ? "-fdump-ipa-afdo-details -fdump-ipa-afdo_offline-details" : null;

    /// <summary>What every build has: debug information changes no code.</summary>
    public string CommonFlags => IsClang ? "-O2 -g -fdebug-info-for-profiling -funique-internal-linkage-names" : "-O2 -g";

    /// <summary>Links without libraries that change under the program's feet, and at fixed addresses.</summary>
    public const string LinkFlags = "-static -no-pie -Wl,--build-id";

    /// <summary>Links by LLVM's linker, which takes orders of functions.</summary>
    public const string Lld = "-fuse-ld=lld";

    /// <summary>Does without the no-operations before loops: in the order of a layout much of what runs runs through them.</summary>
    public const string LoopsUnaligned = "-falign-loops=1";

    /// <summary>What <c>tarax convert</c> says to add to the options.</summary>
    public TargetCompiler Target => TargetCompiler.TryParse(Name, out var target) ? target : throw new InvalidOperationException($"{Name} is not a compiler");

    /// <summary>Counts everything.</summary>
    public string GenerateFlags => IsClang ? "-fprofile-generate" : "-fprofile-generate -fprofile-update=single";

    /// <summary>Leaves notes beside the objects.</summary>
    public const string NotesFlags = "-fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile";

    /// <summary>Compiles functions that training did not run as without a profile.</summary>
    public const string PartialTraining = "-fprofile-partial-training";

    /// <summary>Compiles them for size.</summary>
    public const string WholeTraining = "-fno-profile-partial-training";

    /// <summary>Takes counters of arcs without those of values.</summary>
    public const string ArcsOnly = "-fno-profile-values -fno-vpt";

    /// <summary>Takes the counts.</summary>
    public string UseFlags => IsClang ? "-fprofile-use=counts.profdata" : "-fprofile-use -fprofile-correction -Wno-missing-profile";

    /// <summary>Those that are compared where none is named.</summary>
    public static IEnumerable<LabCompiler> Standard => All.Where(c => !c.IsOptional);

    /// <summary>All that are known.</summary>
    public static IReadOnlyList<LabCompiler> All { get; } =
    [
        new() { Name = "gcc-12", C = "gcc-12", CPlusPlus = "g++-12" },
        new() { Name = "gcc-16", C = "gcc-16", CPlusPlus = "g++-16", IsInTree = true },
        new() { Name = "clang-22", C = "clang-22", CPlusPlus = "clang++-22" },
        new() { Name = "clang-23", C = "clang-23", CPlusPlus = "clang++-23", IsOptional = true },
    ];
}
