using System.Buffers.Binary;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// Writes the records of a recording anew as plain ones of this machine's byte order, one after another: COMPRESSED records are replaced by the
/// records in them, foreign ones are swapped, and the data files of a folder follow each other.
/// </summary>
internal sealed class RecordExpansion : IDisposable
{
    private const int HeaderSize = RecordReader.HeaderSize;

    private readonly RecordingHead _head;
    private readonly bool _isForeign;
    private readonly Spool _spool;
    private readonly byte[] _record = new byte[ushort.MaxValue];
    private readonly Dictionary<ulong, PerfEvent> _eventById;
    private byte[] _pending = new byte[1 << 17];
    private int _pendingLength;

    /// <param name="head">What the recording begins with.</param>
    /// <param name="isForeign">Whether it is of the other byte order.</param>
    /// <param name="most">The most bytes that the records may become.</param>
    public RecordExpansion(RecordingHead head, bool isForeign, long most)
    {
        _head = head;
        _isForeign = isForeign;
        _spool = new Spool(PerfDataFile.Format, most, isCompressed: true);
        _eventById = PerfEvent.ById(head.Events);
    }

    /// <summary>Number of COMPRESSED records by type.</summary>
    public Dictionary<uint, long> CompressedRecords { get; } = [];

    /// <summary>Bytes that were not whole records.</summary>
    public long LostBytes { get; private set; }

    /// <summary>Adds the records of a part of a file, which has a compressed stream of its own.</summary>
    /// <exception cref="InvalidFormatException">Compressed data are damaged, or libzstd is not installed.</exception>
    public void Add(ByteSource source, long start, long end, RecordsEnd ending)
    {
        Zstandard.Decoder? decoder = null;
        try
        {
            var records = new RecordReader(source, start, end, _isForeign, ending);
            for (long at = start; records.TryRead(out var record); at = records.Offset)
            {
                if (record.Type is RecordType.Compressed or RecordType.Compressed2)
                {
                    CompressedRecords[(uint)record.Type] = CompressedRecords.GetValueOrDefault((uint)record.Type) + 1;
                    decoder ??= new Zstandard.Decoder(PerfDataFile.Format, "COMPRESSED record", record.Offset);
                    decoder.Decompress(CompressedBytes(record), record.Offset + HeaderSize, TakeDecompressed);
                }
                else
                {
                    int length = HeaderSize + record.Body.Length;
                    Write(source.Span("record", at, length));
                    CopyPayload(source, at + length, records.Offset);
                }
            }

            LostBytes += (end - records.Offset) + _pendingLength;
            _pendingLength = 0;
        }
        finally
        {
            decoder?.Dispose();
        }
    }

    public ByteSource ToSource() => _spool.ToSource();

    public void Dispose() => _spool.Dispose();

    /// <summary>COMPRESSED holds data to its end; COMPRESSED2 states their size and is padded.</summary>
    private ReadOnlySpan<byte> CompressedBytes(in PerfRecord record)
    {
        if (record.Type == RecordType.Compressed)
        {
            return record.Body;
        }

        if (record.Body.Length < sizeof(ulong))
        {
            return default;
        }

        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(record.Body);
        size = _isForeign ? BinaryPrimitives.ReverseEndianness(size) : size;
        var bytes = record.Body[sizeof(ulong)..];
        return size <= (ulong)bytes.Length
            ? bytes[..(int)size]
            : throw new InvalidFormatException(PerfDataFile.Format, "COMPRESSED2 data_size", record.Offset + HeaderSize, $"is {size}, where the record has {bytes.Length} bytes");
    }

    /// <summary>Writes the whole records of what has been decompressed; the rest waits for more.</summary>
    private void TakeDecompressed(ReadOnlySpan<byte> bytes)
    {
        if (_pendingLength + bytes.Length > _pending.Length)
        {
            Array.Resize(ref _pending, Math.Max(_pending.Length * 2, _pendingLength + bytes.Length));
        }

        bytes.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += bytes.Length;
        int at = 0;
        while (_pendingLength - at >= HeaderSize)
        {
            ushort size = BinaryPrimitives.ReadUInt16LittleEndian(_pending.AsSpan(at + 6));
            size = _isForeign ? BinaryPrimitives.ReverseEndianness(size) : size;
            if (size < HeaderSize)
            {
                throw new InvalidFormatException(PerfDataFile.Format, "record size", -1, $"is {size} in decompressed records");
            }

            if (size > _pendingLength - at)
            {
                break;
            }

            Write(_pending.AsSpan(at, size));
            at += size;
        }

        _pending.AsSpan(at, _pendingLength - at).CopyTo(_pending);
        _pendingLength -= at;
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        if (!_isForeign)
        {
            _spool.Write(record);
            return;
        }

        var copy = _record.AsSpan(0, record.Length);
        record.CopyTo(copy);
        RecordSwapper.Swap(copy, EventOf);
        _spool.Write(copy);
    }

    private void CopyPayload(ByteSource source, long start, long end)
    {
        const int ChunkLength = 1 << 20;
        for (long at = start; at < end; at += ChunkLength)
        {
            _spool.Write(source.Span("payload", at, Math.Min(ChunkLength, end - at)));
        }
    }

    /// <summary>The event of a record of the other byte order: of a sample by its swapped body, of another record by its last word.</summary>
    private PerfEvent EventOf(RecordType type, ReadOnlySpan<byte> swapped)
    {
        var first = _head.Events[0];
        if (_head.Events.Count == 1)
        {
            return first;
        }

        int offset = type == RecordType.Sample ? first.Layout.EventIdOffset : 0;
        return offset >= 0 && swapped.Length >= offset + sizeof(ulong)
            ? _eventById.GetValueOrDefault(BinaryPrimitives.ReadUInt64LittleEndian(swapped[offset..]), first)
            : first;
    }
}
