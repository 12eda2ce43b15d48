using System.Numerics;
using System.Text;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Assembles perf.data files: events, then records, then features.</summary>
internal sealed class PerfDataBuilder
{
    private const int HeaderSize = 104;
    private const int BuildIdFeature = 2;

    private readonly List<EventToWrite> _events = [];
    private readonly List<(int Feature, byte[] Content)> _features = [];
    private readonly ByteWriter _data = new();

    /// <summary>Bytes of an attribute; later kernels have more of them.</summary>
    public int AttributeSize { get; init; } = 136;

    /// <summary>Size field of the header: 104, or 72 for files without features.</summary>
    public int HeaderSizeField { get; init; } = HeaderSize;

    /// <summary>Flags of the attributes besides sample_id_all.</summary>
    public ulong AttributeFlags { get; init; }

    /// <summary>What a data size field should claim; null for the truth.</summary>
    public ulong? DataSizeField { get; init; }

    public const SampleType UsualSampleType = SampleType.Ip | SampleType.Tid | SampleType.Time | SampleType.BranchStack;

    public PerfDataBuilder Event(
        SampleType sampleType = UsualSampleType,
        BranchSampleType branches = BranchSampleType.Any | BranchSampleType.User,
        ReadFormat readFormat = 0,
        ulong[]? ids = null,
        ulong registers = 0,
        bool sampleIdAll = true)
    {
        _events.Add(new EventToWrite(sampleType, branches, readFormat, ids ?? [], registers, sampleIdAll));
        return this;
    }

    /// <summary>Any record.</summary>
    public PerfDataBuilder Record(RecordType type, ushort misc, Action<ByteWriter> body)
    {
        var content = new ByteWriter();
        body(content);
        _data.U32((uint)type);
        _data.U16(misc);
        _data.U16((ushort)(content.Written.Length + 8));
        _data.Bytes(content.Written);
        return this;
    }

    /// <summary>Bytes that belong to no record.</summary>
    public PerfDataBuilder Raw(params byte[] bytes)
    {
        _data.Bytes(bytes);
        return this;
    }

    public PerfDataBuilder Mmap(uint pid, ulong start, ulong length, ulong pageOffset, string name, ulong time = 0, ushort misc = (ushort)CpuMode.User) =>
        Record(RecordType.Mmap, misc, body =>
        {
            WriteMapping(body, pid, start, length, pageOffset);
            Padded(body, name);
            Trailer(body, pid, time);
        });

    public PerfDataBuilder Mmap2(uint pid, ulong start, ulong length, ulong pageOffset, string name, byte[]? buildId = null, ulong time = 0, uint protection = 5) =>
        Record(RecordType.Mmap2, (ushort)((ushort)CpuMode.User | (buildId is null ? 0 : 1 << 14)), body =>
        {
            WriteMapping(body, pid, start, length, pageOffset);
            if (buildId is null)
            {
                body.Zeros(24);
            }
            else
            {
                body.U8((byte)buildId.Length);
                body.Zeros(3);
                body.Bytes(buildId);
                body.Zeros(20 - buildId.Length);
            }

            body.U32(protection);
            body.U32(2);
            Padded(body, name);
            Trailer(body, pid, time);
        });

    public PerfDataBuilder Exec(uint pid, ulong time) => Record(RecordType.Comm, 1 << 13, body =>
    {
        body.U32(pid);
        body.U32(pid);
        Padded(body, "program");
        Trailer(body, pid, time);
    });

    public PerfDataBuilder Fork(uint pid, uint parent, ulong time, ushort misc = 0) => Record(RecordType.Fork, misc, body =>
    {
        body.U32(pid);
        body.U32(parent);
        body.U32(pid);
        body.U32(parent);
        body.U64(time);
        Trailer(body, pid, time);
    });

    /// <summary>A sample of the usual sample type.</summary>
    public PerfDataBuilder Sample(uint pid, ulong ip, ulong time, params BranchEntry[] branches) =>
        Record(RecordType.Sample, (ushort)CpuMode.User, body =>
        {
            body.U64(ip);
            body.U32(pid);
            body.U32(pid);
            body.U64(time);
            WriteBranches(body, branches);
        });

    public static void WriteBranches(ByteWriter body, params BranchEntry[] branches)
    {
        body.U64((ulong)branches.Length);
        foreach (var branch in branches)
        {
            body.U64(branch.From);
            body.U64(branch.To);
            body.U64(branch.Flags);
        }
    }

    public PerfDataBuilder Feature(int feature, Action<ByteWriter> content)
    {
        var writer = new ByteWriter();
        content(writer);
        _features.Add((feature, writer.Written.ToArray()));
        return this;
    }

    /// <summary>The build-id table with one entry.</summary>
    public PerfDataBuilder BuildIdTable(string name, byte[] buildId) => Feature(BuildIdFeature, content =>
    {
        int nameLength = (name.Length + 8) / 8 * 8;
        content.U32(0);
        content.U16((1 << 15) | (ushort)CpuMode.User);
        content.U16((ushort)(36 + nameLength));
        content.U32(uint.MaxValue);
        content.Bytes(buildId);
        content.Zeros(20 - buildId.Length);
        content.U8((byte)buildId.Length);
        content.Zeros(3);
        Padded(content, name);
    });

    public static void HeaderString(ByteWriter content, string text)
    {
        content.U32(64);
        content.Text(text);
        content.Zeros(64 - text.Length);
    }

