using System.Diagnostics;
using System.Globalization;
using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.PerfData;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo;

/// <summary>
/// The first half of conversions: a recording, read once and counted by runtime address, and the counts of each binary in it.
/// </summary>
internal sealed class CountedRecording
{
    private readonly string _path;
    private readonly ConversionOptions _options;
    private readonly ConversionReport _report = new();
    private readonly IReadOnlyList<MappedFile> _mapped;
    private readonly AddressSpace? _kernel;
    private readonly RecordedCounts _recorded;
    private readonly string? _release;

    private CountedRecording(PerfDataFile file, string path, ConversionOptions options)
    {
        _path = path;
        _options = options;
        long start = Stopwatch.GetTimestamp();
        var scan = RecordingScan.Run(file);
        NoteScan(file, scan);
        var chosen = ChooseEvent(file, scan);
        _recorded = RecordingCounter.Run(file, scan, chosen, options.Threads, Progress(file));
        _mapped = scan.AddressSpaces.Files;
        _kernel = scan.AddressSpaces.OfKernel(ulong.MaxValue);
        _release = file.Features.OsRelease;
        _report.EventName = chosen.Name;
        _report.Samples = _recorded.Samples;
        _report.SamplesWithBranchStack = _recorded.SamplesWithBranchStack;
        _report.BranchEntries = _recorded.BranchEntries;
        _report.CountingTime = Stopwatch.GetElapsedTime(start);
        NoteSamples(_recorded);
    }

    /// <summary>Reads and counts a recording.</summary>
    /// <exception cref="ConversionException">It has no samples with branch stacks.</exception>
    public static CountedRecording Count(string path, ConversionOptions options)
    {
        using var file = PerfDataFile.Open(path);
        return new CountedRecording(file, path, options);
    }

    /// <summary>A report that begins with what is known of the recording.</summary>
    public ConversionReport NewReport(ElfFile binary) => new(_report) { BuildId = binary.BuildId.ToString() };

