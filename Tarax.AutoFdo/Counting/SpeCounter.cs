using System.Buffers;
using System.Runtime.ExceptionServices;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.ArmSpe;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// Counts the branches that Arm's Statistical Profiling Extension sampled, one at a time: each is a branch stack of one entry. Of a branch that was not taken, the instruction behind it is counted as a
/// range of its own. Where code ran straight on to is found when the binary is there (<c>Attribution/RangesFromTargets</c>).
/// </summary>
internal sealed class SpeCounter
{
    private const int WindowLength = 1 << 20;

    private readonly AddressSpaces _spaces;

    private readonly AuxTraces _traces;
    private readonly LocalCounts _counts;
    private readonly SpeTotals _totals;
    private readonly AddressSpaceHistory? _onlyProcess;
    private uint _lastThread = AuxTracePiece.NoNumber;
    private AddressSpaceHistory? _lastProcess;
    private AddressSpace? _lastSpace;
    private AddressSpace? _lastKernel;
    private BranchStackCounter? _counter;

    private SpeCounter(AddressSpaces spaces, AuxTraces traces, LocalCounts counts, SpeTotals totals)
    {
        (_spaces, _traces, _counts, _totals) = (spaces, traces, counts, totals);
        _onlyProcess = spaces.OnlyProcess;
    }

    /// <summary>Counts all AUX data of a recording whose records were all seen.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="scan">What its records say.</param>
    /// <param name="counts">Where to count.</param>
    /// <param name="threads">Number of threads, at least 1; sums and minima make the result the same on any number.</param>
    /// <param name="progress">Receives the number of bytes that were decoded, on any thread; null for none.</param>
    public static SpeTotals Run(PerfDataFile file, RecordingScan scan, RecordedCounts counts, int threads, Action<long>? progress)
    {
        var pieces = scan.Traces.Pieces;
        var sum = new SpeTotals();
        int next = -1;
        void CountPieces()
        {
            var local = new LocalCounts(counts, scan.AddressSpaces);
            var totals = new SpeTotals();
            var counter = new SpeCounter(scan.AddressSpaces, scan.Traces, local, totals);
            byte[] window = ArrayPool<byte>.Shared.Rent(WindowLength);
            try
            {
                for (int i; (i = Interlocked.Increment(ref next)) < pieces.Count;)
                {
                    counter.Add(file, pieces[i], window, progress);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(window);
            }

            local.FlushAll();
            lock (sum)
            {
                sum.Add(totals);
            }
        }

        try
        {
            Parallel.For(0, Math.Clamp(pieces.Count, 1, threads), new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => CountPieces());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return sum;
    }

    private void Add(PerfDataFile file, in AuxTracePiece piece, byte[] window, Action<long>? progress)
    {
        int kept = 0;
        for (long done = 0; done < piece.Length;)
        {
            int length = (int)Math.Min(piece.Length - done, window.Length - kept);
            file.ReadBytes(piece.Start + done, window.AsSpan(kept, length));
            var decoder = new SpeDecoder(window.AsSpan(0, kept + length), piece.Origin + done - kept);
            while (decoder.TryRead(out var record))
            {
                Add(record, piece);
            }

            done += length;
            _totals.DamagedRecords += decoder.DamagedRecords;
            kept = kept + length - decoder.Position;
            if (kept > window.Length / 2)
            {
                // No record is that long.
                _totals.DamagedRecords++;
                kept = 0;
            }

            window.AsSpan(decoder.Position, kept).CopyTo(window);
            _counts.FlushIfLarge();

            // After a flush counters are asked for again.
            _counter = null;
            progress?.Invoke(length);
        }

        _totals.CutRecords += kept > 0 ? 1 : 0;
    }

    private void Add(in SpeRecord record, in AuxTracePiece piece)
    {
        _totals.Records++;
        if (!record.IsBranch)
        {
            _totals.OtherOperations++;
            return;
        }

        if (!record.IsRetired)
        {
            _totals.NotRetired++;
            return;
        }

        if (!record.HasAddress || !record.HasTarget)
        {
            _totals.WithoutAddress++;
            return;
        }

        ulong time = record.Timestamp != 0 && _traces.Clock is { } clock ? clock.Nanoseconds(record.Timestamp) : 0;
        ulong order = time == 0 ? ulong.MaxValue : time;
        var process = ProcessOf(record, piece, time);
        if (process is null && (long)record.Address >= 0)
        {
            _totals.OfUnknownThread++;
            return;
        }

        Count(record, process?.At(order), _spaces.Kernel.At(order), time);
    }

    private void Count(in SpeRecord record, AddressSpace? space, AddressSpace? kernel, ulong time)
    {
        if (_counter is null || space != _lastSpace || kernel != _lastKernel)
        {
            _counter = _counts.CounterOf(space, kernel);
            (_lastSpace, _lastKernel) = (space, kernel);
        }

        var totals = _counts.Totals;
        totals.Samples++;
        totals.SamplesWithBranchStack++;
        totals.BranchEntries++;
        totals.DeepestBranchStack = Math.Max(totals.DeepestBranchStack, 1);
        totals.NoteTime(time);
        _counter.AddAddress(record.Address, time);
        ulong flags = record.IsNotTaken ? BranchEntry.NotTakenBit : 0;
        _counter.AddStack([new BranchEntry(record.Address, record.Target, flags)], time, dropDuplicateHead: false);
    }

    /// <summary>By the context that the processor recorded, the thread or processor that was traced, or because there is no other.</summary>
    private AddressSpaceHistory? ProcessOf(in SpeRecord record, in AuxTracePiece piece, ulong time)
    {
        uint thread = record.HasContext ? record.Context : piece.Thread;
        if (thread != AuxTracePiece.NoNumber)
        {
            if (thread != _lastThread || _lastProcess is null)
            {
                _lastThread = thread;
                _lastProcess = _spaces.Of(_traces.ProcessOf(thread) ?? thread) ?? (record.HasContext ? null : _onlyProcess);
            }

            return _lastProcess;
        }

        return _traces.ProcessOn(piece.Cpu, time) is { } running && _spaces.Of(running) is { } known ? known : _onlyProcess;
    }
}
