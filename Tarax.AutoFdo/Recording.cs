using System.Diagnostics;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Bolt;
using Tarax.AutoFdo.Outputs.Gcda;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo;

/// <summary>What became of one of many binaries.</summary>
/// <param name="Binary">The binary as recorded.</param>
/// <param name="Path">The file on this machine that was taken for it; null where none was found.</param>
/// <param name="Result">The conversion's result; null where there is none.</param>
/// <param name="Problem">Why there is no result, and how to get what is missing; null where there is one.</param>
public sealed record BinaryOutcome(RecordedBinary Binary, string? Path, ConversionResult? Result, string? Problem);

/// <summary>What a conversion to counters gives.</summary>
/// <param name="Counters">The counters.</param>
/// <param name="Reports">What was done, for each binary.</param>
public sealed record CounterResult(ArcCounters Counters, IReadOnlyList<ConversionReport> Reports);

/// <summary>What a conversion for BOLT gives.</summary>
/// <param name="Profile">What BOLT reads.</param>
/// <param name="Report">What was done.</param>
public sealed record BoltResult(BoltProfile Profile, ConversionReport Report);

/// <summary>What a conversion to a layout gives.</summary>
/// <param name="Layout">The layout.</param>
/// <param name="Counts">The counts that it was made from.</param>
/// <param name="Report">What was done before.</param>
public sealed record LayoutResult(CodeLayout Layout, BinaryCounts Counts, ConversionReport Report);

/// <summary>
/// A recording that was read and counted once, from which profiles of any of its binaries are made. The file is not needed any more.
/// </summary>
public sealed class Recording
{
    private readonly CountedBinaries _counted;
    private readonly ConversionOptions _options;
    private readonly ConversionReport _report;
    private readonly DebugFileSearch _debugFiles;

    private Recording(CountedBinaries counted, ConversionReport report, ConversionOptions options)
    {
        _counted = counted;
        _options = options;
        _report = report;
        _debugFiles = options.DebugFiles;
        Binaries = counted.Binaries();
    }

    /// <summary>The files that have samples, those with most first.</summary>
    public IReadOnlyList<RecordedBinary> Binaries { get; }

