using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Counts;

/// <summary>What was counted of all binaries, of a recording or of many.</summary>
/// <param name="path">Where it comes from, for messages.</param>
/// <param name="files">All files that were mapped executable.</param>
/// <param name="counts">The counts of each.</param>
internal sealed class CountedBinaries(string path, IReadOnlyList<MappedFile> files, RecordedCounts counts)
{
    public string Path => path;

    public IReadOnlyList<MappedFile> MappedFiles => files;

    /// <summary>The counts of each mapped file, and the sums over all samples.</summary>
    public RecordedCounts Counts => counts;

    public SampleTotals Totals => counts.Totals;

    /// <summary>Name of the event that was counted.</summary>
    public string EventName { get; init; } = "";

    /// <summary>What the event leaves out; nothing where that is not known.</summary>
    public (bool User, bool Kernel) Excludes { get; init; }

    /// <summary>What the input has and is not counted, of how many: reasons as the end of a sentence.</summary>
    public IReadOnlyList<(string Reason, ulong Executions, ulong Of)> LeftOut { get; init; } = [];

    /// <summary>Release of the kernel that ran; null where it is not known.</summary>
    public string? OsRelease { get; init; }

    /// <summary>The files that have samples, those with most first.</summary>
    public List<RecordedBinary> Binaries()
    {
        var samples = counts.SamplesByFile();
        return [.. samples.Keys.OrderByDescending(f => samples[f]).ThenBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.BuildId.ToString(), StringComparer.Ordinal)
            .Select(f => new RecordedBinary(f.Name, f.BuildId.ToString(), samples[f], (double)samples[f] / Totals.Samples) { File = f })];
    }

    /// <summary>The file of this machine that a mapped file is; null where it is not here.</summary>
    public string? FindOnThisMachine(MappedFile file, DebugFileSearch search) =>
        file.KernelReferenceSymbol is not null ? search.FindKernel(OsRelease, file.BuildId)
        : file.IsKernelModule ? search.FindModule(file.Name, file.BuildId)
        : search.FindBinary(file.Name, file.BuildId);
}
