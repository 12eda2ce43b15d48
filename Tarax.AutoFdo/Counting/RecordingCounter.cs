using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// One pass over a recording. Its chunks are looked through one after another, and counted, on any number of threads, as soon as the mappings of their
/// time are known. Sums and minima make the result the same on any number of threads.
/// </summary>
internal sealed class RecordingCounter
{
    /// <summary>Chunks that wait in memory; more are spilled.</summary>
    private const int MostWaiting = 32;

    private const long NoHalves = long.MaxValue;

    private readonly PerfDataFile _file;
    private readonly RecordChunks _chunks;
    private readonly Queue<RecordChunk> _waiting = new();
    private readonly RecordedCounts?[] _counts;
    private readonly RecordedCounts?[] _firstHalf;
    private readonly long _half;
    private readonly Action<long>? _progress;
    private readonly bool _dropDuplicateHeads;
    private readonly bool _stopsAtLateChange;
    private volatile bool _isStopped;

    private RecordingCounter(PerfDataFile file, RecordChunks chunks, Func<PerfEvent, bool> isCounted, Action<long>? progress, bool settlesByRounds, bool countsHalves)
    {
        _file = file;
        _chunks = chunks;
        _counts = [.. file.Events.Select(e => isCounted(e) ? new RecordedCounts() : null)];
        _half = countsHalves && file.DataLength is { } length && !file.Form.IsUnordered ? file.DataStart + (length / 2) : NoHalves;
        _firstHalf = [.. _counts.Select(c => c is null || _half == NoHalves ? null : new RecordedCounts())];
        _progress = progress;
        _dropDuplicateHeads = file.Features.CpuId?.StartsWith("AuthenticAMD", StringComparison.Ordinal) != true;
        _stopsAtLateChange = settlesByRounds && file.DataLength is not null;
        Scan = new RecordingScan(file, chunks, settlesByRounds);
    }

    public RecordingScan Scan { get; }

    /// <summary>Counts the samples of events.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="isCounted">Which events are counted.</param>
    /// <param name="threads">Number of threads, at least 1.</param>
    /// <param name="progress">Receives the number of bytes of each chunk that was counted, on any thread; null for none.</param>
    /// <param name="countsHalves">Whether the first half of the records is also counted by itself, where it is known how many there are.</param>
    public static RecordingCounter Run(PerfDataFile file, Func<PerfEvent, bool> isCounted, int threads, Action<long>? progress, bool countsHalves = false)
    {
        if (Run(file, isCounted, threads, progress, settlesByRounds: true, countsHalves) is { } counted)
        {
            return counted;
        }

        // A mapping came later than perf promises: this time all are read before anything is counted.
        return Run(file, isCounted, threads, progress, settlesByRounds: false, countsHalves)!;
    }

    /// <summary>The counts of an event that was to be counted.</summary>
    public RecordedCounts CountsOf(PerfEvent recorded) => _counts[recorded.Index]!;

    private static RecordingCounter? Run(PerfDataFile file, Func<PerfEvent, bool> isCounted, int threads, Action<long>? progress, bool settlesByRounds, bool countsHalves)
    {
        using var chunks = file.Chunks();
        var counter = new RecordingCounter(file, chunks, isCounted, progress, settlesByRounds, countsHalves);
        counter.Work(threads);
        if (counter._stopsAtLateChange && counter.Scan.AddressSpaces.LateChanges > 0)
        {
            return null;
        }

        counter.AddHalves();
        counter.CountTraces(threads);
        return counter;
    }

    /// <summary>The counts of the first half of the records; null where they were not counted apart, or AUX data hold what was sampled.</summary>
    public RecordedCounts? FirstHalfOf(PerfEvent recorded) => Scan.Traces.AreOfSpe ? null : _firstHalf[recorded.Index];