    /// <summary>Reads and counts a recording.</summary>
    /// <param name="path">
    /// A recording: a file, compressed or not, a folder of <c>perf record --threads</c>, a named pipe, or <c>-</c> for standard input; or a file of
    /// <see cref="RecordingCounts"/>.
    /// </param>
    /// <param name="options">Choices, also for the conversions; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">The file is not a recording, or is damaged.</exception>
    /// <exception cref="ConversionException">It has no samples, or none with branch stacks where they are wanted.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recording Count(string path, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var input = Input.Open(path, options?.MaximumInput);
        return Count(input, options);
    }

    /// <summary>Reads and counts an input.</summary>
    /// <param name="input">The input, which is read to its end.</param>
    /// <param name="options">Choices, also for the conversions; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">It is not a recording, or is damaged.</exception>
    /// <exception cref="ConversionException">It has no samples, or none with branch stacks where they are wanted, or is of one binary only.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Recording Count(Input input, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= new ConversionOptions();
        Check(options);
        if (input.Format == InputFormat.CountsText)
        {
            throw new ConversionException(ConversionFailure.NotRecorded, $"{input.Name}: is counts of one binary as text, which do not say of which; tarax convert --binary FILE makes its profile");
        }

        if (input.ReadCounts() is { } counts)
        {
            // Most other tools record no branch stacks.
            return Of(counts, input.Format is InputFormat.Other or InputFormat.Preaggregated && counts.Counted.Totals.SamplesWithBranchStack == 0 ? options with { UseBranchStacks = false } : options);
        }

        return Of(CountedRecording.Read(input, options), options);
    }

    /// <summary>Takes a recording that is counted already.</summary>
    /// <exception cref="ConversionException">It has no samples, or none with branch stacks where they are wanted.</exception>
    internal static Recording Of(CountedRecording recorded, ConversionOptions options) => new(recorded.Counted, RecordingCheck.Report(recorded, options), options);

    /// <summary>The counts of an input: those that it holds, or that a recording is counted to.</summary>
    /// <param name="input">The input, which is read to its end.</param>
    /// <param name="options">How a recording is counted; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">It is neither, or is damaged.</exception>
    /// <exception cref="ConversionException">It has no samples, or none with branch stacks where they are wanted, or is of one binary only.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RecordingCounts CountsOf(Input input, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.ReadCounts() ?? Count(input, options).Counts;
    }

    /// <summary>Takes counts for the recordings that they were made from.</summary>
    /// <param name="counts">The counts of one recording, or of many.</param>
    /// <param name="options">Choices for the conversions; null for the defaults.</param>
    /// <exception cref="ConversionException">There are no samples, or none with branch stacks where they are wanted.</exception>
    public static Recording Of(RecordingCounts counts, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        options ??= new ConversionOptions();
        Check(options);
        return new Recording(counts.Counted, RecordingCheck.Report(counts, options), options);
    }

    /// <exception cref="ArgumentOutOfRangeException">A number is none that there can be.</exception>
    /// <exception cref="OperationCanceledException">Nothing is wanted any more.</exception>
    private static void Check(ConversionOptions options)
    {
        if (options.Threads < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Threads, $"{nameof(ConversionOptions.Threads)} is less than 1");
        }

        options.CancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The counts of all binaries: kilobytes, from which the same profiles can be made.</summary>
    public RecordingCounts Counts => RecordingCounts.Merge([new RecordingCounts(_counted)]);

    /// <summary>The counts of one binary, by its file offsets. No debug information is needed.</summary>
    /// <param name="binary">The program, shared object, vmlinux or module that ran.</param>
    /// <exception cref="InvalidFormatException">The binary is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">It is not in the recording, or has too few samples.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public BinaryCounts CountsOf(string binary)
    {
        ArgumentNullException.ThrowIfNull(binary);
        using var opened = Binary.Open(binary, _debugFiles);
        return CountsOf(opened);
    }

    /// <summary>The counts of one binary, by its file offsets. No debug information is needed.</summary>
    /// <param name="binary">The binary, which stays open.</param>
    /// <exception cref="InvalidFormatException">It is damaged, or changed meanwhile.</exception>
    /// <exception cref="ConversionException">It is not in the recording, or has too few samples.</exception>
    public BinaryCounts CountsOf(Binary binary)
    {
        ArgumentNullException.ThrowIfNull(binary);
        return binary.Use(b => new BinaryLookup(_counted, _options).CountsOf(b.File, new ConversionReport(_report)));
    }

    /// <summary>Makes counters for GCC of all that ran in some binaries, as if an instrumented build of their sources had run.</summary>
    /// <param name="binaries">Programs and shared objects, or vmlinux and modules, of one build; they may be of another than the notes, whose sources are the same.</param>
    /// <param name="notes">The notes of the objects that will be compiled.</param>
    /// <returns>The counters, and what was done for each binary.</returns>
    /// <exception cref="InvalidFormatException">A binary is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">Nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public CounterResult CountersOf(IEnumerable<string> binaries, GccNotes notes)
    {
        ArgumentNullException.ThrowIfNull(binaries);
        ArgumentNullException.ThrowIfNull(notes);
        var functions = new List<FunctionProfile>();
        var reports = new List<ConversionReport>();
        foreach (string path in binaries)
        {
            using var opened = Binary.Open(path, _debugFiles);
            functions.AddRange(opened.Use(binary =>
            {
                var report = new ConversionReport(_report) { BuildId = binary.BuildId };
                reports.Add(report);
                var counts = new BinaryLookup(_counted, _options).CountsOf(binary.File, report);
                return CounterConversion.Functions(counts, _counted.EventName, binary, _options, report);
            }));
        }

        return new CounterResult(ArcCounters.Of(functions, notes, _options.Threads), reports);
    }

    /// <summary>Makes of the counts of one binary what BOLT reads. No debug information is needed.</summary>
    /// <param name="binary">The program, shared object or vmlinux that ran.</param>
    /// <param name="format">The form.</param>
    /// <param name="namesBuildId">Whether the build-id stands before every address, so that the addresses of several binaries can be in one file; of <see cref="BoltFormat.Preaggregated"/>.</param>
    /// <returns>The profile and the report.</returns>
    /// <exception cref="InvalidFormatException">The binary is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">Nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public BoltResult BoltProfileOf(string binary, BoltFormat format, bool namesBuildId = false)
    {
        ArgumentNullException.ThrowIfNull(binary);
        using var opened = Binary.Open(binary, _debugFiles);
        return opened.Use(b =>
        {
            var report = new ConversionReport(_report) { BuildId = b.BuildId };
            var counts = new BinaryLookup(_counted, _options).CountsOf(b.File, report);
            return new BoltResult(BoltConversion.Run(counts, _counted.EventName, b, _options, report, format, namesBuildId), report);
        });
    }

    /// <summary>Finds in which order blocks and functions of one binary should lie.</summary>
    /// <param name="binary">The program, shared object, vmlinux or module that ran, built by Clang with <c>-fbasic-block-address-map</c>; it stays open.</param>
    /// <param name="layout">Choices for the layout; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">It or its address map is damaged, or changed meanwhile, or the map is of a version that is not known.</exception>
    /// <exception cref="ConversionException">Nothing usable comes out, or the binary has no address map.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public LayoutResult LayoutOf(Binary binary, CodeLayoutOptions? layout = null)
    {
        ArgumentNullException.ThrowIfNull(binary);
        return binary.Use(b =>
        {
            var report = new ConversionReport(_report) { BuildId = b.BuildId };
            var counts = new BinaryLookup(_counted, _options).CountsOf(b.File, report);
            counts = LayoutConversion.Counts(counts, _counted.EventName, b, _options, report);
            return new LayoutResult(CodeLayout.Of(b, counts, layout), counts, report);
        });
    }

    /// <summary>Makes the profile of one binary.</summary>
    /// <param name="binary">The program, shared object, vmlinux or module that ran; its debug information may be in a separate file.</param>
    /// <returns>The profile, the counts and the report.</returns>
    /// <exception cref="InvalidFormatException">The binary is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">Nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ConversionResult Convert(string binary)
    {
        ArgumentNullException.ThrowIfNull(binary);
        using var opened = Binary.Open(binary, _debugFiles);
        return Convert(opened);
    }

    /// <summary>Makes the profile of one binary. Many recordings may be converted with one object, one after another or on several threads.</summary>
    /// <param name="binary">The binary, which stays open.</param>
    /// <returns>The profile, the counts and the report.</returns>
    /// <exception cref="InvalidFormatException">It is damaged, or changed meanwhile.</exception>
    /// <exception cref="ConversionException">Nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ConversionResult Convert(Binary binary)
    {
        ArgumentNullException.ThrowIfNull(binary);
        return binary.Use(Profiled);
    }

    private ConversionResult Profiled(Binary binary)
    {
        var report = new ConversionReport(_report) { BuildId = binary.BuildId };
        var counts = new BinaryLookup(_counted, _options).CountsOf(binary.File, report);
        long start = Stopwatch.GetTimestamp();
        (var profile, counts) = ProfileConversion.Build(counts, _counted.EventName, binary, _options, report);
        report.SymbolizingTime = Stopwatch.GetElapsedTime(start);
        return new ConversionResult(profile, counts, report);
    }

    /// <summary>
    /// Makes the profiles of all binaries that have a share of the samples, one after another as they are asked for. They are looked for under their
    /// recorded paths and in the debug folders.
    /// </summary>
    /// <param name="minimumShare">The least share of the samples, 0 to 1.</param>
    /// <returns>An outcome for each binary, those with most samples first; what is wrong with one is its problem, and only <see cref="OperationCanceledException"/> is thrown.</returns>
    public IEnumerable<BinaryOutcome> ConvertAll(double minimumShare)
    {
        foreach (var binary in Binaries.Where(b => b.Share >= minimumShare))
        {
            yield return Convert(binary);
        }
    }

    /// <summary>Makes the profiles of some binaries, one after another as they are asked for.</summary>
    /// <param name="binaries">The files; their debug information may be in separate ones.</param>
    /// <returns>An outcome for each, in the same order; what is wrong with one is its problem, and only <see cref="OperationCanceledException"/> is thrown.</returns>
    public IEnumerable<BinaryOutcome> Convert(IEnumerable<string> binaries)
    {
        ArgumentNullException.ThrowIfNull(binaries);
        return binaries.Select(path =>
        {
            var outcome = Outcome(new RecordedBinary(path, "", 0, 0), path);
            return outcome.Result is not { } result ? outcome : outcome with
            {
                Binary = new RecordedBinary(path, result.Report.BuildId, result.Report.SamplesInBinary, (double)result.Report.SamplesInBinary / result.Report.Samples),
            };
        });
    }

    private BinaryOutcome Convert(RecordedBinary binary)
    {
        string? path = _counted.FindOnThisMachine(binary.File!, _debugFiles);
        if (path is null)
        {
            return new BinaryOutcome(binary, null, null, $"is not on this machine{(binary.BuildId.Length == 0 ? "" : $" (build-id {binary.BuildId})")}{HowToGet(binary)}");
        }

        return Outcome(binary, path);
    }

    private BinaryOutcome Outcome(RecordedBinary binary, string path)
    {
        try
        {
            return new BinaryOutcome(binary, path, Convert(path), null);
        }
        catch (Exception e) when (e is ConversionException or InvalidFormatException or IOException or UnauthorizedAccessException)
        {
            return new BinaryOutcome(binary, path, null, e.Message);
        }
    }

    private string HowToGet(RecordedBinary binary)
    {
        string where = $"; copy {(binary.File!.KernelReferenceSymbol is null ? "it" : "vmlinux")} here and name it with --binary, or its folder with --debug-dir";
        return binary.BuildId.Length == 0 ? where
            : _debugFiles.Problem is { } problem ? $"{where} ({problem})"
            : _debugFiles.AsksServers ? $"{where} (no debuginfod server has it)"
            : $"{where}; where a debuginfod server has it, --debuginfod URL fetches it";
    }
}
