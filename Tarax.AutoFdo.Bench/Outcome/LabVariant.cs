namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>How a build differs from the others of its program and compiler.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Where its profile is from.</param>
/// <param name="Arguments">For a profile or counters of ours, what is said to the converter beyond the inputs, or <c>!</c> and a command that writes it.</param>
/// <param name="CompilerOptions">Options for the compiler besides those by which it takes the profile.</param>
internal sealed record LabVariant(string Name, LabVariantKind Kind, string Arguments = "", string CompilerOptions = "")
{
    /// <summary>Whether it only says what is due to loop optimizations that the compiler does for one kind of profile.</summary>
    public bool IsOfLoops => CompilerOptions is LabCompiler.LoopsAsCounted or LabCompiler.LoopsAsSampled;

    /// <summary>The variant that the others are compared with.</summary>
    public const string Plain = "plain";

    /// <summary>The variants that are always there.</summary>
    public static IReadOnlyList<LabVariant> Standard { get; } =
    [
        new(Plain, LabVariantKind.Plain),
        new("plain-with-options", LabVariantKind.Plain),
        new("instrumented", LabVariantKind.Instrumented),
        new("instrumented-as-sampled", LabVariantKind.Instrumented, CompilerOptions: LabCompiler.LoopsAsSampled),
        new("instrumented-arcs", LabVariantKind.Instrumented, CompilerOptions: LabCompiler.ArcsOnly),
        new("incumbent", LabVariantKind.Incumbent),
        new("incumbent-with-loops", LabVariantKind.Incumbent, CompilerOptions: LabCompiler.LoopsAsCounted),
        new("ours", LabVariantKind.Ours),
        new("ours-lld", LabVariantKind.Ours, CompilerOptions: LabCompiler.Lld),
        new("ours-propeller", LabVariantKind.OursWithLayout, CompilerOptions: LabCompiler.Lld),
        new("ours-lld-unaligned", LabVariantKind.Ours, CompilerOptions: $"{LabCompiler.Lld} {LabCompiler.LoopsUnaligned}"),
        new("ours-propeller-unaligned", LabVariantKind.OursWithLayout, CompilerOptions: $"{LabCompiler.Lld} {LabCompiler.LoopsUnaligned}"),
        new("counters", LabVariantKind.Counters, CompilerOptions: LabCompiler.ArcsOnly),
        new("counters-partial", LabVariantKind.Counters, CompilerOptions: $"{LabCompiler.ArcsOnly} {LabCompiler.PartialTraining}"),
        new("ours-whole", LabVariantKind.Ours, CompilerOptions: LabCompiler.WholeTraining),
        new("instrumented-partial", LabVariantKind.Instrumented, CompilerOptions: LabCompiler.PartialTraining),
        new("ours-with-loops", LabVariantKind.Ours, CompilerOptions: LabCompiler.LoopsAsCounted),
        new("nested", LabVariantKind.Ours, "--inlined nested"),
        new("flat", LabVariantKind.Ours, "--inlined flat"),
        new("both", LabVariantKind.Ours, "--inlined both"),
    ];
}

/// <summary>Where a build's profile is from.</summary>
internal enum LabVariantKind
{
    /// <summary>It has none.</summary>
    Plain,

    /// <summary>Counters that the compiler builds in.</summary>
    Instrumented,

    /// <summary>The converter that was there before: create_gcov for GCC, llvm-profgen for Clang.</summary>
    Incumbent,

    /// <summary>This project's converter.</summary>
    Ours,

    /// <summary>This project's converter, and on top of it the layout that it finds in a recording of the build with the profile.</summary>
    OursWithLayout,

    /// <summary>Counters for GCC that this project's converter makes of the recording and of notes.</summary>
    Counters,
}
