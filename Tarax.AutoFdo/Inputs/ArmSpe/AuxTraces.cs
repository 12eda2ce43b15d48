using System.Buffers.Binary;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Inputs.ArmSpe;

/// <summary>What the records of a recording say of its AUX data: whose they are, where they lie, and what was lost (tools/perf/util/auxtrace.h, arm-spe.c).</summary>
internal sealed class AuxTraces
{
    private const int PieceLength = 40;

    private readonly List<AuxTracePiece> _pieces = [];
    private readonly Dictionary<uint, uint> _processes = [];
    private readonly Dictionary<uint, List<Switch>> _switches = [];

    /// <summary>Whether the AUX data are of Arm's Statistical Profiling Extension.</summary>
    public bool AreOfSpe { get; private set; }

    /// <summary>The type of the event that was traced.</summary>
    public uint EventType { get; private set; }

    /// <summary>The data, in file order.</summary>
    public IReadOnlyList<AuxTracePiece> Pieces => _pieces;

    /// <summary>From the timestamps of the data to perf's; null where the recording does not say.</summary>
    public TimeConversion? Clock { get; private set; }

    /// <summary>Times that the buffer was full, so that nothing was recorded until it was emptied.</summary>
    public long Truncations { get; private set; }

    /// <summary>Times that samples fell together, so that one was lost.</summary>
    public long Collisions { get; private set; }

    /// <summary>Takes note of a record of the perf tool.</summary>
    public void NoteOfTool(in PerfRecord record)
    {
        var body = record.Body;
        switch (record.Type)
        {
            case RecordType.AuxTraceInfo when AuxTraceInfo.IsOfArmSpe(record):
                // Two words in the first version; later its number, its length, and then the type of the event.
                bool isFirst = body.Length == AuxTraceInfo.FirstVersionLength;
                AreOfSpe = isFirst || body.Length >= AuxTraceInfo.FirstVersionLength + 16;
                EventType = AreOfSpe ? BinaryPrimitives.ReadUInt32LittleEndian(body[(isFirst ? 8 : 24)..]) : 0;
                break;
            case RecordType.AuxTrace when AreOfSpe && body.Length >= PieceLength:
                _pieces.Add(new AuxTracePiece(
                    record.Offset + RecordReader.HeaderSize + body.Length,
                    (long)BinaryPrimitives.ReadUInt64LittleEndian(body),
                    (long)BinaryPrimitives.ReadUInt64LittleEndian(body[8..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(body[28..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(body[32..])));
                break;
            case RecordType.TimeConv:
                Clock = TimeConversion.Of(body) ?? Clock;
                break;
        }
    }

    /// <summary>Takes note of a record of the kernel.</summary>
    /// <param name="record">The record.</param>
    /// <param name="body">Its body without the trailer.</param>
    /// <param name="trailer">The layout of its trailer.</param>
    public void NoteOfKernel(in PerfRecord record, ReadOnlySpan<byte> body, in SampleIdLayout trailer)
    {
        const ushort SwitchOutBit = 1 << 13;
        const ulong TruncatedFlag = 1;
        const ulong CollisionFlag = 8;
        switch (record.Type)
        {
            case RecordType.Aux when body.Length >= 24:
                ulong flags = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]);
                Truncations += (flags & TruncatedFlag) != 0 ? 1 : 0;
                Collisions += (flags & CollisionFlag) != 0 ? 1 : 0;
                break;
            case RecordType.Comm or RecordType.Mmap or RecordType.Mmap2 or RecordType.ItraceStart when body.Length >= 8:
                _processes[BinaryPrimitives.ReadUInt32LittleEndian(body[4..])] = BinaryPrimitives.ReadUInt32LittleEndian(body);
                break;
            case RecordType.Fork when body.Length >= 16:
                _processes[BinaryPrimitives.ReadUInt32LittleEndian(body[8..])] = BinaryPrimitives.ReadUInt32LittleEndian(body);
                break;
            case RecordType.Switch or RecordType.SwitchCpuWide when (record.Misc & SwitchOutBit) == 0 && trailer.TryCpuAndProcess(record.Body, out uint cpu, out uint process):
                if (!_switches.TryGetValue(cpu, out var switches))
                {
                    _switches.Add(cpu, switches = []);
                }

                switches.Add(new Switch(trailer.Time(record.Body), process));
                break;
        }
    }

    /// <summary>All records were seen.</summary>
    public void Finish()
    {
        foreach (var switches in _switches.Values)
        {
            switches.Sort((a, b) => a.Time.CompareTo(b.Time));
        }
    }

    /// <summary>The process of a thread; null where it is not known.</summary>
    public uint? ProcessOf(uint thread) => thread != AuxTracePiece.NoNumber && _processes.TryGetValue(thread, out uint process) ? process : null;

    /// <summary>The process that ran on a processor at a time in nanoseconds; null where it is not known.</summary>
    public uint? ProcessOn(uint cpu, ulong time)
    {
        if (!_switches.TryGetValue(cpu, out var switches))
        {
            return null;
        }

        int low = 0;
        int high = switches.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = switches[middle].Time <= time ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? null : switches[low - 1].Process;
    }

    private readonly record struct Switch(ulong Time, uint Process);
}
