using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counts;

/// <summary>Counts that are being put together from files, in any order and on any number of threads. Sums and minima make the result the same.</summary>
internal sealed class MergedCounts
{
    private readonly Dictionary<(string Name, BuildId BuildId, bool IsKernel), MappedFile> _files = [];
    private readonly SortedSet<string> _events = new(StringComparer.Ordinal);

    public RecordedCounts Counts { get; } = new();

    /// <summary>Names of the events that were counted.</summary>
    public IReadOnlyCollection<string> Events => _events;

    /// <summary>The binaries.</summary>
    public IReadOnlyList<MappedFile> Files =>
        [.. _files.Values.OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.BuildId.ToString(), StringComparer.Ordinal).ThenBy(f => f.IsKernel)];

    /// <summary>Adds what a file says of its recordings.</summary>
    public void AddRecording(string eventName, SampleTotals totals)
    {
        lock (_files)
        {
            if (eventName.Length > 0)
            {
                _events.UnionWith(eventName.Split('\n'));
            }

            Counts.Totals.Add(totals);
        }
    }

    /// <summary>The counts of a binary, to which any thread may add.</summary>
    public FileCounts Of(string name, BuildId buildId, bool isKernel)
    {
        MappedFile? file;
        lock (_files)
        {
            if (!_files.TryGetValue((name, buildId, isKernel), out file))
            {
                file = new MappedFile(name, buildId, isKernel);
                _files.Add((name, buildId, isKernel), file);
            }
        }

        return Counts.Of(file);
    }
}
