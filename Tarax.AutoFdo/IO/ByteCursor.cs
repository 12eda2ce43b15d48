using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>Reads values one after another from a span; every failure names the format, the field and the absolute offset.</summary>
internal ref struct ByteCursor
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _format;
    private readonly long _origin;
    private readonly bool _isBigEndian;
    private int _position;

    /// <param name="bytes">The bytes to read.</param>
    /// <param name="format">Format name for messages.</param>
    /// <param name="origin">Absolute offset of the first byte.</param>
    /// <param name="isBigEndian">Byte order of the numbers.</param>
    public ByteCursor(ReadOnlySpan<byte> bytes, string format, long origin, bool isBigEndian)
    {
        _bytes = bytes;
        _format = format;
        _origin = origin;
        _isBigEndian = isBigEndian;
        _position = 0;
    }

    /// <summary>Offset from the cursor's first byte.</summary>
    public int Position
    {
        readonly get => _position;
        set
        {
            if ((uint)value > (uint)_bytes.Length)
            {
                ThrowEnd("position", value - _position);
            }

            _position = value;
        }
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Whether all bytes have been read.</summary>
    public readonly bool AtEnd => _position >= _bytes.Length;

    /// <summary>Absolute offset of the next byte.</summary>
    public readonly long Offset => _origin + _position;

    /// <summary>Byte order of the numbers.</summary>
    public readonly bool IsBigEndian => _isBigEndian;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte U8(string field)
    {
        if (_position >= _bytes.Length)
        {
            ThrowEnd(field, 1);
        }

        return _bytes[_position++];
    }

    public ushort U16(string field)
    {
        var bytes = Bytes(field, 2);
        return _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint U32(string field)
    {
        var bytes = Bytes(field, 4);
        return _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong U64(string field)
    {
        var bytes = Bytes(field, 8);
        return _isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>An unsigned number of 1, 2, 3, 4 or 8 bytes.</summary>
    public ulong Unsigned(string field, int size)
    {
        switch (size)
        {
            case 1: return U8(field);
            case 2: return U16(field);
            case 3:
                var three = Bytes(field, 3);
                return _isBigEndian ? (ulong)(three[0] << 16 | three[1] << 8 | three[2]) : (ulong)(three[2] << 16 | three[1] << 8 | three[0]);
            case 4: return U32(field);
            case 8: return U64(field);
            default: throw Invalid(field, $"has an unsupported size of {size} bytes");
        }
    }

    /// <summary>Unsigned LEB128; bits beyond the 64th are dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Uleb(string field)
    {
        if (_position < _bytes.Length && _bytes[_position] < 0x80)
        {
            return _bytes[_position++];
        }

        return LongUleb(field);
    }

    /// <summary>A number of items that each take at least some bytes; more than the rest could hold is damage.</summary>
    public ulong UlebCount(string field, int minimumSize)
    {
        ulong count = Uleb(field);
        return count <= (ulong)(Remaining / minimumSize) ? count : throw Invalid(field, $"is {count}, where {Remaining} bytes remain");
    }

    /// <summary>Signed LEB128; bits beyond the 64th are dropped.</summary>
    public long Sleb(string field)
    {
        long value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = U8(field);
            if (shift < 64)
            {
                value |= (long)(part & 0x7f) << shift;
            }

            shift += 7;
        }
        while (part >= 0x80);
        return shift < 64 && (part & 0x40) != 0 ? value | (-1L << shift) : value;
    }

    /// <summary>Bytes up to the next NUL, which is consumed and not returned.</summary>
    public ReadOnlySpan<byte> NulTerminated(string field)
    {
        int length = _bytes[_position..].IndexOf((byte)0);
        if (length < 0)
        {
            throw Invalid(field, "has no terminating NUL");
        }

        var text = _bytes.Slice(_position, length);
        _position += length + 1;
        return text;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Bytes(string field, int length)
    {
        if ((uint)length > (uint)(_bytes.Length - _position))
        {
            ThrowEnd(field, length);
        }

        var bytes = _bytes.Slice(_position, length);
        _position += length;
        return bytes;
    }

    /// <summary>The bytes from the position to the end.</summary>
    public readonly ReadOnlySpan<byte> Rest() => _bytes[_position..];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(string field, ulong length)
    {
        if (length > (ulong)Remaining)
        {
            ThrowEnd(field, (long)Math.Min(length, long.MaxValue));
        }

        _position += (int)length;
    }

    /// <summary>A cursor over the next bytes, which this one passes over.</summary>
    public ByteCursor Child(string field, ulong length)
    {
        long origin = Offset;
        if (length > (ulong)Remaining)
        {
            ThrowEnd(field, (long)Math.Min(length, long.MaxValue));
        }

        return new ByteCursor(Bytes(field, (int)length), _format, origin, _isBigEndian);
    }

    public readonly InvalidFormatException Invalid(string field, string problem) => new(_format, field, Offset, problem);

    private ulong LongUleb(string field)
    {
        ulong value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = U8(field);
            if (shift < 64)
            {
                value |= (ulong)(part & 0x7f) << shift;
            }

            shift += 7;
        }
        while (part >= 0x80);
        return value;
    }

    [DoesNotReturn]
    private readonly void ThrowEnd(string field, long wanted) =>
        throw Invalid(field, $"needs {wanted} bytes, {Remaining} remain");
}
