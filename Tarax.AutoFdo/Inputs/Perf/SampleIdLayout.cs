using System.Buffers.Binary;
using System.Numerics;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The sample_id trailer at the end of kernel records other than SAMPLE:
/// TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER, each eight bytes and present by the event's sample_type.
/// </summary>
internal readonly struct SampleIdLayout
{
    private const SampleType TrailerBits =
        SampleType.Tid | SampleType.Time | SampleType.Id | SampleType.StreamId | SampleType.Cpu | SampleType.Identifier;

    private readonly int _timeFromEnd;
    private readonly bool _hasTid;
    private readonly int _cpuFromEnd;

    public SampleIdLayout(in EventAttribute attribute)
    {
        if (!attribute.SampleIdAll)
        {
            return;
        }

        var type = attribute.SampleType;
        Length = 8 * BitOperations.PopCount((ulong)(type & TrailerBits));
        _hasTid = type.HasFlag(SampleType.Tid);
        _cpuFromEnd = type.HasFlag(SampleType.Cpu) ? (type.HasFlag(SampleType.Identifier) ? 16 : 8) : 0;
        _timeFromEnd = type.HasFlag(SampleType.Time) ? Length - (type.HasFlag(SampleType.Tid) ? 8 : 0) : 0;
    }

    /// <summary>Length in bytes; 0 without sample_id_all.</summary>
    public int Length { get; }

    /// <summary>The time of a record with this trailer; 0 where there is none.</summary>
    public ulong Time(ReadOnlySpan<byte> body) =>
        _timeFromEnd == 0 || body.Length < Length ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(body[^_timeFromEnd..]);

    /// <summary>Where a record was written, and of which process it is.</summary>
    /// <returns>False where the trailer does not say.</returns>
    public bool TryCpuAndProcess(ReadOnlySpan<byte> body, out uint cpu, out uint process)
    {
        (cpu, process) = (0, 0);
        if (!_hasTid || _cpuFromEnd == 0 || body.Length < Length)
        {
            return false;
        }

        process = BinaryPrimitives.ReadUInt32LittleEndian(body[^Length..]);
        cpu = BinaryPrimitives.ReadUInt32LittleEndian(body[^_cpuFromEnd..]);
        return true;
    }

    /// <summary>The body without the trailer.</summary>
    public ReadOnlySpan<byte> WithoutTrailer(ReadOnlySpan<byte> body) => body.Length < Length ? default : body[..^Length];

    /// <summary>Puts the pairs of 32 bits of a trailer right, which were swapped as words.</summary>
    public void SwapPairs(Span<byte> trailer)
    {
        if (trailer.Length < Length)
        {
            return;
        }

        if (_hasTid)
        {
            RecordSwapper.ExchangeHalves(trailer);
        }

        if (_cpuFromEnd > 0)
        {
            RecordSwapper.ExchangeHalves(trailer[^_cpuFromEnd..]);
        }
    }
}
