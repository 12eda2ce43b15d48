using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Reports;

/// <summary>One event of a recording, and how it was recorded.</summary>
/// <param name="Name">Its name, or its type and config where the recording has none.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="PeriodOrFrequency">Events between two samples, or samples a second; 0 where neither was set.</param>
/// <param name="IsFrequency">Whether it is a frequency.</param>
/// <param name="SamplesUser">Whether user space was sampled.</param>
/// <param name="SamplesKernel">Whether the kernel was sampled.</param>
/// <param name="BranchFilter">The kinds of branches that were recorded, in the words of <c>perf record -j</c>; empty without branch stacks.</param>
public sealed record InspectedEvent(
    string Name, long Samples, ulong PeriodOrFrequency, bool IsFrequency, bool SamplesUser, bool SamplesKernel, string BranchFilter);

/// <summary>The records of one type.</summary>
/// <param name="Type">The type, as <c>perf report --stats</c> names it, or its number where it is not known.</param>
/// <param name="Count">How many there are.</param>
public sealed record InspectedRecords(string Type, long Count);

/// <summary>Whether a profile can be made of a binary on this machine.</summary>
public enum DebugInformationState
{
    /// <summary>The binary is not on this machine, or another build of it is.</summary>
    BinaryMissing,

    /// <summary>The binary is here, but neither it nor a separate file has debug information.</summary>
    Missing,

    /// <summary>The binary and its debug information are here.</summary>
    Found,
}

/// <summary>A binary of a recording, and what of it is on this machine.</summary>
/// <param name="Recorded">Its name, build-id and samples.</param>
/// <param name="Branches">Recorded branches into it.</param>
/// <param name="BranchShare">Its share of all branches into binaries, 0 to 1.</param>
/// <param name="Path">The file on this machine; null where there is none.</param>
/// <param name="DebugInformation">Whether it can be converted.</param>
public sealed record InspectedBinary(RecordedBinary Recorded, ulong Branches, double BranchShare, string? Path, DebugInformationState DebugInformation);

/// <summary>What a recording holds, and what can be done with it.</summary>
public sealed class RecordingInspection
{
    private RecordingInspection(CountedRecording recording, ConversionOptions options)
    {
        var report = new ConversionReport();
        RecordingCheck.NoteAll(recording, report);
        Path = recording.Path;
        Container = ContainerOf(recording.Form);
        Events = [.. recording.Events.Select(e => InspectedEventOf(e, recording.Scan.SamplesByEvent[e.Index]))];
        RecordsByType = RecordsByTypeOf(recording.Scan);
        Samples = recording.Scan.Samples;
        CountedEvent = recording.Event?.Name ?? "";
        CountedSamples = recording.Totals.Samples;
        SamplesWithBranchStack = recording.Totals.SamplesWithBranchStack;
        BranchEntries = recording.Totals.BranchEntries;
        DeepestBranchStack = recording.Totals.DeepestBranchStack;
        LostSamples = recording.Scan.LostSamples;
        FirstTime = recording.Totals.FirstTime;
        LastTime = recording.Totals.LastTime;
        CommandLine = recording.Features.CommandLine;
        PerfVersion = recording.Features.PerfVersion ?? "";
        KernelRelease = recording.Features.OsRelease ?? "";
        Architecture = recording.Features.Arch ?? "";
        Cpu = recording.Features.CpuDescription ?? recording.Features.CpuId ?? "";
        Diagnostics = report.Diagnostics;
        Binaries = InspectedBinariesOf(recording.Counted, options);
        SamplesElsewhere = ElsewhereOf(recording.Counted);
        Problem = RecordingCheck.Problem(recording, options)?.Message;
        NextStep = NextStepOf(recording, this, options);
    }

    private RecordingInspection(RecordingCounts counts, string container, ConversionOptions options)
    {
        var counted = counts.Counted;
        Path = counted.Path;
        Container = container;
        Events = [.. counts.EventNames.Select(name => new InspectedEvent(name, counts.Samples, 0, false, true, true, ""))];
        RecordsByType = [];
        Samples = counts.Samples;
        CountedEvent = string.Join(", ", counts.EventNames);
        CountedSamples = counts.Samples;
        SamplesWithBranchStack = counted.Totals.SamplesWithBranchStack;
        BranchEntries = counted.Totals.BranchEntries;
        DeepestBranchStack = counted.Totals.DeepestBranchStack;
        FirstTime = counted.Totals.FirstTime;
        LastTime = counted.Totals.LastTime;
        CommandLine = [];
        PerfVersion = KernelRelease = Architecture = Cpu = "";
        Diagnostics = [];
        Binaries = InspectedBinariesOf(counted, options);
        SamplesElsewhere = ElsewhereOf(counted);
        Problem = RecordingCheck.Problem(counts, options)?.Message;
        NextStep = ConversionStep(this, options);
    }

    /// <summary>The recording.</summary>
    public string Path { get; }

    /// <summary>How the recording is stored: a regular file, a pipe, a folder; compressed or not.</summary>
    public string Container { get; }

