using System.Buffers.Binary;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>PERF_RECORD_MMAP or PERF_RECORD_MMAP2: a file mapped into an address space; runtime addresses.</summary>
internal readonly ref struct MappingRecord
{
    private const ushort MmapDataBit = 1 << 13;
    private const ushort BuildIdBit = 1 << 14;
    private const uint ProtectionExecute = 4;
    private const int MmapNameOffset = 32;
    private const int Mmap2NameOffset = 64;

    /// <summary>Kernels that had MMAP2 before 3.16, among them that of RHEL 7.0, wrote no protection and flags.</summary>
    private const int EarlyMmap2NameOffset = 56;

    /// <summary>Of the low byte of the protection at most four bits are used (PROT_READ, WRITE, EXEC, SEM of mman.h); a name begins with a character that prints.</summary>
    private const byte LargestProtection = 0x1f;
    private const int MaximumBuildIdSize = 20;

    private MappingRecord(ReadOnlySpan<byte> body, ReadOnlySpan<byte> fileName, ReadOnlySpan<byte> buildId, FileIdentity identity, bool isExecutable)
    {
        Identity = identity;
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

    /// <summary>The file by its inode; none where the record has a build-id in its place, or is of another type.</summary>
    public FileIdentity Identity { get; }

    public bool IsExecutable { get; }

    /// <summary>Reads the record; <paramref name="body"/> is without the sample_id trailer.</summary>
    public static bool TryRead(in PerfRecord record, ReadOnlySpan<byte> body, out MappingRecord mapping)
    {
        mapping = default;
        bool isMmap2 = record.Type == RecordType.Mmap2;
        bool isEarly = isMmap2 && body.Length > EarlyMmap2NameOffset && body[EarlyMmap2NameOffset] > LargestProtection;
        int nameOffset = isEarly ? EarlyMmap2NameOffset : isMmap2 ? Mmap2NameOffset : MmapNameOffset;
        if (body.Length < nameOffset)
        {
            return false;
        }

        var name = body[nameOffset..];
        int nul = name.IndexOf((byte)0);
        name = nul < 0 ? name : name[..nul];
        if (!isMmap2)
        {
            mapping = new MappingRecord(body, name, default, default, (record.Misc & MmapDataBit) == 0);
            return true;
        }

        bool hasBuildId = (record.Misc & BuildIdBit) != 0;
        var buildId = hasBuildId ? body.Slice(36, Math.Min((int)body[32], MaximumBuildIdSize)) : default;
        var identity = hasBuildId ? default : FileIdentity.Read(body[32..]);
        if (isEarly)
        {
            mapping = new MappingRecord(body, name, buildId, identity, (record.Misc & MmapDataBit) == 0);
            return true;
        }

        uint protection = BinaryPrimitives.ReadUInt32LittleEndian(body[56..]);

        // Maps of the kernel are written without protection bits by perf (samply #734).
        bool isExecutable = (protection & ProtectionExecute) != 0 || record.CpuMode is CpuMode.Kernel or CpuMode.GuestKernel;
        mapping = new MappingRecord(body, name, buildId, identity, isExecutable);
        return true;
    }
}
