using System.Globalization;
using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.PerfData;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo;

/// <summary>The first half of a conversion: from a recording to the counts of one binary.</summary>
internal sealed class RecordingConversion
{
    private readonly PerfDataFile _file;
    private readonly string _path;
    private readonly ElfFile _binary;
    private readonly ConversionOptions _options;
    private readonly ConversionReport _report;

    private RecordingConversion(PerfDataFile file, string path, ElfFile binary, ConversionOptions options, ConversionReport report)
    {
        _file = file;
        _path = path;
        _binary = binary;
        _options = options;
        _report = report;
    }

    /// <summary>Counts what a recording says of a binary.</summary>
    /// <exception cref="ConversionException">The recording has nothing for this binary.</exception>
    public static BinaryCounts Count(string path, ElfFile binary, ConversionOptions options, ConversionReport report)
    {
        using var file = PerfDataFile.Open(path);
        return new RecordingConversion(file, path, binary, options, report).Run();
    }

    private BinaryCounts Run()
    {
        var scan = RecordingScan.Run(_file);
        NoteScan(scan);
        var chosen = ChooseEvent(scan);
        var recorded = RecordingCounter.Run(_file, scan, chosen, _options.Threads, Progress());
        _report.EventName = chosen.Name;
        _report.Samples = recorded.Samples;
        _report.SamplesWithBranchStack = recorded.SamplesWithBranchStack;
        _report.BranchEntries = recorded.BranchEntries;
        if (recorded.SamplesWithBranchStack == 0)
        {
            throw NoBranchStacks();
        }

        NoteSamples(recorded);
        var kernel = scan.AddressSpaces.OfKernel(ulong.MaxValue);
        var layout = new BinaryLayout(_binary);
        var match = FindBinary(scan, recorded, kernel, layout);
        var tally = recorded.TallyOf(match.Files, layout, kernel);
        NoteTally(tally);
        if (tally.Samples < _options.MinimumSamples)
        {
            throw new ConversionException(
                ConversionFailure.TooFewSamples,
                $"{_binary.Path}: only {Rate.Of(tally.Samples, (ulong)recorded.Samples)} of the samples lie in it, fewer than the {_options.MinimumSamples} that are asked for. "
                + $"Most samples lie in: {MostSampled(recorded, kernel)}. Record longer, or convert one of these, or lower --min-samples.");
        }

        return tally.ToCounts(_binary.BuildId.IsEmpty ? null : _binary.BuildId.ToString());
    }

    private Action<long>? Progress()
    {
        if (_options.Progress is not { } progress)
        {
            return null;
        }

        long total = Math.Max(_file.DataEnd - _file.DataStart, 1);
        long done = 0;
        return bytes => progress.Report((double)Interlocked.Add(ref done, bytes) / total);
    }