    /// <summary>The recorded events.</summary>
    public IReadOnlyList<InspectedEvent> Events { get; }

    /// <summary>Number of records by type.</summary>
    public IReadOnlyList<InspectedRecords> RecordsByType { get; }

    /// <summary>Samples of all events.</summary>
    public long Samples { get; }

    /// <summary>The event that a conversion would count, and that all that follows is about; empty where there is none.</summary>
    public string CountedEvent { get; }

    /// <summary>Samples of that event.</summary>
    public long CountedSamples { get; }

    /// <summary>Of these, the ones with a branch stack.</summary>
    public long SamplesWithBranchStack { get; }

    /// <summary>Entries of all branch stacks.</summary>
    public long BranchEntries { get; }

    /// <summary>Entries of the longest branch stack.</summary>
    public int DeepestBranchStack { get; }

    /// <summary>Samples that were lost while recording.</summary>
    public ulong LostSamples { get; }

    /// <summary>Time of the first sample in nanoseconds of the recording's clock; 0 where times are not known.</summary>
    public ulong FirstTime { get; }

    /// <summary>Time of the last sample in nanoseconds.</summary>
    public ulong LastTime { get; }

    /// <summary>The words of the command that recorded; empty where not known.</summary>
    public IReadOnlyList<string> CommandLine { get; }

    /// <summary>Version of perf that recorded; empty where not known.</summary>
    public string PerfVersion { get; }

    /// <summary>Release of the kernel that was running (<c>uname -r</c>); empty where not known.</summary>
    public string KernelRelease { get; }

    /// <summary>The machine's architecture (<c>uname -m</c>); empty where not known.</summary>
    public string Architecture { get; }

    /// <summary>The CPU's name or identification; empty where not known.</summary>
    public string Cpu { get; }

    /// <summary>The binaries that have samples, those with most first.</summary>
    public IReadOnlyList<InspectedBinary> Binaries { get; }

    /// <summary>Samples whose address lies in none of them: code that was made while the program ran (JIT), other memory without a file, or a process whose mappings are not in the recording.</summary>
    public ulong SamplesElsewhere { get; }

    /// <summary>What was noticed, one entry for each kind.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>Why no profile can be made as asked; null where one can.</summary>
    public string? Problem { get; }

    /// <summary>The exact command to type next.</summary>
    public string NextStep { get; }

