using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Options;

/// <summary>What the input of a conversion is.</summary>
public enum InputKind
{
    /// <summary>A recording, or counts of any form: its first bytes tell.</summary>
    PerfData,

    /// <summary>Counts of one binary as text, however it begins, see <see cref="CountsText"/>.</summary>
    CountsText,
}

/// <summary>What becomes of discriminators, which tell apart the pieces of code on one line.</summary>
public enum DiscriminatorHandling
{
    /// <summary>
    /// As the target compiler needs it: kept where a compiler of the same family made the binary; else one position per line, since GCC and Clang number the code of a line in
    /// different ways.
    /// </summary>
    Auto,

    /// <summary>Kept.</summary>
    Keep,

    /// <summary>One position per line, with the largest count.</summary>
    Drop,
}

/// <summary>Whether control flow is used to make counts consistent.</summary>
public enum InferenceMode
{
    /// <summary>Where there are no branch stacks.</summary>
    Auto,

    /// <summary>No: counts are taken as they are.</summary>
    Off,

    /// <summary>Yes: of the counts that the control flow of each function allows, the most probable ones are taken.</summary>
    Flow,
}

/// <summary>Choices for a conversion; the defaults suit a recording and a binary that belong together.</summary>
public sealed record ConversionOptions
{
    /// <summary>What the input is.</summary>
    public InputKind Input { get; init; } = InputKind.PerfData;

    /// <summary>The compiler that will read the profile; null for the one that made the binary, by DW_AT_producer.</summary>
    public TargetCompiler? ForCompiler { get; init; }

    /// <summary>Which compilers the profile is for, where <see cref="ForCompiler"/> is null: a binary that another one made is refused. Null for any.</summary>
    public CompilerFamily? ForFamily { get; init; }

    /// <summary>
    /// The format to write; null for the one that the compiler reads. With a version of GCC's the profile is as it was counted, without the passes of the compiler that made the binary.
    /// </summary>
    public ProfileFormat? Format { get; init; }

    /// <summary>
    /// Whether an extensible binary for LLVM lists all functions of the binary, so that the compiler takes those without a profile for cold, and others for new. What another input runs is then slower
    /// (docs/outcome.md).
    /// </summary>
    public bool SymbolList { get; init; }

    /// <summary>What becomes of discriminators.</summary>
    public DiscriminatorHandling Discriminators { get; init; } = DiscriminatorHandling.Auto;

    /// <summary>Where the counts of inlined functions stand.</summary>
    public InlinedBodies Inlined { get; init; }

    /// <summary>What becomes of head counts.</summary>
    public HeadCountHandling HeadCounts { get; init; }

    /// <summary>The passes that are not run, by <see cref="ProfilePass.Id"/>; the others are those of the compiler, see <c>ProfilePasses.Of</c>.</summary>
    public IReadOnlyCollection<string> PassesOff { get; init; } = [];

    /// <summary>What is taken for hot, see <see cref="SampleProfile.HotCutoff"/>; null for what suits the compiler.</summary>
    public uint? HotCutoff { get; init; }

    /// <summary>Whether positions that did not run are left out. GCC up to 15 takes a 0 as known; GCC 16 makes little of it.</summary>
    public bool OmitZeroCounts { get; init; }

    /// <summary>
    /// Whether branch stacks are counted. Without them only the addresses of the samples are, which says less, and less exactly, but needs no
    /// hardware that records branches.
    /// </summary>
    public bool UseBranchStacks { get; init; } = true;

    /// <summary>
    /// Whether ranges of a recording that the code of the binary cannot have run, from their start to their end, are left out. It needs code of x86 or AArch64.
    /// Counts as text are taken as they are.
    /// </summary>
    public bool CheckRanges { get; init; } = true;

    /// <summary>Whether control flow is used to make counts consistent. It needs the code of the binary, of x86 or AArch64.</summary>
    public InferenceMode Inference { get; init; }

    /// <summary>The event to count, by its name with or without modifiers; null for the one with branch stacks, or else the most sampled one.</summary>
    public string? EventName { get; init; }

    /// <summary>
    /// Path or base name under which the binary was mapped when it was recorded; null to find it by build-id, then by its own name.
    /// With it, build-ids are not compared.
    /// </summary>
    public string? MappedAs { get; init; }

    /// <summary>
    /// Folders of binaries and separate debug files, before <c>/usr/lib/debug</c>: they are looked through for what has the build-id that is wanted, or the name where none is known.
    /// </summary>
    public IReadOnlyList<string> DebugDirectories { get; init; } = [];

    /// <summary>
    /// The debuginfod servers that are asked for binaries and debug information that are not on this machine; empty for those in the environment variable <c>DEBUGINFOD_URLS</c>, and for
    /// none where that is not set. It needs elfutils' libdebuginfod.
    /// </summary>
    public IReadOnlyList<string> DebuginfodUrls { get; init; } = [];

    /// <summary>Receives how far a download from a debuginfod server is, from the thread that waits for it; null for nobody.</summary>
    public IProgress<DebuginfodDownload>? DownloadProgress { get; init; }

    /// <summary>Fewer samples in the binary than this are no profile; 0 takes any number.</summary>
    public ulong MinimumSamples { get; init; } = 100;

    /// <summary>Functions whose positions all ran less often than this are left out; 0 keeps all.</summary>
    public ulong MinimumCount { get; init; }

    /// <summary>The most bytes that a compressed recording may become; null for 256 MiB and a hundred times its size.</summary>
    public long? MaximumInput { get; init; }

    /// <summary>Number of threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Whether memory that counting needed is given back before symbolizing, by a full collection that stops all threads of the process: for processes that do nothing else. Only large recordings need
    /// it.
    /// </summary>
    public bool CompactsMemory { get; init; }

    /// <summary>Whether the first half of a recording is also counted by itself, to see how stable the counts are.</summary>
    internal bool CountsHalves { get; init; }

    /// <summary>Receives each step of a conversion when it has ended, on the thread that converts; null for nobody.</summary>
    public IProgress<ConversionStage>? Trace { get; init; }

    /// <summary>
    /// Ends counting and conversions by an <see cref="OperationCanceledException"/>: between two chunks of a recording, and between two steps of a conversion. Opening an input is not ended, which reads what is compressed or comes as a stream.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    internal bool InfersFlow => Inference == InferenceMode.Flow || (Inference == InferenceMode.Auto && !UseBranchStacks);

    /// <summary>A new search: it keeps what it found in folders, so one is made for many binaries.</summary>
    internal DebugFileSearch DebugFiles => new([.. DebugDirectories, DebugFileSearch.SystemDirectory], new Debuginfod(DebuginfodUrls, DownloadProgress));

    /// <summary>The same on this machine only.</summary>
    internal DebugFileSearch LocalDebugFiles => new([.. DebugDirectories, DebugFileSearch.SystemDirectory]);

    /// <summary>Receives the share of the recording that was counted, 0 to 1, from any thread; null for none.</summary>
    public IProgress<double>? Progress { get; init; }
}
