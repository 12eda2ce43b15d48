using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Conversion;

/// <summary>How the binary was found among the recorded mappings.</summary>
public enum BinaryIdentification
{
    /// <summary>There was nothing to find: the input was counts.</summary>
    NotNeeded,

    /// <summary>By build-id.</summary>
    BuildId,

    /// <summary>By file name.</summary>
    Name,

    /// <summary>By the name that was given in the options.</summary>
    Option,

    /// <summary>By device and inode: it is the file that was mapped, and the recording has no build-id for it.</summary>
    Inode,
}

/// <summary>Ranges that were dropped or cut for one reason.</summary>
/// <param name="Reason">The reason, in a few words.</param>
/// <param name="Executions">Number of executions of such ranges.</param>
public sealed record DroppedRanges(string Reason, ulong Executions);

/// <summary>What a conversion did.</summary>
public sealed class ConversionReport
{
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<DroppedRanges> _droppedRanges = [];

    internal ConversionReport()
    {
    }

    /// <summary>A report that begins with what another one says of the recording.</summary>
    internal ConversionReport(ConversionReport recording)
    {
        EventName = recording.EventName;
        Samples = recording.Samples;
        SamplesWithBranchStack = recording.SamplesWithBranchStack;
        BranchEntries = recording.BranchEntries;
        CountingTime = recording.CountingTime;
        _diagnostics.AddRange(recording._diagnostics);
    }

    /// <summary>The event that was counted; empty for counts.</summary>
    public string EventName { get; internal set; } = "";

    /// <summary>Samples of that event in the whole recording.</summary>
    public long Samples { get; internal set; }

    /// <summary>Of these, the ones with a branch stack.</summary>
    public long SamplesWithBranchStack { get; internal set; }

    /// <summary>Of all samples, the ones whose address lies in the binary.</summary>
    public ulong SamplesInBinary { get; internal set; }

    /// <summary>Entries of all branch stacks.</summary>
    public long BranchEntries { get; internal set; }

    /// <summary>How the binary was found.</summary>
    public BinaryIdentification Identification { get; internal set; }

    /// <summary>Build-id of the binary in hexadecimal; empty where it has none.</summary>
    public string BuildId { get; internal set; } = "";

    /// <summary>Whether the binary is a kernel's vmlinux.</summary>
    public bool IsKernel { get; internal set; }

    /// <summary>Executions of straight-line ranges that begin in the binary, dropped ones included.</summary>
    public ulong RangeExecutions { get; internal set; }

    /// <summary>Dropped and cut ranges by reason; reasons without any are left out.</summary>
    public IReadOnlyList<DroppedRanges> DroppedRanges => _droppedRanges;

    /// <summary>What became of everything that ran in the binary.</summary>
    public CodeAccount Code { get; internal set; } = CodeAccount.Empty;

    /// <summary>The compiler that the profile was made for; null where only a version was asked for.</summary>
    public TargetCompiler? Compiler { get; internal set; }

    /// <summary>The compiler that made most of what ran, as the debug information names it (DW_AT_producer); empty where it does not.</summary>
    public string MadeBy { get; internal set; } = "";

    /// <summary>What was done for the compiler's sake, in order.</summary>
    public IReadOnlyList<PassResult> Passes { get; internal set; } = [];

    /// <summary>Format of the profile.</summary>
    /// <exception cref="InvalidOperationException">None was made.</exception>
    public ProfileFormat Format { get => field ?? throw new InvalidOperationException("no profile was made"); internal set; }

    /// <summary>Functions in the profile.</summary>
    public int Functions { get; internal set; }

    /// <summary>Functions that ran too little to be in it.</summary>
    public int FunctionsLeftOut { get; internal set; }

    /// <summary>Positions in the profile, those of inlined functions included.</summary>
    public int Positions { get; internal set; }

    /// <summary>Positions that ran, but would mislead the compiler, and so are not in it (passes <c>phi-arguments</c> and <c>if-converted-loops</c>).</summary>
    public int PositionsLeftOut { get; internal set; }

    /// <summary>Sum of all counts in the profile.</summary>
    public ulong TotalCount { get; internal set; }

    /// <summary>Time spent reading and counting the recording.</summary>
    public TimeSpan CountingTime { get; internal set; }

    /// <summary>Time spent on control flow, which <see cref="SymbolizingTime"/> holds too.</summary>
    public TimeSpan InferenceTime { get; internal set; }

    /// <summary>Time spent on symbols, debug information and the profile.</summary>
    public TimeSpan SymbolizingTime { get; internal set; }

    /// <summary>The files that the binary, its symbols and its debug information were read from.</summary>
    public IReadOnlyList<string> FilesRead { get; internal set; } = [];

    /// <summary>What was noticed, one entry for each kind.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    internal void Note(string id, string message) => _diagnostics.Add(new Diagnostic(id, DiagnosticSeverity.Note, message));

    internal void Warn(string id, string message) => _diagnostics.Add(new Diagnostic(id, DiagnosticSeverity.Warning, message));

    internal void Drop(string reason, ulong executions)
    {
        if (executions > 0)
        {
            _droppedRanges.Add(new DroppedRanges(reason, executions));
        }
    }
}