    private PerfEvent ChooseEvent(RecordingScan scan)
    {
        string[] names = [.. _file.Events.Select(e => $"{e.Name} ({scan.SamplesByEvent[e.Index].ToString("N0", CultureInfo.InvariantCulture)} samples)")];
        if (scan.Samples == 0)
        {
            throw new ConversionException(
                ConversionFailure.EmptyRecording,
                $"{_path}: the recording has no samples (events: {string.Join(", ", names)}). Check that the program ran while perf recorded, and that the event exists on this CPU: perf stat -e EVENT PROGRAM");
        }

        if (EventChoice.Choose(_file.Events, scan.SamplesByEvent, _options.EventName) is not { } chosen)
        {
            throw _options.EventName is null
                ? NoBranchStacks()
                : new ConversionException(ConversionFailure.NoSuchEvent, $"{_path}: no event is named {_options.EventName}; there are: {string.Join(", ", names)}");
        }

        if (_options.EventName is null && _file.Events.Count(e => e.Layout.HasBranchStack && scan.SamplesByEvent[e.Index] > 0) > 1)
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

    private BinaryMatch FindBinary(RecordingScan scan, RecordedCounts recorded, AddressSpace? kernel, BinaryLayout layout)
    {
        var match = BinaryMatch.Find(scan.AddressSpaces.Files, _binary.Path, _binary.BuildId, layout.IsKernel, _options.MappedAs);
        string identity = _binary.BuildId.IsEmpty ? "which has no build-id" : $"build-id {_binary.BuildId}";
        switch (match.Kind)
        {
            case MatchKind.OtherBuildId:
                throw new ConversionException(
                    ConversionFailure.OtherBuild,
                    $"{_binary.Path}, {identity}, is another build than the recorded {string.Join(", ", match.Files.Select(f => $"{f.Name} (build-id {f.BuildId})"))}. "
                    + "Give the binary that was running, or say that this one will do: --mapped-as NAME");
            case MatchKind.None:
                throw new ConversionException(
                    ConversionFailure.NotRecorded,
                    $"{_binary.Path}, {identity}, {(_options.MappedAs is null ? "" : $"taken for {_options.MappedAs}, ")}was not mapped in this recording. "
                    + $"Most samples lie in: {MostSampled(recorded, kernel)}. Give one of these, or say under which name the binary ran: --mapped-as NAME");
            case MatchKind.Name:
                _report.Note(DiagnosticId.MatchedByName, $"recognised by its name as {string.Join(", ", match.Files.Select(f => f.Name))}, since {(_binary.BuildId.IsEmpty ? "it has no build-id" : "the recording has no build-id for it")}");
                break;
        }

        _report.Identification = match.Kind switch
        {
            MatchKind.BuildId => BinaryIdentification.BuildId,
            MatchKind.User => BinaryIdentification.Option,
            _ => BinaryIdentification.Name,
        };
        return match;
    }

    private static string MostSampled(RecordedCounts recorded, AddressSpace? kernel)
    {
        const int Shown = 3;
        var byFile = recorded.SamplesByFile(kernel);
        var top = byFile.Keys.OrderByDescending(f => byFile[f]).ThenBy(f => f.Name, StringComparer.Ordinal).Take(Shown)
            .Select(f => $"{f.Name} {Rate.Percent(byFile[f], (ulong)recorded.Samples).ToString("0.0", CultureInfo.InvariantCulture)} %{(f.BuildId.IsEmpty ? "" : $" (build-id {f.BuildId})")}");
        return byFile.Count == 0 ? "no mapped file" : string.Join(", ", top);
    }

    private void NoteScan(RecordingScan scan)
    {
        if (scan.LostSamples > 0)
        {
            _report.Warn(DiagnosticId.LostSamples, $"{Rate.Of(scan.LostSamples, scan.LostSamples + (ulong)scan.Samples)} of the samples were lost while recording; record with a longer period or a larger buffer (-m)");
        }

        if (scan.UnknownRecords.Count > 0)
        {
            _report.Note(DiagnosticId.UnknownRecords, $"{scan.UnknownRecords.Values.Sum()} records of unknown types were passed over (types {string.Join(", ", scan.UnknownRecords.Keys)})");
        }

        if (_file.Features.Unreadable.Count > 0)
        {
            _report.Note(DiagnosticId.UnreadableFeatures, $"feature sections could not be read: {string.Join("; ", _file.Features.Unreadable)}");
        }
    }

    private void NoteSamples(RecordedCounts recorded)
    {
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

    private void NoteTally(BinaryTally tally)
    {
        _report.SamplesInBinary = tally.Samples;
        _report.RangeExecutions = tally.RangesSeen;
        _report.Drop("the next branch lies outside of the binary", tally.RangesLeavingBinary);
        _report.Drop("the next branch lies before the range", tally.RangesBackward);
        _report.Drop("longer than 1 MiB", tally.RangesTooLong);
        ulong dropped = tally.RangesLeavingBinary + tally.RangesBackward + tally.RangesTooLong;
        if (dropped > tally.RangesSeen / 100)
        {
            _report.Warn(DiagnosticId.DroppedRanges, $"{Rate.Of(dropped, tally.RangesSeen)} of the ranges have an impossible end and were dropped; the branch stacks may be filtered, or the binary is another build");
        }

    }
}
