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
    public const int HeaderSize = 8;

    private readonly ByteSource _source;
    private readonly long _end;
    private readonly bool _isForeign;
    private readonly bool _mayBeCut;

    /// <param name="source">What the records lie in.</param>
    /// <param name="start">Offset of the first record.</param>
    /// <param name="end">Offset after the last.</param>
    /// <param name="isForeign">Whether the records are of the other byte order; their bodies stay so.</param>
    /// <param name="mayBeCut">Whether the first record that is not whole ends them, instead of being an error.</param>
    public RecordReader(ByteSource source, long start, long end, bool isForeign = false, bool mayBeCut = false)
    {
        _source = source;
        Offset = start;
        _end = end;
        _isForeign = isForeign;
        _mayBeCut = mayBeCut;
    }

    /// <summary>Offset of the next record.</summary>
    public long Offset { get; private set; }

    /// <exception cref="InvalidFormatException">A record's size is less than its header or passes the end of the data.</exception>
    public bool TryRead(out PerfRecord record)
    {
        record = default;
        if (Offset >= _end)
        {
            return false;
        }

        if (_end - Offset < HeaderSize)
        {
            return _mayBeCut
                ? false
                : throw new InvalidFormatException(PerfDataFile.Format, "record header", Offset, $"needs {HeaderSize} bytes, {_end - Offset} remain in the data section");
        }

        var header = _source.Span("record header", Offset, HeaderSize);
        var type = (RecordType)BinaryPrimitives.ReadUInt32LittleEndian(header);
        ushort misc = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        if (_isForeign)
        {
            type = (RecordType)BinaryPrimitives.ReverseEndianness((uint)type);
            (misc, size) = (BinaryPrimitives.ReverseEndianness(misc), BinaryPrimitives.ReverseEndianness(size));
        }

        if (size < HeaderSize || size > _end - Offset)
        {
            // What was never written is zeros; anything else that small is damage, not an end.
            return _mayBeCut && (size >= HeaderSize || (size == 0 && type == 0))
                ? false
                : throw new InvalidFormatException(
                    PerfDataFile.Format, "record size", Offset + 6, $"is {size} in a record of type {(uint)type}, where {_end - Offset} bytes remain in the data section");
        }

        var body = _source.Span("record", Offset + HeaderSize, size - HeaderSize);
        ulong payload = PayloadOutsideSize(type, body);
        if (payload > (ulong)(_end - Offset - size))
        {
            return _mayBeCut
                ? false
                : throw new InvalidFormatException(
                    PerfDataFile.Format, "payload size", Offset + HeaderSize, $"is {payload}, where {_end - Offset - size} bytes remain in the data section");
        }

        record = new PerfRecord(type, misc, Offset, body);
        Offset += size + (long)payload;
        return true;
    }

    /// <summary>HEADER_TRACING_DATA (u32 size, padded to 8) and AUXTRACE (u64 size) are followed by bytes that their headers do not count.</summary>
    private readonly ulong PayloadOutsideSize(RecordType type, ReadOnlySpan<byte> body)
    {
        if (type == RecordType.TracingData && body.Length >= sizeof(uint))
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(body);
            return ((_isForeign ? BinaryPrimitives.ReverseEndianness(size) : size) + 7UL) & ~7UL;
        }

        if (type == RecordType.AuxTrace && body.Length >= sizeof(ulong))
        {
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(body);
            return _isForeign ? BinaryPrimitives.ReverseEndianness(size) : size;
        }

        return 0;
    }
}
