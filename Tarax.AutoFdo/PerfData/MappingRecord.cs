using System.Buffers.Binary;

namespace Tarax.AutoFdo.PerfData;

/// <summary>PERF_RECORD_MMAP or PERF_RECORD_MMAP2: a file mapped into an address space; runtime addresses.</summary>
internal readonly ref struct MappingRecord
{
    private const ushort MmapDataBit = 1 << 13;
    private const ushort BuildIdBit = 1 << 14;
    private const uint ProtectionExecute = 4;
    private const int MmapNameOffset = 32;
    private const int Mmap2NameOffset = 64;
    private const int MaximumBuildIdSize = 20;

    private MappingRecord(ReadOnlySpan<byte> body, ReadOnlySpan<byte> fileName, ReadOnlySpan<byte> buildId, bool isExecutable)
    {
        Pid = BinaryPrimitives.ReadUInt32LittleEndian(body);
        Start = BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
        Length = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]);
        PageOffset = BinaryPrimitives.ReadUInt64LittleEndian(body[24..]);
        FileName = fileName;
        BuildId = buildId;
        IsExecutable = isExecutable;
    }

    public uint Pid { get; }

    public ulong Start { get; }

    public ulong Length { get; }

    /// <summary>File offset of the first mapped byte; for kernel maps the runtime address of the reference symbol.</summary>
    public ulong PageOffset { get; }

    public ReadOnlySpan<byte> FileName { get; }

    /// <summary>Empty where the record carries none.</summary>
    public ReadOnlySpan<byte> BuildId { get; }

    public bool IsExecutable { get; }

    /// <summary>Reads the record; <paramref name="body"/> is without the sample_id trailer.</summary>
    public static bool TryRead(in PerfRecord record, ReadOnlySpan<byte> body, out MappingRecord mapping)
    {
        mapping = default;
        bool isMmap2 = record.Type == RecordType.Mmap2;
        int nameOffset = isMmap2 ? Mmap2NameOffset : MmapNameOffset;
        if (body.Length < nameOffset)
        {
            return false;
        }

        var name = body[nameOffset..];
        int nul = name.IndexOf((byte)0);
        name = nul < 0 ? name : name[..nul];
        if (!isMmap2)
        {
            mapping = new MappingRecord(body, name, default, (record.Misc & MmapDataBit) == 0);
            return true;
        }

        var buildId = (record.Misc & BuildIdBit) != 0 ? body.Slice(36, Math.Min((int)body[32], MaximumBuildIdSize)) : default;
        uint protection = BinaryPrimitives.ReadUInt32LittleEndian(body[56..]);

        // Maps of the kernel are written without protection bits by perf (samply #734).
        bool isExecutable = (protection & ProtectionExecute) != 0 || record.CpuMode is CpuMode.Kernel or CpuMode.GuestKernel;
        mapping = new MappingRecord(body, name, buildId, isExecutable);
        return true;
    }
}
