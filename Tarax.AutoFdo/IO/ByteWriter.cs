using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>Appends little-endian numbers and strings to a growing buffer.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Forgets what has been written; the buffer is used again.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    public void U8(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>Unsigned LEB128.</summary>
    public void Uleb(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            U8((byte)(value | 0x80));
        }

        U8((byte)value);
    }

    /// <summary>Signed LEB128.</summary>
    public void Sleb(long value)
    {
        for (; value is < -0x40 or >= 0x40; value >>= 7)
        {
            U8((byte)(value | 0x80));
        }

        U8((byte)(value & 0x7f));
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    public void Zeros(int count)
    {
        _buffer.GetSpan(count)[..count].Clear();
        _buffer.Advance(count);
    }

    /// <summary>UTF-8 without terminator; what was no UTF-8 when it was read is written as it was.</summary>
    public void Text(string text)
    {
        if (FileName.HasEscapes(text))
        {
            Bytes(FileName.Encode(text));
        }
        else
        {
            Encoding.UTF8.GetBytes(text, _buffer);
        }
    }
}
