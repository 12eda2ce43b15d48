using Tarax.AutoFdo.PerfData;

namespace Tarax.AutoFdo.Samples;

/// <summary>
/// The second pass over a recording: the samples of one event, counted by runtime address in each address space.
/// Pieces of the file are counted on several threads; sums and minima make the result the same on any number of them.
/// </summary>
internal sealed class RecordingCounter
{
    private readonly PerfDataFile _file;
    private readonly RecordingScan _scan;
    private readonly PerfEvent _event;
    private readonly bool _dropDuplicateHeads;

    private RecordingCounter(PerfDataFile file, RecordingScan scan, PerfEvent chosen)
    {
        _file = file;
        _scan = scan;
        _event = chosen;
        _dropDuplicateHeads = file.Features.CpuId?.StartsWith("AuthenticAMD", StringComparison.Ordinal) != true;
    }

    /// <summary>Counts all samples of <paramref name="chosen"/>.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="scan">What the first pass found.</param>
    /// <param name="chosen">The event to count.</param>
    /// <param name="threads">Number of threads, at least 1.</param>
    /// <param name="progress">Told the number of bytes of each piece that was counted, on any thread; null for none.</param>
    public static RecordedCounts Run(PerfDataFile file, RecordingScan scan, PerfEvent chosen, int threads, Action<long>? progress)
    {
        var counter = new RecordingCounter(file, scan, chosen);
        int next = -1;
        RecordedCounts CountPieces()
        {
            var counts = new RecordedCounts();
            try
            {
                for (int piece; (piece = Interlocked.Increment(ref next)) < scan.Pieces.Count - 1;)
                {
                    counter.CountPiece(scan.Pieces[piece], scan.Pieces[piece + 1], counts);
                    progress?.Invoke(scan.Pieces[piece + 1] - scan.Pieces[piece]);
                }
            }
            catch
            {
                // The others need not go on.
                Volatile.Write(ref next, scan.Pieces.Count);
                throw;
            }

            return counts;
        }

        int workers = Math.Min(threads, scan.Pieces.Count - 1);
        if (workers <= 1)
        {
            return CountPieces();
        }

        var tasks = new Task<RecordedCounts>[workers];
        for (int i = 0; i < workers; i++)
        {
            tasks[i] = Task.Factory.StartNew(CountPieces, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        // No thread may be left reading when the caller unmaps the file, also not after a failure.
        ((IAsyncResult)Task.WhenAll(tasks)).AsyncWaitHandle.WaitOne();
        var total = tasks[0].GetAwaiter().GetResult();
        foreach (var task in tasks.AsSpan(1))
        {
            total.AddAll(task.GetAwaiter().GetResult());
        }

        return total;
    }

    private void CountPiece(long start, long end, RecordedCounts counts)
    {
        var layout = _event.Layout;
        bool isSingleEvent = _file.Events.Count == 1;
        uint lastPid = 0;
        AddressSpace? lastSpace = null;
        BranchStackCounter? counter = null;
        var records = new RecordReader(_file.Source, start, end);
        while (records.TryRead(out var record))
        {
            if (record.Type != RecordType.Sample || (!isSingleEvent && _file.EventOf(record.Body) != _event))
            {
                continue;
            }

            var body = record.Body;
            counts.Samples++;
            if (body.Length < layout.FixedLength)
            {
                counts.DamagedSamples++;
                continue;
            }

            if (record.CpuMode is CpuMode.GuestKernel or CpuMode.GuestUser)
            {
                counts.GuestSamples++;
                continue;
            }

            ulong time = SampleLayout.Fixed64(body, layout.TimeOffset);
            uint pid = SampleLayout.Fixed32(body, layout.TidOffset);
            counts.NoteTime(time);
            var space = _scan.AddressSpaces.Of(pid, _scan.OrderOf(time, record.Offset));
            if (counter is null || pid != lastPid || space != lastSpace)
            {
                counter = counts.CounterOf(space);
                (lastPid, lastSpace) = (pid, space);
            }

            if (layout.IpOffset >= 0)
            {
                counter.AddAddress(SampleLayout.Fixed64(body, layout.IpOffset), time);
            }

            if (!layout.TryReadBranchStack(body, out var stack))
            {
                counts.DamagedSamples++;
            }
            else if (!stack.Entries.IsEmpty)
            {
                counts.SamplesWithBranchStack++;
                counts.BranchEntries += stack.Entries.Length;
                counts.DeepestBranchStack = Math.Max(counts.DeepestBranchStack, stack.Entries.Length);
                counter.AddStack(stack.Entries, time, _dropDuplicateHeads);
            }
        }
    }
}
