using System.Buffers.Binary;
using Tarax.AutoFdo.PerfData;

namespace Tarax.AutoFdo.Samples;

/// <summary>
/// The first pass over a recording: who mapped what when, how often each event was sampled, what was lost,
/// and where the file can be cut into pieces of whole records.
/// </summary>
internal sealed class RecordingScan
{
    /// <summary>Bytes of one piece of work: large enough to make its own start-up cheap, small enough to share evenly.</summary>
    private const long PieceBytes = 4 << 20;

    /// <summary>LOST_SAMPLES: a BPF filter dropped them, as the user wished.</summary>
    private const ushort DroppedByFilterBit = 1 << 15;

    private readonly PerfDataFile _file;
    private readonly bool _ordersByTime;
    private readonly bool _trailersAgree;
    private ulong _lostByKernel;
    private ulong _lostByPerf;

    private RecordingScan(PerfDataFile file)
    {
        _file = file;
        _ordersByTime = file.Events.All(e => e.Attribute.SampleIdAll && e.Attribute.SampleType.HasFlag(SampleType.Time));
        _trailersAgree = file.Events.All(e => e.SampleId.Length == file.Events[0].SampleId.Length);
        AddressSpaces = new AddressSpaces(file.Features.BuildIds);
        SamplesByEvent = new long[file.Events.Count];
        RecordsByType = new SortedDictionary<uint, long>(file.Form.CompressedRecords);
    }

    public AddressSpaces AddressSpaces { get; }

    /// <summary>Samples of each event, by its index.</summary>
    public long[] SamplesByEvent { get; }

    public long Samples { get; private set; }

    /// <summary>Samples that were lost: as perf counted them at the end for each event, or as the kernel told on the way where perf did not.</summary>
    public ulong LostSamples => _lostByPerf > 0 ? _lostByPerf : _lostByKernel;

    /// <summary>Number of records by type.</summary>
    public SortedDictionary<uint, long> RecordsByType { get; }

    /// <summary>Offsets at which pieces of whole records start, and the end of the last.</summary>
    public List<long> Pieces { get; } = [];

    public static RecordingScan Run(PerfDataFile file)
    {
        var scan = new RecordingScan(file);
        scan.ReadRecords();
        scan.AddressSpaces.Apply();
        return scan;
    }

    /// <summary>What decides which address space a sample lies in: its time, or its place in a file whose records have no times.</summary>
    public ulong OrderOf(ulong time, long offset) => _ordersByTime ? time : (ulong)offset;

    private void ReadRecords()
    {
        bool isSingleEvent = _file.Events.Count == 1;
        long nextPiece = 0;
        var records = _file.Records();
        while (records.TryRead(out var record))
        {
            if (record.Offset >= nextPiece)
            {
                Pieces.Add(record.Offset);
                nextPiece = record.Offset + PieceBytes;
            }

            if (record.Type == RecordType.Sample)
            {
                Samples++;
                SamplesByEvent[isSingleEvent ? 0 : _file.EventOf(record.Body).Index]++;
            }
            else
            {
                ReadOther(record);
            }
        }

        if (Samples > 0)
        {
            RecordsByType[(uint)RecordType.Sample] = Samples;
        }

        Pieces.Add(_file.DataEnd);
    }

    private void ReadOther(in PerfRecord record)
    {
        RecordsByType[(uint)record.Type] = RecordsByType.GetValueOrDefault((uint)record.Type) + 1;
        if (!record.Type.IsKnown())
        {
            return;
        }

        if (record.Type is RecordType.Compressed or RecordType.Compressed2)
        {
            throw new InvalidFormatException("perf.data", "record type", record.Offset, $"is {(uint)record.Type}: compressed data (perf record -z), which the header does not announce");
        }

        if (record.Type >= RecordType.HeaderAttr)
        {
            return;
        }

        var trailer = TrailerOf(record);
        var body = trailer.WithoutTrailer(record.Body);
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
