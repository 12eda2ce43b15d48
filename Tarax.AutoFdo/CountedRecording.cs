using System.Diagnostics;
using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.PerfData;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo;

/// <summary>
/// A recording, read once and counted by runtime address. Nothing is asked of it here: it may be empty, or without branch stacks.
/// The file is not needed any more.
/// </summary>
internal sealed class CountedRecording
{
    private readonly RecordedCounts _counts;

    private CountedRecording(string path, PerfDataFile file, RecordingScan scan, PerfEvent? chosen, RecordedCounts counts, TimeSpan time)
    {
        Path = path;
        Form = file.Form with { LostBytes = file.Form.LostBytes + scan.LostBytes };
        Features = file.Features;
        Events = file.Events;
        Scan = scan;
        Event = chosen;
        CountingTime = time;
        _counts = counts;
    }

    public string Path { get; }

    public RecordingForm Form { get; }

    public PerfFeatures Features { get; }

    public IReadOnlyList<PerfEvent> Events { get; }

    public RecordingScan Scan { get; }

    /// <summary>The event that was counted; null where none has the name that was asked for.</summary>
    public PerfEvent? Event { get; }

    /// <summary>Sums over the samples of that event.</summary>
    public SampleTotals Totals => _counts.Totals;

    public TimeSpan CountingTime { get; }

    /// <summary>All files that were mapped executable.</summary>
    public IReadOnlyList<MappedFile> MappedFiles => Scan.AddressSpaces.Files;

    /// <summary>Reads and counts a recording.</summary>
    /// <exception cref="InvalidFormatException">The file is not a recording, or is damaged.</exception>
    public static CountedRecording Read(string path, ConversionOptions options)
    {
        using var file = PerfDataFile.Open(path);
        long start = Stopwatch.GetTimestamp();
        var counter = RecordingCounter.Run(file, EventChoice.Candidates(file, options.EventName), options.Threads, Progress(file, options));
        var chosen = EventChoice.Choose(file.Events, counter.Scan.SamplesByEvent, options.EventName, options.UseBranchStacks);
        var counts = chosen is null ? new RecordedCounts() : counter.CountsOf(chosen);
        return new CountedRecording(path, file, counter.Scan, chosen, counts, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The files that have samples, those with most first.</summary>
    public List<RecordedBinary> Binaries()
    {
        var samples = _counts.SamplesByFile();
        return [.. samples.Keys.OrderByDescending(f => samples[f]).ThenBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.BuildId.ToString(), StringComparer.Ordinal)
            .Select(f => new RecordedBinary(f.Name, f.BuildId.ToString(), samples[f], (double)samples[f] / Totals.Samples) { File = f })];
    }

    /// <summary>Number of recorded branches into each file.</summary>
    public Dictionary<MappedFile, ulong> BranchesByFile() => _counts.BranchesByFile();

    /// <summary>The counts that lie in some mapped files.</summary>
    public FileCounts TallyOf(IReadOnlySet<MappedFile> files, BinaryLayout layout) => _counts.TallyOf(files, layout);

    /// <summary>The file of this machine that a mapped file is; null where it is not here.</summary>
    public string? FindOnThisMachine(MappedFile file, DebugFileSearch search) =>
        file.KernelReferenceSymbol is not null ? search.FindKernel(Features.OsRelease, file.BuildId)
        : file.IsKernelModule ? search.FindModule(file.Name, file.BuildId)
        : search.FindBinary(file.Name, file.BuildId);

    private static Action<long>? Progress(PerfDataFile file, ConversionOptions options)
    {
        if (options.Progress is not { } progress || file.DataLength is not { } length)
        {
            return null;
        }

        long total = Math.Max(length, 1);
        long done = 0;
        return bytes => progress.Report(Math.Min((double)Interlocked.Add(ref done, bytes) / total, 1));
    }
}
