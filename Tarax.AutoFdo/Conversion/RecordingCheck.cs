using System.Globalization;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Conversion;

/// <summary>Whether profiles can be made of a recording, and what is to be said of it either way.</summary>
internal static class RecordingCheck
{
    private const string HowToRecord =
        "perf record -b -e br_inst_retired.near_taken:upp -- PROGRAM (Intel), perf record -b -e ex_ret_brn_tkn:u -- PROGRAM (AMD Zen 4 and later). "
        + "Virtual machines often do not offer branch records.";

    /// <summary>The beginning of a conversion's report: what is known of the recording.</summary>
    /// <exception cref="ConversionException">No profile can be made of it.</exception>
    public static ConversionReport Report(CountedRecording recording, ConversionOptions options)
    {
        var report = new ConversionReport { CountingTime = recording.CountingTime };
        Require(recording, options);
        var (chosen, counts) = (recording.Event!, recording.Totals);
        report.EventName = chosen.Name;
        report.Samples = counts.Samples;
        report.SamplesWithBranchStack = counts.SamplesWithBranchStack;
        report.BranchEntries = counts.BranchEntries;
        NoteAll(recording, report);
        NoteChoice(recording, options, report);
        return report;
    }

    /// <summary>What is worth knowing of a recording, whatever it is used for.</summary>
    public static void NoteAll(CountedRecording recording, ConversionReport report)
    {
        NoteForm(recording.Form, report);
        NoteScan(recording, report);
        NoteTraces(recording.Scan, report);
        NoteSamples(recording.Totals, report);
    }

    private static void NoteTraces(RecordingScan scan, ConversionReport report)
    {
        if (scan.Spe is not { } totals)
        {
            return;
        }

        (string Why, long Records)[] leftOut =
        [
            ("are of other operations than branches (record with branch_filter=1)", totals.OtherOperations),
            ("were not retired", totals.NotRetired),
            ("have no address or no target", totals.WithoutAddress),
            ("are of threads that the recording does not name", totals.OfUnknownThread),
        ];
        foreach (var (why, records) in leftOut.Where(l => l.Records > 0))
        {
            report.Note(DiagnosticId.SpeRecords, $"{Rate.Of(records, totals.Records)} of the records of Arm SPE {why} and were left out");
        }

        if (totals.DamagedRecords + totals.CutRecords > 0)
        {
            report.Warn(DiagnosticId.SpeRecords, $"{totals.DamagedRecords} records of Arm SPE are damaged, and {totals.CutRecords} are cut by the end of a buffer");
        }

        if (scan.Traces.Truncations + scan.Traces.Collisions > 0)
        {
            report.Note(DiagnosticId.SpeRecords, $"the buffer was full {scan.Traces.Truncations} times, and samples fell together {scan.Traces.Collisions} times: what ran then is missing; record with a longer period (-c) or a larger buffer (-m ,64M)");
        }
    }

    /// <summary>Why there is nothing to convert in a recording; null where there is something.</summary>
    public static ConversionException? Problem(CountedRecording recording, ConversionOptions options)
    {
        string path = recording.Path;
        string[] names = EventNames(recording);
        if (recording.Scan.Samples == 0)
        {
            bool hasTraces = recording.Scan.RecordsByType.ContainsKey((uint)RecordType.AuxTrace);
            return new ConversionException(
                ConversionFailure.EmptyRecording,
                hasTraces
                    ? $"{path}: the recording has no samples, only traces (AUX data of Intel PT, CoreSight or SPE). Make branch stacks of them first: "
                        + "perf inject --itrace=i1000usb32 -i FILE -o perf.data (Intel PT), perf inject --itrace=i100000il64 -i FILE -o perf.data (CoreSight)"
                    : $"{path}: the recording has no samples (events: {string.Join(", ", names)}). Check that the program ran while perf recorded, and that the event exists on this CPU: perf stat -e EVENT PROGRAM");
        }

        if (recording.Event is not { } chosen)
        {
            return new ConversionException(ConversionFailure.NoSuchEvent, $"{path}: no event is named {options.EventName}; there are: {string.Join(", ", names)}");
        }

        if (!options.UseBranchStacks)
        {
            return chosen.Layout.IpOffset >= 0 ? null : new ConversionException(
                ConversionFailure.NoAddresses, $"{path}: the samples of {chosen.Name} have no addresses; record with: perf record -e cycles:u -- PROGRAM");
        }

        return recording.Totals.SamplesWithBranchStack > 0 ? null : new ConversionException(
            ConversionFailure.NoBranchStacks,
            (recording.Form.IsText
                ? $"{path}: the text has no branch stacks. Where the recording has them, print them too: perf script --show-mmap-events -F comm,pid,time,ip,brstack. Else record with -b: {HowToRecord} "
                : $"{path}: the samples have no branch stacks. Record with -b: {HowToRecord} ")
            + "The addresses of the samples alone make a coarser profile: --no-lbr");
    }