    /// <summary>The files that have samples, those with most first.</summary>
    public List<RecordedBinary> Binaries()
    {
        var samples = _recorded.SamplesByFile(_kernel);
        return [.. samples.Keys.OrderByDescending(f => samples[f]).ThenBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.BuildId.ToString(), StringComparer.Ordinal)
            .Select(f => new RecordedBinary(f.Name, f.BuildId.ToString(), samples[f], (double)samples[f] / _recorded.Samples) { File = f })];
    }

    /// <summary>The file of this machine that a mapped file is; null where it is not here.</summary>
    public string? FindOnThisMachine(MappedFile file, DebugFileSearch search) =>
        file.KernelReferenceSymbol is not null ? search.FindKernel(_release, file.BuildId)
        : file.IsKernelModule ? search.FindModule(file.Name, file.BuildId)
        : search.FindBinary(file.Name, file.BuildId);

    /// <summary>What the recording says of a binary.</summary>
    /// <exception cref="ConversionException">It has nothing, or too little, for this binary.</exception>
    public BinaryCounts CountsOf(ElfFile binary, ConversionReport report)
    {
        var layout = new BinaryLayout(binary);
        if (binary.IsDebugFile && binary.Type != ElfType.Relocatable && !layout.IsKernel)
        {
            throw new ConversionException(
                ConversionFailure.NotRecorded,
                $"{binary.Path}: holds debug information only; give the binary itself, and this file's folder with --debug-dir where it is not found by itself");
        }

        var match = FindBinary(binary, layout, report);
        var tally = _recorded.TallyOf(match.Files, layout, _kernel);
        NoteTally(tally, report);
        if (tally.Samples < _options.MinimumSamples)
        {
            throw new ConversionException(
                ConversionFailure.TooFewSamples,
                $"{binary.Path}: only {Rate.Of(tally.Samples, (ulong)_recorded.Samples)} of the samples lie in it, fewer than the {_options.MinimumSamples} that are asked for. "
                + $"Most samples lie in: {MostSampled()}. Record longer, or convert one of these, or lower --min-samples.");
        }

        return tally.ToCounts(binary.BuildId.IsEmpty ? null : binary.BuildId.ToString());
    }

    private Action<long>? Progress(PerfDataFile file)
    {
        if (_options.Progress is not { } progress)
        {
            return null;
        }

        long total = Math.Max(file.DataEnd - file.DataStart, 1);
        long done = 0;
        return bytes => progress.Report((double)Interlocked.Add(ref done, bytes) / total);
    }

    private PerfEvent ChooseEvent(PerfDataFile file, RecordingScan scan)
    {
        string[] names = [.. file.Events.Select(e => $"{e.Name} ({scan.SamplesByEvent[e.Index].ToString("N0", CultureInfo.InvariantCulture)} samples)")];
        if (scan.Samples == 0)
        {
            throw new ConversionException(
                ConversionFailure.EmptyRecording,
                $"{_path}: the recording has no samples (events: {string.Join(", ", names)}). Check that the program ran while perf recorded, and that the event exists on this CPU: perf stat -e EVENT PROGRAM");
        }

        if (EventChoice.Choose(file.Events, scan.SamplesByEvent, _options.EventName) is not { } chosen)
        {
            throw _options.EventName is null
                ? NoBranchStacks()
                : new ConversionException(ConversionFailure.NoSuchEvent, $"{_path}: no event is named {_options.EventName}; there are: {string.Join(", ", names)}");
        }

        if (_options.EventName is null && file.Events.Count(e => e.Layout.HasBranchStack && scan.SamplesByEvent[e.Index] > 0) > 1)
        {
            _report.Note(DiagnosticId.SeveralEvents, $"{chosen.Name} was taken, the most sampled of several events with branch stacks ({string.Join(", ", names)}); --event chooses another");
        }

        var filter = chosen.Attribute.BranchSampleType;
        if (chosen.Layout.HasBranchStack && (filter.HasFlag(BranchSampleType.CallStack) || !filter.HasFlag(BranchSampleType.Any)))
        {
            _report.Warn(DiagnosticId.FilteredBranches, "the branch stacks do not hold all branches (recorded with a filter or as call stacks), so counts are wrong; record with: perf record -b (or -j any,u)");
        }

        return chosen;
    }

    private ConversionException NoBranchStacks() => new(
        ConversionFailure.NoBranchStacks,
        $"{_path}: the samples have no branch stacks. Record with -b: perf record -b -e br_inst_retired.near_taken:upp -- PROGRAM (Intel), "
        + "perf record -b -e ex_ret_brn_tkn:u -- PROGRAM (AMD Zen 4 and later). Virtual machines often do not offer branch records.");

    private BinaryMatch FindBinary(ElfFile binary, BinaryLayout layout, ConversionReport report)
    {
        var match = BinaryMatch.Find(_mapped, binary.Path, binary.BuildId, layout.IsKernel, _options.MappedAs);
        string identity = binary.BuildId.IsEmpty ? "which has no build-id" : $"build-id {binary.BuildId}";
        switch (match.Kind)
        {
            case MatchKind.OtherBuildId:
                throw new ConversionException(
                    ConversionFailure.OtherBuild,
                    $"{binary.Path}, {identity}, is another build than the recorded {string.Join(", ", match.Files.Select(f => $"{f.Name} (build-id {f.BuildId})"))}. "
                    + "Give the binary that was running, or say that this one will do: --mapped-as NAME");
            case MatchKind.None:
                throw new ConversionException(
                    ConversionFailure.NotRecorded,
                    $"{binary.Path}, {identity}, {(_options.MappedAs is null ? "" : $"taken for {_options.MappedAs}, ")}was not mapped in this recording. "
                    + $"Most samples lie in: {MostSampled()}. Give one of these, or say under which name the binary ran: --mapped-as NAME");
            case MatchKind.Name:
                report.Note(DiagnosticId.MatchedByName, $"recognised by its name as {string.Join(", ", match.Files.Select(f => f.Name))}, since {(binary.BuildId.IsEmpty ? "it has no build-id" : "the recording has none for it")}");
                break;
        }

        report.Identification = match.Kind switch
        {
            MatchKind.BuildId => BinaryIdentification.BuildId,
            MatchKind.User => BinaryIdentification.Option,
            _ => BinaryIdentification.Name,
        };
        return match;
    }

    private string MostSampled()
    {
        const int Shown = 3;
        var top = Binaries().Take(Shown)
            .Select(b => $"{b.Name} {(100 * b.Share).ToString("0.0", CultureInfo.InvariantCulture)} %{(b.BuildId.Length == 0 ? "" : $" (build-id {b.BuildId})")}");
        return string.Join(", ", top.DefaultIfEmpty("no mapped file"));
    }

    private void NoteScan(PerfDataFile file, RecordingScan scan)
    {
        if (scan.LostSamples > 0)
        {
            _report.Warn(DiagnosticId.LostSamples, $"{Rate.Of(scan.LostSamples, scan.LostSamples + (ulong)scan.Samples)} of the samples were lost while recording; record with a longer period or a larger buffer (-m)");
        }

        if (scan.UnknownRecords.Count > 0)
        {
            _report.Note(DiagnosticId.UnknownRecords, $"{scan.UnknownRecords.Values.Sum()} records of unknown types were passed over (types {string.Join(", ", scan.UnknownRecords.Keys.Take(8))}{(scan.UnknownRecords.Count > 8 ? " …" : "")})");
        }

        if (file.Features.Unreadable.Count > 0)
        {
            _report.Note(DiagnosticId.UnreadableFeatures, $"feature sections could not be read: {string.Join("; ", file.Features.Unreadable)}");
        }
    }

    private void NoteSamples(RecordedCounts recorded)
    {
        if (recorded.SamplesWithBranchStack == 0)
        {
            throw NoBranchStacks();
        }

        if (recorded.DamagedSamples > 0)
        {
            _report.Warn(DiagnosticId.DamagedSamples, $"{Rate.Of(recorded.DamagedSamples, recorded.Samples)} of the samples are shorter than what they say they hold");
        }

        if (recorded.GuestSamples > 0)
        {
            _report.Note(DiagnosticId.GuestSamples, $"{Rate.Of(recorded.GuestSamples, recorded.Samples)} of the samples were taken inside of virtual machines and left out");
        }

        long without = recorded.Samples - recorded.SamplesWithBranchStack;
        if (without > recorded.Samples / 10)
        {
            _report.Warn(DiagnosticId.WithoutBranchStack, $"{Rate.Of(without, recorded.Samples)} of the samples have no branch stack");
        }
    }

    private static void NoteTally(BinaryTally tally, ConversionReport report)
    {
        report.SamplesInBinary = tally.Samples;
        report.RangeExecutions = tally.RangesSeen;
        report.Drop("the next branch lies outside of the binary", tally.RangesLeavingBinary);
        report.Drop("the next branch lies before the range", tally.RangesBackward);
        report.Drop("longer than 1 MiB", tally.RangesTooLong);
        ulong dropped = tally.RangesLeavingBinary + tally.RangesBackward + tally.RangesTooLong;
        if (dropped > tally.RangesSeen / 100)
        {
            report.Warn(DiagnosticId.DroppedRanges, $"{Rate.Of(dropped, tally.RangesSeen)} of the ranges have an impossible end and were dropped; the branch stacks may be filtered, or the binary is another build");
        }

    }
}
