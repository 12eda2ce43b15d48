using System.Buffers;
using System.Text;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>Writes messages of Protocol Buffers (protobuf.dev/programming-guides/encoding): numbers, strings, messages and packed lists.</summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Delimited = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The message as bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>A number; 0 is what a field that is left out means.</summary>
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            WriteVarint((ulong)((field << 3) | Varint));
            WriteVarint(value);
        }
    }

    public void Text(int field, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        WriteVarint((ulong)((field << 3) | Delimited));
        WriteVarint((ulong)bytes.Length);
        _bytes.Write(bytes);
    }

    public void Message(int field, ProtobufWriter message)
    {
        WriteVarint((ulong)((field << 3) | Delimited));
        WriteVarint((ulong)message.Bytes.Length);
        _bytes.Write(message.Bytes);
    }

    /// <summary>Begins anew.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    private void WriteVarint(ulong value)
    {
        const int Bits = 7;
        const int Longest = 10;
        const byte More = 0x80;
        var bytes = _bytes.GetSpan(Longest);
        int length = 0;
        for (; value >= More; value >>= Bits)
        {
            bytes[length++] = (byte)(value | More);
        }

        bytes[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