    /// <summary>Looks at a recording.</summary>
    /// <param name="path">A recording: a file, compressed or not, a folder of <c>perf record --threads</c>, a named pipe, or <c>-</c> for standard input.</param>
    /// <param name="options">Choices, as for a conversion; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">The file is not a recording, or is damaged.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RecordingInspection Of(string path, ConversionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var input = Input.Open(path, options?.MaximumInput);
        return Of(input, options);
    }

    /// <summary>Looks at an input.</summary>
    /// <param name="input">The input, which is read to its end.</param>
    /// <param name="options">Choices, as for a conversion; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">It is not a recording, or is damaged.</exception>
    /// <exception cref="ConversionException">It is counts of one binary as text, of which nothing more is known.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RecordingInspection Of(Input input, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= new ConversionOptions();
        if (input.Format == InputFormat.CountsText)
        {
            throw new ConversionException(ConversionFailure.NotRecorded, $"{input.Name}: is counts of one binary as text, which do not say of which; tarax convert --binary FILE makes its profile");
        }

        return input.ReadCounts() is not { } counts ? new RecordingInspection(CountedRecording.Read(input, options), options)
            : input.Format == InputFormat.Counts ? Of(counts, "file of counts", options)
            : Of(counts, input.FormatName, options with { UseBranchStacks = counts.Counted.Totals.SamplesWithBranchStack > 0 });
    }

    /// <summary>Looks at counts of a recording of another tool.</summary>
    /// <param name="counts">What was counted of it.</param>
    /// <param name="container">How it is stored, in a few words.</param>
    /// <param name="options">Choices, as for a conversion; null for the defaults.</param>
    public static RecordingInspection Of(RecordingCounts counts, string container, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(container);
        return new RecordingInspection(counts, container, options ?? new ConversionOptions());
    }

    /// <summary>Looks at a recording that is counted already.</summary>
    internal static RecordingInspection Of(CountedRecording recording, ConversionOptions options) => new(recording, options);

    private static string ContainerOf(RecordingForm form) =>
        (form.DataFiles > 0 ? $"folder with {form.DataFiles} data files" : form.IsText ? "text of perf script" : form.IsPipe ? "pipe format" : "regular file")
        + (form.IsCompressed ? ", compressed" : "") + (form.IsForeign ? ", of the other byte order" : "");

    private static List<InspectedRecords> RecordsByTypeOf(RecordingScan scan)
    {
        var result = new List<InspectedRecords>();
        foreach (var (type, count) in scan.RecordsByType)
        {
            result.Add(new InspectedRecords(((RecordType)type).Name(), count));
        }

        return result;
    }

    private static InspectedEvent InspectedEventOf(PerfEvent recorded, long samples)
    {
        var attribute = recorded.Attribute;
        return new InspectedEvent(
            recorded.Name, samples, attribute.PeriodOrFrequency, attribute.IsFrequency, !attribute.ExcludesUser, !attribute.ExcludesKernel,
            recorded.IsTraced ? "any, one at a time" : recorded.Layout.HasBranchStack ? attribute.BranchSampleType.FilterText() : "");
    }

    private static List<InspectedBinary> InspectedBinariesOf(CountedBinaries counted, ConversionOptions options)
    {
        var branches = counted.Counts.BranchesByFile();
        ulong all = 0;
        foreach (ulong count in branches.Values)
        {
            all += count;
        }

        var search = options.LocalDebugFiles;
        var result = new List<InspectedBinary>();
        foreach (var binary in counted.Binaries())
        {
            ulong into = branches.GetValueOrDefault(binary.File!);
            string? path = counted.FindOnThisMachine(binary.File!, search);
            result.Add(new InspectedBinary(binary, into, all == 0 ? 0 : (double)into / all, path, StateOf(path, search)));
        }

        return result;
    }

    private static ulong ElsewhereOf(CountedBinaries counted)
    {
        ulong all = (ulong)counted.Totals.Samples;
        ulong known = counted.Binaries().Aggregate(0UL, (sum, b) => SaturatingSum.Of(sum, b.Samples));
        return all > known ? all - known : 0;
    }

    private static DebugInformationState StateOf(string? path, DebugFileSearch search)
    {
        if (path is null)
        {
            return DebugInformationState.BinaryMissing;
        }

        try
        {
            using var files = BinaryFiles.Open(path, search);
            return files.Debug.HasDebugInformation ? DebugInformationState.Found : DebugInformationState.Missing;
        }
        catch (Exception e) when (e is InvalidFormatException or IOException or UnauthorizedAccessException)
        {
            return DebugInformationState.Missing;
        }
    }

    private static string NextStepOf(CountedRecording recording, RecordingInspection inspection, ConversionOptions options)
    {
        string recorded = Quoted(inspection.Path);
        if (inspection.Samples == 0)
        {
            return recording.Scan.RecordsByType.ContainsKey((uint)RecordType.AuxTrace)
                ? $"perf inject --itrace=i1000usb32 -i {recorded} -o injected.data"
                : "perf record -b -e br_inst_retired.near_taken:upp -- PROGRAM";
        }

        if (recording.Event is null)
        {
            return $"tarax inspect {recorded} --event {Quoted(recording.Events[0].Name)}";
        }

        if (recording.Counted.MappedFiles is [{ IsAsLinked: true }])
        {
            return $"perf script -i perf.data --show-mmap-events -F comm,pid,time,ip{(inspection.SamplesWithBranchStack > 0 ? ",brstack" : "")} >{recorded}";
        }

        return ConversionStep(inspection, options);
    }

    /// <summary>The conversion of what can be converted, or how to get what is missing for it.</summary>
    private static string ConversionStep(RecordingInspection inspection, ConversionOptions options)
    {
        const double MattersFrom = 0.05;
        string recorded = Quoted(inspection.Path);
        string furtherOptions = (inspection.SamplesWithBranchStack == 0 ? " --no-lbr" : "")
            + (options.EventName is { } name ? $" --event {Quoted(name)}" : "")
            + string.Concat(options.DebugDirectories.Select(d => $" --debug-dir {Quoted(d)}"));
        var matters = inspection.Binaries.Where(b => b.Recorded.Share >= MattersFrom).ToList();
        var convertible = matters.Where(b => b.DebugInformation == DebugInformationState.Found).ToList();
        bool isMainPartMissing = matters.Count > 0 && matters[0].DebugInformation != DebugInformationState.Found;
        if (convertible.Count > 1 && !isMainPartMissing)
        {
            return $"tarax convert {recorded} --all --out-dir profiles{furtherOptions}";
        }

        if (convertible.Count == 1 && !isMainPartMissing)
        {
            string path = convertible[0].Path!;
            return $"tarax convert {recorded} --binary {Quoted(path)} -o {Quoted(System.IO.Path.GetFileName(path) + ".afdo")}{furtherOptions}";
        }

        if (matters.Count == 0)
        {
            return $"tarax convert {recorded} --binary PROGRAM --mapped-as NAME -o program.afdo{furtherOptions}";
        }

        // Recorded elsewhere: whoever has the binary knows where. A build-id says whether it is the one; without one its name has to do.
        var first = matters[0].Recorded;
        bool isOfKernel = first.File!.KernelReferenceSymbol is not null;
        string file = isOfKernel ? "vmlinux" : first.File.IsOfElf ? "program" : System.IO.Path.GetFileName(first.Name).Trim('[', ']');
        return $"tarax convert {recorded} --binary {Quoted("PATH/TO/" + file)} -o {Quoted(file + ".afdo")}{furtherOptions}";
    }

    private static string Quoted(string word) => Printable.Quoted(word);
}
