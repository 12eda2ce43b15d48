namespace Tarax.AutoFdo.PerfData;

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
    LostSamples = 13,

    /// <summary>The first type that the perf tool, not the kernel, writes; from here on there is no sample_id trailer.</summary>
    FirstUserType = 64,
    TracingData = 66,
    FinishedRound = 68,
    AuxTrace = 71,
    Compressed = 81,
    Compressed2 = 83,

    /// <summary>The last type known when this was written (Linux 7.2: SCHEDSTAT_DOMAIN).</summary>
    LastKnownUserType = 86,
    LastKnownKernelType = 22,
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
