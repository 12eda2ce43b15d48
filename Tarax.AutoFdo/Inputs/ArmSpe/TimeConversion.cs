using System.Buffers.Binary;

namespace Tarax.AutoFdo.Inputs.ArmSpe;

/// <summary>From ticks of the system counter to the nanoseconds of perf's clock: PERF_RECORD_TIME_CONV, whose formula stands with <c>struct perf_event_mmap_page</c> in include/uapi/linux/perf_event.h.</summary>
internal sealed class TimeConversion
{
    private readonly int _shift;
    private readonly ulong _multiplier;
    private readonly ulong _zero;
    private readonly ulong _cycles;
    private readonly ulong _mask;

    /// <param name="body">The record's body.</param>
    private TimeConversion(ReadOnlySpan<byte> body)
    {
        const int LongForm = 48;
        _shift = (int)(BinaryPrimitives.ReadUInt64LittleEndian(body) & 63);
        _multiplier = BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
        _zero = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]);
        if (body.Length >= LongForm && body[41] != 0)
        {
            _cycles = BinaryPrimitives.ReadUInt64LittleEndian(body[24..]);
            _mask = BinaryPrimitives.ReadUInt64LittleEndian(body[32..]);
        }
        else
        {
            _mask = ulong.MaxValue;
        }
    }

    /// <returns>Null where the record is too short.</returns>
    public static TimeConversion? Of(ReadOnlySpan<byte> body) => body.Length >= 24 ? new TimeConversion(body) : null;

    /// <summary>The time in nanoseconds.</summary>
    public ulong Nanoseconds(ulong ticks)
    {
        ulong cycles = _cycles + ((ticks - _cycles) & _mask);
        ulong rest = cycles & ((1UL << _shift) - 1);
        return _zero + ((cycles >> _shift) * _multiplier) + ((rest * _multiplier) >> _shift);
    }
}