    public byte[] Build()
    {
        int idsStart = HeaderSize;
        int attrsStart = idsStart + (8 * _events.Sum(e => e.Ids.Length));
        int attrsSize = _events.Count * (AttributeSize + 16);
        int dataStart = attrsStart + attrsSize;
        var file = new ByteWriter();
        file.Bytes("PERFILE2"u8);
        file.U64((ulong)HeaderSizeField);
        file.U64((ulong)AttributeSize + 16);
        file.U64((ulong)attrsStart);
        file.U64((ulong)attrsSize);
        file.U64((ulong)dataStart);
        file.U64(DataSizeField ?? (ulong)_data.Written.Length);
        file.Zeros(16);
        ulong bitmap = 0;
        foreach (var (feature, _) in _features)
        {
            bitmap |= 1UL << feature;
        }

        file.U64(bitmap);
        file.Zeros(24);
        foreach (var e in _events)
        {
            foreach (ulong id in e.Ids)
            {
                file.U64(id);
            }
        }

        int nextIds = idsStart;
        foreach (var e in _events)
        {
            var attribute = new ByteWriter();
            e.Write(attribute, AttributeSize, AttributeFlags);
            file.Bytes(attribute.Written);
            file.U64((ulong)nextIds);
            file.U64(8 * (ulong)e.Ids.Length);
            nextIds += 8 * e.Ids.Length;
        }

        file.Bytes(_data.Written);
        ulong next = (ulong)(file.Written.Length + (16 * _features.Count));
        foreach (var (_, content) in _features.OrderBy(f => f.Feature))
        {
            file.U64(next);
            file.U64((ulong)content.Length);
            next += (ulong)content.Length;
        }

        foreach (var (_, content) in _features.OrderBy(f => f.Feature))
        {
            file.Bytes(content);
        }

        return file.Written.ToArray();
    }

    /// <summary>The same recording as <c>perf record -o -</c> writes it: attributes and features are records.</summary>
    public byte[] BuildPipe()
    {
        var file = new ByteWriter();
        file.Bytes("PERFILE2"u8);
        file.U64(16);
        foreach (var (feature, content) in _features)
        {
            if (feature == BuildIdFeature)
            {
                // The table's entries have headers of their own, which then are those of records.
                file.U32((uint)RecordType.HeaderBuildId);
                file.Bytes(content.AsSpan(4));
            }
            else
            {
                file.U32((uint)RecordType.HeaderFeature);
                file.U16(0);
                file.U16((ushort)(16 + content.Length));
                file.U64((ulong)feature);
                file.Bytes(content);
            }
        }

        foreach (var e in _events)
        {
            file.U32((uint)RecordType.HeaderAttr);
            file.U16(0);
            file.U16((ushort)(8 + AttributeSize + (8 * e.Ids.Length)));
            var attribute = new ByteWriter();
            e.Write(attribute, AttributeSize, AttributeFlags);
            file.Bytes(attribute.Written);
            foreach (ulong id in e.Ids)
            {
                file.U64(id);
            }
        }

        // "No more features": under the first number that the writer did not know.
        file.U32((uint)RecordType.HeaderFeature);
        file.U16(0);
        file.U16(16);
        file.U64(9);
        file.Bytes(_data.Written);
        return file.Written.ToArray();
    }

    /// <summary>The records alone.</summary>
    public byte[] BuildRecords() => _data.Written.ToArray();

    public PerfDataFile Open() => PerfDataFile.Read(ByteSource.FromArray(Build(), "perf.data"));

    public string Save(string path)
    {
        File.WriteAllBytes(path, Build());
        return path;
    }

    private static void WriteMapping(ByteWriter body, uint pid, ulong start, ulong length, ulong pageOffset)
    {
        body.U32(pid);
        body.U32(pid);
        body.U64(start);
        body.U64(length);
        body.U64(pageOffset);
    }

    private static void Padded(ByteWriter body, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        body.Text(text);
        body.Zeros(((length + 8) / 8 * 8) - length);
    }

    /// <summary>The sample_id trailer of the first event: of its bits only TID and TIME are filled.</summary>
    private void Trailer(ByteWriter body, uint pid, ulong time)
    {
        var e = _events[0];
        if (!e.SampleIdAll)
        {
            return;
        }

        if (e.SampleType.HasFlag(SampleType.Tid))
        {
            body.U32(pid);
            body.U32(pid);
        }

        if (e.SampleType.HasFlag(SampleType.Time))
        {
            body.U64(time);
        }

        const SampleType Rest = SampleType.Id | SampleType.StreamId | SampleType.Cpu | SampleType.Identifier;
        body.Zeros(8 * BitOperations.PopCount((ulong)(e.SampleType & Rest)));
    }

    private sealed record EventToWrite(SampleType SampleType, BranchSampleType Branches, ReadFormat ReadFormat, ulong[] Ids, ulong Registers, bool SampleIdAll)
    {
        public void Write(ByteWriter to, int size, ulong flags)
        {
            var writer = new ByteWriter();
            writer.U32(4);
            writer.U32((uint)size);
            writer.U64(0x20c4);
            writer.U64(1009);
            writer.U64((ulong)SampleType);
            writer.U64((ulong)ReadFormat);
            writer.U64(flags | (SampleIdAll ? 1UL << 18 : 0));
            writer.Zeros(24);
            writer.U64((ulong)Branches);
            writer.U64(Registers);
            writer.Zeros(8);
            writer.U64(Registers);
            writer.Zeros(Math.Max(0, size - writer.Written.Length));
            to.Bytes(writer.Written[..size]);
        }
    }
}
