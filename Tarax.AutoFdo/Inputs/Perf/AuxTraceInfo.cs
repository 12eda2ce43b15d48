using System.Buffers.Binary;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>PERF_RECORD_AUXTRACE_INFO (tools/perf/util/event.h): which hardware wrote the AUX data.</summary>
internal static class AuxTraceInfo
{
    /// <summary>Header of the first version for Arm SPE: type, a reserved number, the type of the event, and one number more.</summary>
    public const int FirstVersionLength = 24;

    /// <summary>PERF_AUXTRACE_ARM_SPE (tools/perf/util/auxtrace.h).</summary>
    private const uint ArmSpe = 4;

    /// <summary>Whether a record says that there are traces of Arm SPE.</summary>
    public static bool IsOfArmSpe(in PerfRecord record) =>
        record.Type == RecordType.AuxTraceInfo && record.Body.Length >= FirstVersionLength && BinaryPrimitives.ReadUInt32LittleEndian(record.Body) == ArmSpe;
}
