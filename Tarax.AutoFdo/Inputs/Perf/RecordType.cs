namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>PERF_RECORD_* types that are looked into or passed over specially; all others are skipped by their size.</summary>
internal enum RecordType : uint
{
    Mmap = 1,
    Lost = 2,
    Comm = 3,
    Exit = 4,
    Fork = 7,
    Sample = 9,
    Mmap2 = 10,
    Aux = 11,
    ItraceStart = 12,
    LostSamples = 13,
    Switch = 14,
    SwitchCpuWide = 15,

    /// <summary>The first type that the perf tool, not the kernel, writes; from here on there is no sample_id trailer.</summary>
    HeaderAttr = 64,
    TracingData = 66,
    HeaderBuildId = 67,
    FinishedRound = 68,
    AuxTraceInfo = 70,
    AuxTrace = 71,
    EventUpdate = 78,
    TimeConv = 79,
    HeaderFeature = 80,
    Compressed = 81,
    Compressed2 = 83,
}

/// <summary>What the types of records are called, in the words of <c>perf report --stats</c>.</summary>
internal static class RecordTypeName
{
    /// <summary>Numbered from 1: include/uapi/linux/perf_event.h.</summary>
    private static readonly string[] OfKernel =
    [
        "MMAP", "LOST", "COMM", "EXIT", "THROTTLE", "UNTHROTTLE", "FORK", "READ", "SAMPLE", "MMAP2", "AUX", "ITRACE_START", "LOST_SAMPLES", "SWITCH",
        "SWITCH_CPU_WIDE", "NAMESPACES", "KSYMBOL", "BPF_EVENT", "CGROUP", "TEXT_POKE", "AUX_OUTPUT_HW_ID", "CALLCHAIN_DEFERRED",
    ];

    /// <summary>Numbered from 64: tools/lib/perf/include/perf/event.h.</summary>
    private static readonly string[] OfTool =
    [
        "ATTR", "EVENT_TYPE", "TRACING_DATA", "BUILD_ID", "FINISHED_ROUND", "ID_INDEX", "AUXTRACE_INFO", "AUXTRACE", "AUXTRACE_ERROR", "THREAD_MAP",
        "CPU_MAP", "STAT_CONFIG", "STAT", "STAT_ROUND", "EVENT_UPDATE", "TIME_CONV", "FEATURE", "COMPRESSED", "FINISHED_INIT", "COMPRESSED2",
        "BPF_METADATA", "SCHEDSTAT_CPU", "SCHEDSTAT_DOMAIN",
    ];

    public static bool IsKnown(this RecordType type) => NameOf(type) is not null;

    /// <summary>The name, or the number of a type that is not known.</summary>
    public static string Name(this RecordType type) => NameOf(type) ?? $"{(uint)type}";

    private static string? NameOf(RecordType type) =>
        (uint)type - 1 < OfKernel.Length ? OfKernel[(uint)type - 1]
        : type - RecordType.HeaderAttr < (uint)OfTool.Length && type >= RecordType.HeaderAttr ? OfTool[type - RecordType.HeaderAttr]
        : null;
}

/// <summary>The low three bits of a record's misc field.</summary>
internal enum CpuMode
{
    Unknown = 0,
    Kernel = 1,
    User = 2,
    Hypervisor = 3,
    GuestKernel = 4,
    GuestUser = 5,
}
