using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// Counts samples of other tools than perf, which know addresses only: processes map files, samples fall on addresses. What is reported comes in the order of time. Used by one
/// thread.
/// </summary>
public sealed class AddressSampleCounter
{
    private readonly string _source;
    private readonly string _eventName;
    private readonly RecordedCounts _counts = new();
    private readonly Dictionary<long, AddressSpace> _spaces = [];
    private readonly Dictionary<(string Path, BuildId BuildId), MappedFile> _files = [];
    private readonly List<MappedFile> _filesInOrder = [];
    private readonly Dictionary<MappedFile, Dictionary<ulong, AddressCount>> _samples = [];

    /// <summary>Begins with nothing.</summary>
    /// <param name="source">Where the samples come from, for messages.</param>
    /// <param name="eventName">What was sampled.</param>
    public AddressSampleCounter(string source, string eventName)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(eventName);
        _source = source;
        _eventName = eventName;
    }

    /// <summary>A process maps a file, in place of what was mapped there before.</summary>
    /// <param name="process">The process.</param>
    /// <param name="start">Runtime address of the first byte.</param>
    /// <param name="end">Runtime address after the last byte; more than <paramref name="start"/>.</param>
    /// <param name="fileOffset">File offset of the first byte.</param>
    /// <param name="path">The file; empty for memory without one.</param>
    /// <param name="buildId">Its build-id in hexadecimal; empty where it is not known.</param>
    /// <exception cref="ArgumentException">The end is not after the start, or the build-id is not hexadecimal.</exception>
    public void Map(long process, ulong start, ulong end, ulong fileOffset, string path, string buildId)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(buildId);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        if (!BuildId.TryParse(buildId, out var identity))
        {
            throw new ArgumentException($"{buildId} is not hexadecimal", nameof(buildId));
        }

        var file = path.Length == 0 ? null : FileOf(path, identity);
        _spaces[process] = (_spaces.GetValueOrDefault(process) ?? new AddressSpace()).With(new Mapping(start, end, fileOffset, file));
    }

    /// <summary>A process was sampled.</summary>
    /// <param name="process">The process.</param>
    /// <param name="address">Runtime address of the instruction.</param>
    /// <param name="time">Time in nanoseconds of any clock; 0 where it is not known.</param>
    /// <param name="count">How many samples it stands for.</param>
    public void Sample(long process, ulong address, ulong time, ulong count)
    {
        _counts.Totals.Samples = (long)SaturatingSum.Of((ulong)_counts.Totals.Samples, Math.Min(count, long.MaxValue / 2));
        _counts.Totals.NoteTime(time);
        if (!_spaces.TryGetValue(process, out var space) || !space.TryFind(address, out var mapping) || mapping.File is not { } file)
        {
            return;
        }

        if (!_samples.TryGetValue(file, out var ofFile))
        {
            _samples.Add(file, ofFile = []);
        }

        ulong position = mapping.PositionOf(address);
        var known = ofFile.GetValueOrDefault(position, new AddressCount(position, 0, time));
        ofFile[position] = known with { Count = SaturatingSum.Of(known.Count, count) };
    }

    /// <summary>What was counted.</summary>
    public RecordingCounts ToCounts()
    {
        var counts = new RecordedCounts();
        counts.Totals.Add(_counts.Totals);
        foreach (var file in _filesInOrder)
        {
            if (_samples.TryGetValue(file, out var ofFile))
            {
                AddressCount[] sorted = [.. ofFile.Values];
                Array.Sort(sorted, (a, b) => a.Address.CompareTo(b.Address));
                ulong sum = 0;
                Array.ForEach(sorted, s => sum = SaturatingSum.Of(sum, s.Count));
                counts.Of(file).AddSorted([], [], sorted, [], new FileSums { Samples = sum });
            }
        }

        return new RecordingCounts(new CountedBinaries(_source, _filesInOrder, counts) { EventName = _eventName });
    }

    private MappedFile FileOf(string path, BuildId buildId)
    {
        string name = MappedFile.WithoutDeletedSuffix(path);
        if (!_files.TryGetValue((name, buildId), out var file))
        {
            file = new MappedFile(name, buildId, isKernel: false);
            _files.Add((name, buildId), file);
            _filesInOrder.Add(file);
        }

        return file;
    }
}
