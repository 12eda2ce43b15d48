using System.Diagnostics;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Conversion;

/// <summary>
/// A recording, read once and counted by runtime address. Nothing is asked of it here: it may be empty, or without branch stacks.
/// The file is not needed any more.
/// </summary>
internal sealed class CountedRecording
{
    /// <summary>Bytes from which on memory is given back between counting and symbolizing: that takes a few milliseconds.</summary>
    private const long LargeHeap = 32 << 20;

    private CountedRecording(string path, PerfDataFile file, RecordingScan scan, PerfEvent? chosen, RecordedCounts counts, RecordedCounts? firstHalf, TimeSpan time)
    {
        Path = path;
        Form = file.Form with { LostBytes = file.Form.LostBytes + scan.LostBytes };
        Features = file.Features;
        Events = file.Events;
        Scan = scan;
        Event = chosen;
        CountingTime = time;
        FirstHalf = firstHalf;
        Counted = new CountedBinaries(path, scan.AddressSpaces.Files, counts)
        {
            EventName = chosen?.Name ?? "",
            Excludes = (chosen?.Attribute.ExcludesUser ?? false, chosen?.Attribute.ExcludesKernel ?? false),
            OsRelease = file.Features.OsRelease,
        };
    }

    public string Path { get; }

    public RecordingForm Form { get; }

    public PerfFeatures Features { get; }

    public IReadOnlyList<PerfEvent> Events { get; }

    public RecordingScan Scan { get; }

    /// <summary>The event that was counted; null where none has the name that was asked for.</summary>
    public PerfEvent? Event { get; }

    /// <summary>Sums over the samples of that event.</summary>
    public SampleTotals Totals => Counted.Totals;

    /// <summary>What was counted of each binary.</summary>
    public CountedBinaries Counted { get; }

    /// <summary>What was counted of the first half of the records; null where it was not counted apart.</summary>
    public RecordedCounts? FirstHalf { get; }

    public TimeSpan CountingTime { get; }

    /// <summary>Reads and counts a recording.</summary>
    /// <exception cref="InvalidFormatException">The file is not a recording, or is damaged.</exception>
    public static CountedRecording Read(Input input, ConversionOptions options)
    {
        try
        {
            return ReadFile(input, options);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(input.Name, e);
        }
    }

    private static CountedRecording ReadFile(Input input, ConversionOptions options)
    {
        using var file = input.TakeRecording();
        var clock = new StageClock(options.Trace, options.CancellationToken);
        long start = Stopwatch.GetTimestamp();
        var counter = RecordingCounter.Run(file, EventChoice.Candidates(file, options.EventName), options.Threads, Progress(file, options), options.CountsHalves);
        var chosen = EventChoice.Choose(file.Events, counter.Scan.SamplesByEvent, options.EventName, options.UseBranchStacks);
        var counts = chosen is null ? new RecordedCounts() : counter.CountsOf(chosen);
        if (options.CompactsMemory && GC.GetTotalMemory(forceFullCollection: false) > LargeHeap)
        {
            // Tables and what they were sorted in are not needed any more, and symbolizing takes as much again.
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        clock.End("count", () => $"{file.DataLength ?? 0} bytes of records", () => $"{counts.Totals.Samples} samples, {counts.Totals.BranchEntries} branches in {counts.Files.Count()} files");
        return new CountedRecording(input.Name, file, counter.Scan, chosen, counts, chosen is null ? null : counter.FirstHalfOf(chosen), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Number of recorded branches into each file.</summary>
    public Dictionary<MappedFile, ulong> BranchesByFile() => Counted.Counts.BranchesByFile();

    private static Action<long>? Progress(PerfDataFile file, ConversionOptions options)
    {
        var cancellation = options.CancellationToken;
        var progress = file.DataLength is null ? null : options.Progress;
        if (progress is null && !cancellation.CanBeCanceled)
        {
            return null;
        }

        long total = Math.Max(file.DataLength ?? 0, 1);
        long done = 0;
        return bytes =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(Math.Min((double)Interlocked.Add(ref done, bytes) / total, 1));
        };
    }
}
