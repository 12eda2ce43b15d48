namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>PERF_SAMPLE_* bits of perf_event_attr.sample_type (include/uapi/linux/perf_event.h).</summary>
[Flags]
internal enum SampleType : ulong
{
    Ip = 1 << 0,
    Tid = 1 << 1,
    Time = 1 << 2,
    Addr = 1 << 3,
    Read = 1 << 4,
    CallChain = 1 << 5,
    Id = 1 << 6,
    Cpu = 1 << 7,
    Period = 1 << 8,
    StreamId = 1 << 9,
    Raw = 1 << 10,
    BranchStack = 1 << 11,
    RegsUser = 1 << 12,
    StackUser = 1 << 13,
    Weight = 1 << 14,
    DataSrc = 1 << 15,
    Identifier = 1 << 16,
    Transaction = 1 << 17,
    RegsIntr = 1 << 18,
    PhysAddr = 1 << 19,
    Aux = 1 << 20,
    CGroup = 1 << 21,
    DataPageSize = 1 << 22,
    CodePageSize = 1 << 23,
    WeightStruct = 1 << 24,
}

/// <summary>PERF_SAMPLE_BRANCH_* bits of perf_event_attr.branch_sample_type that change how a branch stack is read.</summary>
[Flags]
internal enum BranchSampleType : ulong
{
    User = 1 << 0,
    Kernel = 1 << 1,
    Hypervisor = 1 << 2,
    Any = 1 << 3,
    CallStack = 1 << 11,
    HardwareIndex = 1 << 17,
    Counters = 1 << 19,
}

/// <summary>PERF_FORMAT_* bits of perf_event_attr.read_format.</summary>
[Flags]
internal enum ReadFormat : ulong
{
    TotalTimeEnabled = 1 << 0,
    TotalTimeRunning = 1 << 1,
    Id = 1 << 2,
    Group = 1 << 3,
    Lost = 1 << 4,
}

/// <summary>The filter of recorded branches in words.</summary>
internal static class BranchFilter
{
    /// <summary>By bit: the words of <c>perf record -j</c>.</summary>
    private static readonly string[] Names =
    [
        "u", "k", "hv", "any", "any_call", "any_ret", "ind_call", "abort_tx", "in_tx", "no_tx", "cond", "stack", "ind_jmp", "call", "no_flags",
        "no_cycles", "save_type", "hw_index", "priv", "counter",
    ];

    public static string FilterText(this BranchSampleType filter) => string.Join(',', Names.Where((_, bit) => (((ulong)filter >> bit) & 1) != 0));
}
