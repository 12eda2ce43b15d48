using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>The fields of struct perf_event_attr that decide how records are read; later fields are skipped by the struct's own size.</summary>
internal readonly struct EventAttribute
{
    private const uint SizeOfVersion0 = 64;

    public uint Type { get; init; }

    /// <summary>Its own size in bytes.</summary>
    public uint Size { get; init; }

    public ulong Config { get; init; }

    /// <summary>sample_period, or sample_freq where <see cref="IsFrequency"/>.</summary>
    public ulong PeriodOrFrequency { get; init; }

    public SampleType SampleType { get; init; }

    public ReadFormat ReadFormat { get; init; }

    public ulong Flags { get; init; }

    public BranchSampleType BranchSampleType { get; init; }

    public ulong SampleRegsUser { get; init; }

    public ulong SampleRegsIntr { get; init; }

    public bool IsFrequency => (Flags & (1UL << 10)) != 0;

    /// <summary>exclude_user: nothing of user space was sampled.</summary>
    public bool ExcludesUser => (Flags & (1UL << 4)) != 0;

    /// <summary>exclude_kernel: nothing of the kernel was sampled.</summary>
    public bool ExcludesKernel => (Flags & (1UL << 5)) != 0;

    public bool SampleIdAll => (Flags & (1UL << 18)) != 0;

    /// <summary>Reads an attribute of any published or future size from the bytes that its section gives to it.</summary>
    public static EventAttribute Read(ByteCursor cursor)
    {
        var whole = cursor;
        uint type = cursor.U32("perf_event_attr.type");
        uint size = cursor.U32("perf_event_attr.size");
        if (size == 0)
        {
            size = SizeOfVersion0;
        }

        if (size < SizeOfVersion0)
        {
            throw cursor.Invalid("perf_event_attr.size", $"is {size}, less than the {SizeOfVersion0} bytes of its first version");
        }

        // A newer kernel's attribute is longer than what is known here, an older one's shorter: absent fields are zero.
        var fields = whole.Child("perf_event_attr", Math.Min(size, (uint)whole.Remaining));
        fields.Skip("perf_event_attr.type", 8);
        ulong Next(ref ByteCursor from, string field) => from.Remaining >= 8 ? from.U64(field) : 0;
        ulong config = Next(ref fields, "perf_event_attr.config");
        ulong period = Next(ref fields, "perf_event_attr.sample_period");
        ulong sampleType = Next(ref fields, "perf_event_attr.sample_type");
        ulong readFormat = Next(ref fields, "perf_event_attr.read_format");
        ulong flags = Next(ref fields, "perf_event_attr.flags");
        fields.Skip("perf_event_attr.wakeup_events", (ulong)Math.Min(16, fields.Remaining));
        fields.Skip("perf_event_attr.config2", (ulong)Math.Min(8, fields.Remaining));
        ulong branchSampleType = Next(ref fields, "perf_event_attr.branch_sample_type");
        ulong regsUser = Next(ref fields, "perf_event_attr.sample_regs_user");
        fields.Skip("perf_event_attr.sample_stack_user", (ulong)Math.Min(8, fields.Remaining));
        ulong regsIntr = Next(ref fields, "perf_event_attr.sample_regs_intr");
        return new EventAttribute
        {
            Type = type,
            Size = size,
            Config = config,
            PeriodOrFrequency = period,
            SampleType = (SampleType)sampleType,
            ReadFormat = (ReadFormat)readFormat,
            Flags = whole.IsBigEndian ? MirroredBits(flags) : flags,
            BranchSampleType = (BranchSampleType)branchSampleType,
            SampleRegsUser = regsUser,
            SampleRegsIntr = regsIntr,
        };
    }

    /// <summary>
    /// The flags are a C bitfield, which compilers of big-endian machines fill from the other end: the first flag is the highest bit.
    /// </summary>
    private static ulong MirroredBits(ulong value)
    {
        ulong mirrored = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            mirrored |= ((value >> bit) & 1) << (63 - bit);
        }

        return mirrored;
    }
}
