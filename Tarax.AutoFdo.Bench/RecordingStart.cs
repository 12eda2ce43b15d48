using System.Buffers.Binary;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Bench;

/// <summary>What stands before the records of a recording with the event of another one.</summary>
internal sealed class RecordingStart
{
    private const uint HeaderAttr = 64;
    private const int HeaderSize = 104;
    private const int IdsSize = 16;

    private readonly byte[] _attribute;
    private readonly ulong[] _ids;

    public RecordingStart(string path, PerfDataFile template)
    {
        byte[] start = File.ReadAllBytes(path);
        int attributeSize = (int)BinaryPrimitives.ReadUInt64LittleEndian(start.AsSpan(16)) - IdsSize;
        _attribute = start.AsSpan((int)BinaryPrimitives.ReadUInt64LittleEndian(start.AsSpan(24)), attributeSize).ToArray();
        _ids = template.Events[0].Ids;
    }

    /// <summary>As perf writes it into a pipe.</summary>
    public ReadOnlySpan<byte> OfPipe()
    {
        var start = new ByteWriter();
        start.Bytes("PERFILE2"u8);
        start.U64(16);
        start.U32(HeaderAttr);
        start.U16(0);
        start.U16((ushort)(RecordReader.HeaderSize + _attribute.Length + (_ids.Length * sizeof(ulong))));
        start.Bytes(_attribute);
        WriteIds(start);
        return start.Written;
    }

    /// <summary>Of a file; the length of the records is to be filled in at offset 48.</summary>
    public ReadOnlySpan<byte> OfFile()
    {
        long ids = HeaderSize + _attribute.Length + IdsSize;
        long data = ids + (_ids.Length * sizeof(ulong));
        var start = new ByteWriter();
        start.Bytes("PERFILE2"u8);
        start.U64(HeaderSize);
        start.U64((ulong)(_attribute.Length + IdsSize));
        start.U64(HeaderSize);
        start.U64((ulong)(_attribute.Length + IdsSize));
        start.U64((ulong)data);
        start.U64(0);
        start.Zeros(HeaderSize - 56);
        start.Bytes(_attribute);
        start.U64((ulong)ids);
        start.U64((ulong)(_ids.Length * sizeof(ulong)));
        WriteIds(start);
        return start.Written;
    }

    private void WriteIds(ByteWriter writer)
    {
        foreach (ulong id in _ids)
        {
            writer.U64(id);
        }
    }
}