    private static void Require(CountedRecording recording, ConversionOptions options)
    {
        if (Problem(recording, options) is { } problem)
        {
            throw problem;
        }
    }

    private static string[] EventNames(CountedRecording recording) =>
        [.. recording.Events.Select(e => $"{e.Name} ({recording.Scan.SamplesByEvent[e.Index].ToString("N0", CultureInfo.InvariantCulture)} samples)")];

    private static void NoteChoice(CountedRecording recording, ConversionOptions options, ConversionReport report)
    {
        var chosen = recording.Event!;
        NoteUnusedBranchStacks(recording.Totals, options, report);
        if (!options.UseBranchStacks && options.InfersFlow)
        {
            return;
        }

        if (!options.UseBranchStacks)
        {
            report.Note(DiagnosticId.AddressesOnly, "counts are those of the samples' addresses, not of branches: blocks that ran often but quickly have low counts, and calls are not known");
            return;
        }

        if (options.EventName is null && recording.Events.Count(e => e.HasBranches && recording.Scan.SamplesByEvent[e.Index] > 0) > 1)
        {
            report.Note(DiagnosticId.SeveralEvents, $"{chosen.Name} was taken, the most sampled of several events with branch stacks ({string.Join(", ", EventNames(recording))}); --event chooses another");
        }

        var filter = chosen.Attribute.BranchSampleType;
        // perf inject writes what it made of Arm SPE without any of the filters.
        bool isOfSpe = chosen.IsTraced || filter == BranchSampleType.HardwareIndex;
        if (!isOfSpe && (filter.HasFlag(BranchSampleType.CallStack) || !filter.HasFlag(BranchSampleType.Any)))
        {
            report.Warn(DiagnosticId.FilteredBranches, "the branch stacks do not hold all branches (recorded with a filter or as call stacks), so counts are wrong; record with: perf record -b (or -j any,u)");
        }

        long without = recording.Totals.Samples - recording.Totals.SamplesWithBranchStack;
        if (without > recording.Totals.Samples / 10)
        {
            report.Warn(DiagnosticId.WithoutBranchStack, $"{Rate.Of(without, recording.Totals.Samples)} of the samples have no branch stack");
        }
    }

    /// <summary>Branch stacks say how often code ran, addresses only where time was spent.</summary>
    /// <summary>The beginning of a conversion's report, where the counts are there already.</summary>
    /// <exception cref="ConversionException">There are no samples, or none with branch stacks where they are wanted.</exception>
    public static ConversionReport Report(RecordingCounts counts, ConversionOptions options)
    {
        if (Problem(counts, options) is { } problem)
        {
            throw problem;
        }

        var totals = counts.Counted.Totals;
        var report = new ConversionReport
        {
            EventName = string.Join(", ", counts.EventNames),
            Samples = totals.Samples,
            SamplesWithBranchStack = totals.SamplesWithBranchStack,
            BranchEntries = totals.BranchEntries,
        };
        NoteUnusedBranchStacks(totals, options, report);
        foreach (var (reason, executions, all) in counts.Counted.LeftOut)
        {
            report.Note(DiagnosticId.PreaggregatedLines, $"left out: {Rate.Of(executions, all)} of the {reason}");
        }

        return report;
    }

