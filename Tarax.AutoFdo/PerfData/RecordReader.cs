using System.Buffers.Binary;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.PerfData;

/// <summary>One record of the data section: a view that is valid while its source is.</summary>
internal readonly ref struct PerfRecord
{
    public PerfRecord(RecordType type, ushort misc, long offset, ReadOnlySpan<byte> body)
    {
        Type = type;
        Misc = misc;
        Offset = offset;
        Body = body;
    }

    public RecordType Type { get; }

    public ushort Misc { get; }

    /// <summary>Absolute offset of the record's header in the file.</summary>
    public long Offset { get; }

    /// <summary>What follows the eight bytes of the header.</summary>
    public ReadOnlySpan<byte> Body { get; }

    public CpuMode CpuMode => (CpuMode)(Misc & 7);
}

/// <summary>Steps through records by their sizes, passing over the payloads that some tool records have outside of their size.</summary>
internal ref struct RecordReader
{
    private const int HeaderSize = 8;

    private readonly ByteSource _source;
    private readonly long _end;

    public RecordReader(ByteSource source, long start, long end)
    {
        _source = source;
        Offset = start;
        _end = end;
    }

    /// <summary>Offset of the next record.</summary>
    public long Offset { get; private set; }

    /// <exception cref="InvalidFormatException">A record's size is less than its header or passes the end of the data.</exception>
    public bool TryRead(out PerfRecord record)
    {
        if (Offset >= _end)
        {
            record = default;
            return false;
        }

        var header = _source.Span("record header", Offset, Math.Min(HeaderSize, _end - Offset));
        if (header.Length < HeaderSize)
        {
            throw new InvalidFormatException("perf.data", "record header", Offset, $"needs {HeaderSize} bytes, {header.Length} remain in the data section");
        }

        var type = (RecordType)BinaryPrimitives.ReadUInt32LittleEndian(header);
        ushort misc = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        if (size < HeaderSize || size > _end - Offset)
        {
            throw new InvalidFormatException(
                "perf.data", "record size", Offset + 6, $"is {size} in a record of type {(uint)type}, where {_end - Offset} bytes remain in the data section");
        }

        var body = _source.Span("record", Offset + HeaderSize, size - HeaderSize);
        record = new PerfRecord(type, misc, Offset, body);
        Offset += size + PayloadOutsideSize(record);
        return true;
    }

    /// <summary>HEADER_TRACING_DATA (u32 size, padded to 8) and AUXTRACE (u64 size) are followed by bytes that their headers do not count.</summary>
    private readonly long PayloadOutsideSize(in PerfRecord record)
    {
        ulong payload = record.Type switch
        {
            RecordType.TracingData when record.Body.Length >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(record.Body) + 7UL) & ~7UL,
            RecordType.AuxTrace when record.Body.Length >= 8 => BinaryPrimitives.ReadUInt64LittleEndian(record.Body),
            _ => 0,
        };
        if (payload > (ulong)(_end - Offset))
        {
            throw new InvalidFormatException(
                "perf.data", "payload size", record.Offset + HeaderSize, $"is {payload}, where {_end - Offset} bytes remain in the data section");
        }

        return (long)payload;
    }
}
