using System.Buffers.Binary;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>The process part of PERF_RECORD_FORK and PERF_RECORD_COMM.</summary>
internal readonly struct ProcessRecord
{
    private const ushort CommExecBit = 1 << 13;

    public uint Pid { get; private init; }

    /// <summary>FORK: the process that forked.</summary>
    public uint ParentPid { get; private init; }

    /// <summary>FORK: the time in the record itself, in nanoseconds.</summary>
    public ulong Time { get; private init; }

    /// <summary>COMM: the new name came with exec, so the address space is new.</summary>
    public bool IsExec { get; private init; }

    public static bool TryReadFork(ReadOnlySpan<byte> body, out ProcessRecord fork)
    {
        fork = default;
        if (body.Length < 24)
        {
            return false;
        }

        fork = new ProcessRecord
        {
            Pid = BinaryPrimitives.ReadUInt32LittleEndian(body),
            ParentPid = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]),
            Time = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]),
        };
        return true;
    }

    public static bool TryReadComm(in PerfRecord record, ReadOnlySpan<byte> body, out ProcessRecord comm)
    {
        comm = default;
        if (body.Length < 8)
        {
            return false;
        }

        comm = new ProcessRecord
        {
            Pid = BinaryPrimitives.ReadUInt32LittleEndian(body),
            IsExec = (record.Misc & CommExecBit) != 0,
        };
        return true;
    }
}
