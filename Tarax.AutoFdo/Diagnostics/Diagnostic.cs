using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Diagnostics;

/// <summary>How much a diagnostic matters.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>The result may be worse than it could be.</summary>
    Warning,
}

/// <summary>Something that a conversion noticed: one for each kind, with its rate, never one for each record.</summary>
/// <param name="Id">Stable name of the kind, for scripts; see <see cref="DiagnosticId"/>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">What was found, how often, and the likely cause or what to do.</param>
public sealed record Diagnostic(string Id, DiagnosticSeverity Severity, string Message)
{
    /// <summary>What was found, how often, and the likely cause or what to do; one line, in which characters that do not print are shown by their numbers.</summary>
    public string Message { get; init; } = Printable.Of(Message);
}

/// <summary>The kinds of diagnostics.</summary>
public static class DiagnosticId
{
    /// <summary>The binary was recognised by its file name, not by its build-id.</summary>
    public const string MatchedByName = "matched-by-name";

    /// <summary>The text of perf script has no mappings; its addresses were taken for those of the binary as it was linked.</summary>
    public const string AddressesAsLinked = "addresses-as-linked";

    /// <summary>Lines of a pre-aggregated text were left out.</summary>
    public const string PreaggregatedLines = "preaggregated-lines";

    /// <summary>Several events have branch stacks; the most sampled one was taken.</summary>
    public const string SeveralEvents = "several-events";

    /// <summary>The branch stacks were recorded with a filter, so neighbours in a stack need not follow each other.</summary>
    public const string FilteredBranches = "filtered-branches";

    /// <summary>Samples were lost while recording.</summary>
    public const string LostSamples = "lost-samples";

    /// <summary>Samples are shorter than what they say they hold.</summary>
    public const string DamagedSamples = "damaged-samples";

    /// <summary>Branches were recorded one at a time, without those before.</summary>
    public const string SingleBranches = "single-branches";

    /// <summary>What Arm's Statistical Profiling Extension recorded and was not counted.</summary>
    public const string SpeRecords = "spe-records";

    /// <summary>Records of unknown types were passed over.</summary>
    public const string UnknownRecords = "unknown-records";

    /// <summary>Feature sections of the recording could not be read.</summary>
    public const string UnreadableFeatures = "unreadable-features";

    /// <summary>perf did not finish the recording.</summary>
    public const string UnfinishedRecording = "unfinished-recording";

    /// <summary>Mappings came later in a stream than the samples of their time.</summary>
    public const string LateMappings = "late-mappings";

    /// <summary>Bytes at the end of the recording are missing.</summary>
    public const string TruncatedRecording = "truncated-recording";

    /// <summary>Counts are those of the samples' addresses, not of branches.</summary>
    public const string AddressesOnly = "addresses-only";

    /// <summary>The control flow of the binary is not known, so counts were taken as they are.</summary>
    public const string NoControlFlow = "no-control-flow";

    /// <summary>Samples from inside of virtual machines were left out.</summary>
    public const string GuestSamples = "guest-samples";

    /// <summary>The recording has branch stacks, and the addresses of the samples were counted instead.</summary>
    public const string BranchStacksUnused = "branch-stacks-unused";

    /// <summary>The binary is another build than the one that was recorded.</summary>
    public const string OtherBuild = "other-build";

    /// <summary>Another file ran from the binary's path during the recording.</summary>
    public const string ReplacedBinary = "replaced-binary";

    /// <summary>Discriminators are missing, without which Clang finds little of a profile.</summary>
    public const string NoDiscriminators = "no-discriminators";

    /// <summary>Part of the samples has no branch stack.</summary>
    public const string WithoutBranchStack = "without-branch-stack";

    /// <summary>Ranges were dropped because their end is not a possible one.</summary>
    public const string DroppedRanges = "dropped-ranges";

    /// <summary>Ranges were dropped because the code of the binary cannot have run so.</summary>
    public const string ImpossibleRanges = "impossible-ranges";

    /// <summary>Code that ran is not described by the debug information.</summary>
    public const string WithoutDebugInformation = "without-debug-information";

    /// <summary>Code that ran lies outside of the executable segments.</summary>
    public const string OutsideCode = "outside-code";

    /// <summary>Code that ran lies behind the end of its function.</summary>
    public const string PastFunctionEnd = "past-function-end";

    /// <summary>Functions that ran have no name.</summary>
    public const string NoName = "no-name";

    /// <summary>Functions ran too little to be in the profile.</summary>
    public const string BelowThreshold = "below-threshold";

    /// <summary>Of functions that ran the first line is not known.</summary>
    public const string NoStartLine = "no-start-line";

    /// <summary>Code that ran has no line.</summary>
    public const string NoLine = "no-line";

    /// <summary>Code that ran is not in the line table.</summary>
    public const string NoRow = "no-row";

    /// <summary>Of inlined calls the name or the line is not known.</summary>
    public const string UnknownCall = "unknown-call";

    /// <summary>Functions of one name in several files, which share a profile.</summary>
    public const string SameNames = "same-names";

    /// <summary>Of inlined functions the linkage name is not known, so that the compiler will not find their counts.</summary>
    public const string UnknownNames = "unknown-names";

    /// <summary>The binary has probes, by which the compiler would rather be told than by lines.</summary>
    public const string PseudoProbes = "pseudo-probes";

    /// <summary>Files of split DWARF (.dwo, .dwp) that the binary names are not at hand.</summary>
    public const string MissingSplitFiles = "missing-split-files";

    /// <summary>The debug information is damaged from some unit on.</summary>
    public const string DamagedDebugInformation = "damaged-debug-information";

    /// <summary>Profiles for different compilers were added up.</summary>
    public const string MixedCompilers = "mixed-compilers";

    /// <summary>Counts have reached the largest number.</summary>
    public const string SaturatedCounts = "saturated-counts";

    /// <summary>A format cannot say that discriminators are flow-sensitive.</summary>
    public const string FlowSensitiveLost = "flow-sensitive-lost";

    /// <summary>Properties of a profile are not kept.</summary>
    public const string UnknownFlags = "unknown-flags";

    /// <summary>Counts of virtual tables in a profile were passed over.</summary>
    public const string VtableCounts = "vtable-counts";

    /// <summary>A share of hot code was asked for, and the format does not state one.</summary>
    public const string NoSummary = "no-summary";

    /// <summary>Sections of a profile have types that are not known, and were passed over.</summary>
    public const string UnknownSections = "unknown-sections";
}