    /// <summary>The second half was counted where the whole is.</summary>
    private void AddHalves()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_firstHalf[i] is { } first)
            {
                _counts[i]!.Add(first);
            }
        }
    }

    /// <summary>Counts what is not in samples, but in AUX data.</summary>
    private void CountTraces(int threads)
    {
        if (!Scan.Traces.AreOfSpe || _file.Events.FirstOrDefault(e => e.Attribute.Type == Scan.Traces.EventType) is not { } traced || _counts[traced.Index] is not { } counts)
        {
            return;
        }

        long before = counts.Totals.Samples;
        var totals = SpeCounter.Run(_file, Scan, counts, threads, _progress);
        Scan.Take(traced, totals, counts.Totals.Samples - before);
    }

    private void Work(int threads)
    {
        int workers = (int)Math.Clamp((_file.DataLength ?? long.MaxValue) / RecordChunks.ChunkLength, 1, threads);
        var tasks = new List<Task>(workers - 1);
        try
        {
            while (tasks.Count < workers - 1)
            {
                tasks.Add(Task.Factory.StartNew(CountChunks, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }

            CountChunks();
        }
        finally
        {
            // No thread may be left reading when the caller gives memory back, also not after a failure.
            ((IAsyncResult)Task.WhenAll(tasks)).AsyncWaitHandle.WaitOne();
        }

        foreach (var task in tasks)
        {
            task.GetAwaiter().GetResult();
        }
    }

    private void CountChunks()
    {
        try
        {
            var local = LocalFor(_counts);
            var first = _half == NoHalves ? local : LocalFor(_firstHalf);
            while (TryTake(out var chunk))
            {
                Count(chunk, first, local);
                _chunks.Release(chunk);
                _progress?.Invoke(chunk.Length);
            }

            FlushAll(local);
            if (first != local)
            {
                FlushAll(first);
            }
        }
        catch
        {
            // The others need not go on.
            _isStopped = true;
            throw;
        }
    }

    private LocalCounts?[] LocalFor(RecordedCounts?[] counts) => [.. counts.Select(c => c is null ? null : new LocalCounts(c, Scan.AddressSpaces))];

    private static void FlushAll(LocalCounts?[] local)
    {
        foreach (var counts in local)
        {
            counts?.FlushAll();
        }
    }

    /// <summary>Takes the next chunk that can be counted, and reads on until there is one.</summary>
    private bool TryTake(out RecordChunk chunk)
    {
        _chunks.ReadAhead();
        lock (_waiting)
        {
            chunk = null!;
            while (!_isStopped && !(_waiting.TryPeek(out chunk!) && Scan.IsOrdered(chunk)) && TryReadOn())
            {
            }

            if (_isStopped || !_waiting.TryDequeue(out chunk!))
            {
                return false;
            }
        }

        chunk = _chunks.Fetch(chunk);
        return true;
    }

    /// <summary>Reads one more chunk, which waits then; false where there is nothing to read or to wait for.</summary>
    private bool TryReadOn()
    {
        bool isRead = false;
        try
        {
            isRead = Scan.TryRead(out var next);
            if (isRead)
            {
                _waiting.Enqueue(_waiting.Count < MostWaiting ? next : _chunks.Spill(next));
            }
        }
        catch
        {
            // No other thread may read on from here.
            _isStopped = true;
            throw;
        }

        _isStopped |= _stopsAtLateChange && Scan.AddressSpaces.LateChanges > 0;
        return isRead || _waiting.Count > 0;
    }

    private void Count(RecordChunk chunk, LocalCounts?[] first, LocalCounts?[] rest)
    {
        var local = first;
        long switchAt = _half;
        bool isSingleEvent = _file.Events.Count == 1;
        var sampled = _file.Events[0];
        var counts = local[sampled.Index];
        uint lastPid = 0;
        AddressSpaceHistory? process = Scan.AddressSpaces.Of(0);
        AddressSpace? lastSpace = null;
        AddressSpace? lastKernel = null;
        BranchStackCounter? counter = null;
        var records = chunk.Records(RecordsEnd.Continues);
        while (records.TryRead(out var record))
        {
            if (record.Type != RecordType.Sample)
            {
                continue;
            }

            if (record.Offset >= switchAt)
            {
                (local, switchAt) = (rest, NoHalves);
                (counts, counter) = (local[sampled.Index], null);
            }

            var body = record.Body;
            if (!isSingleEvent && _file.EventOf(body) is var next && next != sampled)
            {
                (sampled, counts, counter) = (next, local[next.Index], null);
            }

            if (counts is null)
            {
                continue;
            }

            var layout = sampled.Layout;
            var totals = counts.Totals;
            totals.Samples++;
            if (body.Length < layout.FixedLength)
            {
                totals.DamagedSamples++;
                continue;
            }

            if (record.CpuMode is CpuMode.GuestKernel or CpuMode.GuestUser)
            {
                totals.GuestSamples++;
                continue;
            }

            ulong time = SampleLayout.Fixed64(body, layout.TimeOffset);
            uint pid = SampleLayout.Fixed32(body, layout.TidOffset);
            totals.NoteTime(time);
            ulong order = Scan.OrderOf(time, record.Offset);
            if (pid != lastPid)
            {
                (lastPid, process) = (pid, Scan.AddressSpaces.Of(pid));
            }

            var space = process?.At(order);
            var kernel = Scan.AddressSpaces.Kernel.At(order);
            if (counter is null || space != lastSpace || kernel != lastKernel)
            {
                counter = counts.CounterOf(space, kernel);
                (lastSpace, lastKernel) = (space, kernel);
            }

            if (layout.IpOffset >= 0)
            {
                counter.AddAddress(SampleLayout.Fixed64(body, layout.IpOffset), time);
            }

            if (!layout.TryReadBranchStack(body, out var stack))
            {
                totals.DamagedSamples++;
            }
            else if (!stack.Entries.IsEmpty)
            {
                totals.SamplesWithBranchStack++;
                totals.BranchEntries += stack.Entries.Length;
                totals.DeepestBranchStack = Math.Max(totals.DeepestBranchStack, stack.Entries.Length);
                counter.AddStack(stack.Entries, time, _dropDuplicateHeads);
            }
        }

        FlushLarge(first);
        FlushLarge(rest);
    }

    private static void FlushLarge(LocalCounts?[] local)
    {
        foreach (var each in local)
        {
            each?.FlushIfLarge();
        }
    }
}
