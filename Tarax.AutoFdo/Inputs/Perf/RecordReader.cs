using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>One record of the data section: a view that is valid while its source is, or the chunk that it was read from.</summary>
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

    /// <summary>Absolute offset of the record's header in the recording.</summary>
    public long Offset { get; }

    /// <summary>What follows the eight bytes of the header.</summary>
    public ReadOnlySpan<byte> Body { get; }

    public CpuMode CpuMode => (CpuMode)(Misc & 7);
}

/// <summary>What it means that the bytes end, from which records are read.</summary>
internal enum RecordsEnd
{
    /// <summary>The last record ends there; anything else is damage.</summary>
    Exact,

    /// <summary>The recording was cut there, perhaps within a record.</summary>
    MayBeCut,

    /// <summary>More bytes follow elsewhere: a record that is not whole is read again with them.</summary>
    Continues,
}

/// <summary>Steps through records by their sizes, passing over the payloads that some tool records have outside of their size.</summary>
internal unsafe ref struct RecordReader
{
    public const int HeaderSize = 8;

    private const int RecordsAhead = 4;

    private readonly byte* _data;
    private readonly long _end;
    private readonly long _limit;
    private readonly long _origin;
    private readonly bool _isForeign;
    private readonly RecordsEnd _ending;

    /// <param name="source">What the records lie in.</param>
    /// <param name="start">Offset of the first record.</param>
    /// <param name="end">Offset after the last.</param>
    /// <param name="isForeign">Whether the records are of the other byte order; their bodies stay so.</param>
    /// <param name="ending">What the end means.</param>
    /// <param name="origin">Offset of the source in the recording.</param>
    /// <param name="limit">Offset in the source at which the recording ends, where it goes on after the last record.</param>
    public RecordReader(
        ByteSource source, long start, long end, bool isForeign = false, RecordsEnd ending = RecordsEnd.Exact, long origin = 0, long? limit = null)
    {
        // What is checked once need not be checked for every record.
        if (start < 0 || end > source.Length)
        {
            throw new InvalidFormatException(PerfDataFile.Format, "data section", origin + start, $"ends at {end}, where {source.Length} bytes are there");
        }

        _data = source.Start;
        Offset = start;
        _end = end;
        _limit = limit ?? end;
        _isForeign = isForeign;
        _ending = ending;
        _origin = origin;
    }

    /// <summary>Offset of the next record in the source; past the end where a payload is.</summary>
    public long Offset { get; private set; }

    /// <exception cref="InvalidFormatException">A record's size is less than its header or passes the end of the data.</exception>
    public bool TryRead(out PerfRecord record)
    {
        record = default;
        long remaining = _end - Offset;
        if (remaining < HeaderSize)
        {
            return remaining <= 0 || _ending != RecordsEnd.Exact
                ? false
                : throw new InvalidFormatException(PerfDataFile.Format, "record header", _origin + Offset, $"needs {HeaderSize} bytes, {remaining} remain in the data section");
        }

        // Samples are mostly of one length: the header of one that comes soon is fetched while this record is dealt with.
        byte* header = _data + Offset;
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(header + (RecordsAhead * Unsafe.ReadUnaligned<ushort>(header + 6)));
        }

        var type = (RecordType)Unsafe.ReadUnaligned<uint>(header);
        ushort misc = Unsafe.ReadUnaligned<ushort>(header + 4);
        ushort size = Unsafe.ReadUnaligned<ushort>(header + 6);
        if (_isForeign)
        {
            type = (RecordType)BinaryPrimitives.ReverseEndianness((uint)type);
            (misc, size) = (BinaryPrimitives.ReverseEndianness(misc), BinaryPrimitives.ReverseEndianness(size));
        }

        if (size < HeaderSize || size > remaining)
        {
            // What was never written is zeros; anything else that small is damage, not an end.
            return _ending != RecordsEnd.Exact && (size >= HeaderSize || (size == 0 && type == 0))
                ? false
                : throw new InvalidFormatException(
                    PerfDataFile.Format, "record size", _origin + Offset + 6, $"is {size} in a record of type {(uint)type}, where {remaining} bytes remain in the data section");
        }

        var body = new ReadOnlySpan<byte>(header + HeaderSize, size - HeaderSize);
        long next = Offset + size;
        if (type is RecordType.TracingData or RecordType.AuxTrace)
        {
            ulong payload = PayloadOutsideSize(type, body);
            if (payload > (ulong)(_limit - next))
            {
                return _ending == RecordsEnd.MayBeCut
                    ? false
                    : throw new InvalidFormatException(
                        PerfDataFile.Format, "payload size", _origin + Offset + HeaderSize, $"is {payload}, where {_limit - next} bytes remain in the data section");
            }

            next += (long)payload;
        }

        record = new PerfRecord(type, misc, _origin + Offset, body);
        Offset = next;
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
