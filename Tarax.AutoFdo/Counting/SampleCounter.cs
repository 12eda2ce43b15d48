using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Counting;

/// <summary>One branch that the hardware recorded.</summary>
/// <param name="From">Runtime address of the branch instruction.</param>
/// <param name="To">Runtime address of its target.</param>
public readonly record struct TakenBranch(ulong From, ulong To);

/// <summary>
/// Counts what other tools than perf have sampled: processes map files, samples fall on addresses or bring the branches that were taken last. What is reported comes in the order of time. Of the
/// kernel nothing is counted. Used by one thread.
/// </summary>
public sealed class SampleCounter
{
    private readonly string _source;
    private readonly string _eventName;
    private readonly RecordedCounts _counts = new();
    private readonly LocalCounts _branches;
    private BranchEntry[] _stack = [];
    private bool _isDone;
    private readonly Dictionary<long, AddressSpace> _spaces = [];
    private readonly Dictionary<(string Path, BuildId BuildId), MappedFile> _files = [];
    private readonly List<MappedFile> _filesInOrder = [];
    private readonly Dictionary<MappedFile, Dictionary<ulong, AddressCount>> _samples = [];

    /// <summary>Begins with nothing.</summary>
    /// <param name="source">Where the samples come from, for messages.</param>
    /// <param name="eventName">What was sampled.</param>
    public SampleCounter(string source, string eventName)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(eventName);
        _source = source;
        _eventName = eventName;
        _branches = new LocalCounts(_counts, new AddressSpaces([]));
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
        CheckIsOpen();
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
    /// <param name="count">How many samples it stands for; sums stay at the largest number.</param>
    public void Sample(long process, ulong address, ulong time, ulong count)
    {
        CheckIsOpen();
        if (count == 0)
        {
            return;
        }

        var totals = _branches.Totals;
        totals.Samples = SumOf(totals.Samples, count);
        totals.NoteTime(time);
        if ((long)address < 0 || !_spaces.TryGetValue(process, out var space) || !space.TryFind(address, out var mapping) || mapping.File is not { } file)
        {
            return;
        }

        if (!_samples.TryGetValue(file, out var ofFile))
        {
            _samples.Add(file, ofFile = []);
        }

        ulong position = mapping.PositionOf(address);
        var known = ofFile.GetValueOrDefault(position, new AddressCount(position, 0, time));
        ofFile[position] = known with { Count = SaturatingSum.Of(known.Count, count), FirstTime = known.FirstTime == 0 || time == 0 ? Math.Max(known.FirstTime, time) : Math.Min(known.FirstTime, time) };
    }

    /// <summary>A process was sampled, and the hardware had recorded which branches were taken last: every one of them, without a gap.</summary>
    /// <param name="process">The process.</param>
    /// <param name="address">Runtime address of the instruction.</param>
    /// <param name="time">Time in nanoseconds of any clock; 0 where it is not known.</param>
    /// <param name="stack">The branches; the newest comes first, as in <c>struct perf_branch_stack</c>.</param>
    public void Sample(long process, ulong address, ulong time, ReadOnlySpan<TakenBranch> stack)
    {
        CheckIsOpen();
        if (_stack.Length < stack.Length)
        {
            _stack = new BranchEntry[Math.Max(2 * _stack.Length, stack.Length)];
        }

        for (int i = 0; i < stack.Length; i++)
        {
            _stack[i] = new BranchEntry(stack[i].From, stack[i].To, flags: 0);
        }

        var totals = _branches.Totals;
        totals.Samples = SumOf(totals.Samples, 1);
        totals.SamplesWithBranchStack += stack.IsEmpty ? 0 : 1;
        totals.BranchEntries += stack.Length;
        totals.DeepestBranchStack = Math.Max(totals.DeepestBranchStack, stack.Length);
        totals.NoteTime(time);
        var space = _spaces.GetValueOrDefault(process);
        if (space is not null)
        {
            // What is mapped from now on must not be credited with it.
            space.IsShared = true;
        }

        var counter = _branches.CounterOf(space, kernel: null);
        counter.AddAddress(address, time);
        counter.AddStack(_stack.AsSpan(0, stack.Length), time, dropDuplicateHead: false);
        _branches.FlushIfLarge();
    }

    /// <summary>What was counted. Nothing can be counted afterwards.</summary>
    /// <exception cref="InvalidOperationException">It was asked for already.</exception>
    public RecordingCounts ToCounts()
    {
        CheckIsOpen();
        _isDone = true;
        _branches.FlushAll();
        foreach (var file in _filesInOrder)
        {
            if (_samples.TryGetValue(file, out var ofFile))
            {
                AddressCount[] sorted = [.. ofFile.Values];
                Array.Sort(sorted, (a, b) => a.Address.CompareTo(b.Address));
                ulong sum = 0;
                Array.ForEach(sorted, s => sum = (ulong)SumOf((long)sum, s.Count));
                _counts.Of(file).AddSorted([], [], sorted, [], new FileSums { Samples = sum });
            }
        }

        return new RecordingCounts(new CountedBinaries(_source, _filesInOrder, _counts) { EventName = _eventName });
    }

    private void CheckIsOpen()
    {
        if (_isDone)
        {
            throw new InvalidOperationException("the counts were taken, and nothing can be counted any more");
        }
    }

    /// <summary>Stays at the largest number.</summary>
    private static long SumOf(long sum, ulong count) => (long)Math.Min(SaturatingSum.Of((ulong)sum, count), long.MaxValue);

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