    /// <summary>Why no profile can be made as asked; null where one can.</summary>
    public static ConversionException? Problem(RecordingCounts counts, ConversionOptions options) =>
        counts.Samples == 0 ? new ConversionException(ConversionFailure.EmptyRecording, $"{counts.Counted.Path}: there are no samples in these counts")
        : options.UseBranchStacks && counts.Counted.Totals.SamplesWithBranchStack == 0
            ? new ConversionException(ConversionFailure.NoBranchStacks, $"{counts.Counted.Path}: these counts are of samples without branch stacks; the addresses of the samples alone make a coarser profile: --no-lbr")
        : null;

    public static void NoteUnusedBranchStacks(SampleTotals totals, ConversionOptions options, ConversionReport report)
    {
        if (!options.UseBranchStacks && totals.SamplesWithBranchStack > 0)
        {
            report.Warn(DiagnosticId.BranchStacksUnused, $"{Rate.Of(totals.SamplesWithBranchStack, totals.Samples)} of the samples have branch stacks, which make a better profile and are not used: leave --no-lbr out");
        }
    }

    private static void NoteForm(RecordingForm form, ConversionReport report)
    {
        if (form.HasSeveralEventsInText)
        {
            report.Warn(DiagnosticId.SeveralEvents, "the text has samples of several events, which were counted as one; give the recording itself, or a text of one event");
        }

        if (form.IsUnfinished)
        {
            report.Warn(DiagnosticId.UnfinishedRecording, "perf record did not finish the file (it was killed, or the machine stopped): what it had written was read, but it tells no build-ids, event names or CPU");
        }

        if (form.LostBytes > 0)
        {
            report.Warn(DiagnosticId.TruncatedRecording, $"the recording ends early: {form.LostBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes at its end are missing or no whole records");
        }
    }

    private static void NoteScan(CountedRecording recording, ConversionReport report)
    {
        var scan = recording.Scan;
        if (scan.LostSamples > 0)
        {
            report.Warn(DiagnosticId.LostSamples, $"{Rate.Of(scan.LostSamples, scan.LostSamples + (ulong)scan.Samples)} of the samples were lost while recording; record with a longer period or a larger buffer (-m)");
        }

        if (scan.AddressSpaces.LateChanges is > 0 and var late)
        {
            report.Warn(DiagnosticId.LateMappings, $"{late} changes of mappings came later in the stream than perf promises, when samples of their time had been counted, perhaps for another file; record into a file to have them counted right");
        }

        NoteUnknownRecords(scan, report);

        if (recording.Features.Unreadable.Count > 0)
        {
            report.Note(DiagnosticId.UnreadableFeatures, $"feature sections could not be read: {string.Join("; ", recording.Features.Unreadable.Take(4))}");
        }
    }

    private static void NoteUnknownRecords(RecordingScan scan, ConversionReport report)
    {
        const int Shown = 8;
        var types = new List<string>();
        long records = 0;
        foreach (var (type, count) in scan.RecordsByType)
        {
            if (!((RecordType)type).IsKnown())
            {
                types.Add(type.ToString(CultureInfo.InvariantCulture));
                records += count;
            }
        }

        if (types.Count > 0)
        {
            report.Note(DiagnosticId.UnknownRecords, $"{records} records of unknown types were passed over (types {string.Join(", ", types.Take(Shown))}{(types.Count > Shown ? " …" : "")})");
        }
    }

    private static void NoteSamples(SampleTotals counts, ConversionReport report)
    {
        if (counts.DamagedSamples > 0)
        {
            report.Warn(DiagnosticId.DamagedSamples, $"{Rate.Of(counts.DamagedSamples, counts.Samples)} of the samples are shorter than what they say they hold");
        }

        if (counts.GuestSamples > 0)
        {
            report.Note(DiagnosticId.GuestSamples, $"{Rate.Of(counts.GuestSamples, counts.Samples)} of the samples were taken inside of virtual machines and left out");
        }
    }
}
