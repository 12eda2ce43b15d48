using System.Buffers.Binary;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.ArmSpe;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// The first look at each chunk of a recording: who mapped what when, how often each event was sampled, what was lost,
/// and from when on samples can be counted because no earlier mapping comes any more.
/// </summary>
internal sealed class RecordingScan
{
    /// <summary>LOST_SAMPLES: a BPF filter dropped them, as the user wished.</summary>
    private const ushort DroppedByFilterBit = 1 << 15;

    private readonly PerfDataFile _file;
    private readonly RecordChunks _chunks;
    private readonly bool _ordersByTime;
    private readonly bool _trailersAgree;
    private readonly bool _settlesByRounds;
    private readonly bool _isSingleEvent;
    private readonly long[] _recordsByKnownType = new long[128];
    private ulong _lostByKernel;
    private ulong _lostByPerf;
    private ulong _latestOrder;
    private ulong _latestOrderOfLastRound;
    private ulong? _orderedUpTo;

    /// <param name="file">The recording.</param>
    /// <param name="chunks">Its chunks.</param>
    /// <param name="settlesByRounds">
    /// Whether perf's word is taken that nothing comes after the end of a round that is older than the round before it (FINISHED_ROUND in
    /// tools/perf/util/session.c). Otherwise mappings are known only at the end of the recording.
    /// </param>
    public RecordingScan(PerfDataFile file, RecordChunks chunks, bool settlesByRounds)
    {
        _file = file;
        _chunks = chunks;
        _ordersByTime = file.Events.All(e => e.Attribute.SampleIdAll && e.Attribute.SampleType.HasFlag(SampleType.Time));
        _trailersAgree = file.Events.All(e => e.SampleId.Length == file.Events[0].SampleId.Length);
        _settlesByRounds = settlesByRounds && !file.Form.IsUnordered;
        _isSingleEvent = file.Events.Count == 1;
        AddressSpaces = new AddressSpaces(file.Features.BuildIds);
        SamplesByEvent = new long[file.Events.Count];
        RecordsByType = new SortedDictionary<uint, long>(file.Form.CompressedRecords);
    }

    public AddressSpaces AddressSpaces { get; }

    /// <summary>What the records say of AUX data.</summary>
    public AuxTraces Traces { get; } = new();

    /// <summary>What became of the records in AUX data of Arm SPE; null where there are none.</summary>
    public SpeTotals? Spe { get; private set; }

    /// <summary>Samples of each event, by its index.</summary>
    public long[] SamplesByEvent { get; }

    public long Samples { get; private set; }

    /// <summary>Number of chunks that were read.</summary>
    public int Chunks { get; private set; }

    /// <summary>Samples that were lost: as perf counted them at the end for each event, or as the kernel reported on the way where perf did not.</summary>
    public ulong LostSamples => _lostByPerf > 0 ? _lostByPerf : _lostByKernel;

    /// <summary>Number of records by type.</summary>
    public SortedDictionary<uint, long> RecordsByType { get; }

    /// <summary>Bytes at the end that are no whole records, beyond those that the file's header states.</summary>
    public long LostBytes => _chunks.LostBytes;

    /// <summary>Reads all of a recording without counting.</summary>
    public static RecordingScan Run(PerfDataFile file)
    {
        using var chunks = file.Chunks();
        var scan = new RecordingScan(file, chunks, settlesByRounds: false);
        while (scan.TryRead(out var chunk))
        {
            chunks.Release(chunk);
        }

        return scan;
    }

    /// <summary>Takes over what AUX data had of an event.</summary>
    public void Take(PerfEvent traced, SpeTotals totals, long branches)
    {
        traced.IsTraced = true;
        Spe = totals;
        Samples += branches;
        SamplesByEvent[traced.Index] += branches;
    }

    /// <summary>What decides which address space a sample lies in: its time, or its place in a recording whose records have no times.</summary>
    public ulong OrderOf(ulong time, long offset) => _ordersByTime ? time : (ulong)offset;

    /// <summary>Whether the samples of a chunk can be counted.</summary>
    public bool IsOrdered(RecordChunk chunk) => chunk.LatestOrder <= _orderedUpTo;

    /// <summary>Reads the next chunk.</summary>
    /// <param name="scanned">The chunk, cut to whole records.</param>
    /// <returns>False at the end, from where on everything is in order.</returns>
    public bool TryRead(out RecordChunk scanned)
    {
        if (!_chunks.TryOpen(out scanned))
        {
            Finish();
            return false;
        }

        Chunks++;
        var records = scanned.Records(scanned.IsLast ? _file.Ending : RecordsEnd.Continues);
        ulong latest = ReadRecords(ref records);
        if (records.Offset == scanned.Start && _file.Ending == RecordsEnd.Exact)
        {
            // No whole record in so many bytes: its size says why.
            (scanned with { IsLast = true }).Records().TryRead(out _);
        }

        _chunks.Close(scanned, records.Offset);
        scanned = scanned with { End = Math.Min(records.Offset, scanned.End), LatestOrder = latest };
        _latestOrder = Math.Max(_latestOrder, latest);
        if (!_ordersByTime)
        {
            SettleUpTo(_latestOrder);
        }

        return true;
    }

    /// <returns>The latest order of a sample.</returns>
    private ulong ReadRecords(ref RecordReader records)
    {
        // Threads that count look at this object meanwhile: it is not written for every record of the usual recording, which has one event.
        var firstEvent = _file.Events[0];
        ulong latest = 0;
        long samples = 0;
        while (records.TryRead(out var record))
        {
            if (record.Type != RecordType.Sample)
            {
                ReadOther(record, latest);
                continue;
            }

            samples++;
            var sampled = firstEvent;
            if (!_isSingleEvent)
            {
                sampled = _file.EventOf(record.Body);
                SamplesByEvent[sampled.Index]++;
            }

            ulong time = record.Body.Length < sampled.Layout.FixedLength ? 0 : SampleLayout.Fixed64(record.Body, sampled.Layout.TimeOffset);
            latest = Math.Max(latest, OrderOf(time, record.Offset));
        }

        Samples += samples;
        SamplesByEvent[0] += _isSingleEvent ? samples : 0;
        return latest;
    }

    private void ReadOther(in PerfRecord record, ulong latestInPiece)
    {
        if ((uint)record.Type < _recordsByKnownType.Length)
        {
            _recordsByKnownType[(uint)record.Type]++;
        }
        else
        {
            RecordsByType[(uint)record.Type] = RecordsByType.GetValueOrDefault((uint)record.Type) + 1;
        }

        if (!record.Type.IsKnown())
        {
            return;
        }

        if (record.Type is RecordType.Compressed or RecordType.Compressed2)
        {
            throw new InvalidFormatException("perf.data", "record type", record.Offset, $"is {(uint)record.Type}: compressed data (perf record -z), which the header{(_file.DataLength is null ? ", or the first megabyte of the stream," : "")} does not announce");
        }

        if (record.Type >= RecordType.HeaderAttr)
        {
            if (record.Type == RecordType.FinishedRound)
            {
                FinishRound(latestInPiece);
            }

            Traces.NoteOfTool(record);
            _file.TakeHeaderRecord(record);
            return;
        }

        var trailer = TrailerOf(record);
        var body = trailer.WithoutTrailer(record.Body);
        if (Traces.AreOfSpe)
        {
            Traces.NoteOfKernel(record, body, trailer);
        }

        switch (record.Type)
        {
            case RecordType.Lost when body.Length >= 16:
                _lostByKernel += BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
                break;
            case RecordType.LostSamples when body.Length >= 8 && (record.Misc & DroppedByFilterBit) == 0:
                _lostByPerf += BinaryPrimitives.ReadUInt64LittleEndian(body);
                break;
            default:
                AddressSpaces.Note(record, body, OrderOf(trailer.Time(record.Body), record.Offset));
                break;
        }
    }

    /// <summary>After a round nothing comes that is older than what the round before had.</summary>
    private void FinishRound(ulong latestInPiece)
    {
        if (!_ordersByTime || !_settlesByRounds)
        {
            return;
        }

        if (_latestOrderOfLastRound > 0)
        {
            SettleUpTo(_latestOrderOfLastRound);
        }

        _latestOrderOfLastRound = Math.Max(_latestOrder, latestInPiece);
    }

    private void SettleUpTo(ulong order)
    {
        if (order != _orderedUpTo)
        {
            AddressSpaces.Apply(order);
            _orderedUpTo = order;
        }
    }

    private void Finish()
    {
        Traces.Finish();
        SettleUpTo(ulong.MaxValue);
        AddressSpaces.TakeBuildIds(_file.Features.BuildIds);
        for (uint type = 0; type < _recordsByKnownType.Length; type++)
        {
            if (_recordsByKnownType[type] > 0)
            {
                RecordsByType[type] = RecordsByType.GetValueOrDefault(type) + _recordsByKnownType[type];
                _recordsByKnownType[type] = 0;
            }
        }

        if (Samples > 0)
        {
            RecordsByType[(uint)RecordType.Sample] = Samples;
        }
    }

    /// <summary>The trailer of a record that is no sample; where the events' trailers differ, its identifier is its last field.</summary>
    private SampleIdLayout TrailerOf(in PerfRecord record)
    {
        if (_trailersAgree || record.Body.Length < 8)
        {
            return _file.Events[0].SampleId;
        }

        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(record.Body[^8..]);
        return _file.EventOfId(id).SampleId;
    }
}
