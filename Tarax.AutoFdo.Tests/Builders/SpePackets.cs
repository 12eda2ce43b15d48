using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Assembles AUX data of Arm's Statistical Profiling Extension, packet by packet.</summary>
internal sealed class SpePackets
{
    /// <summary>Events: retired.</summary>
    public const ushort Retired = 1 << 1;

    /// <summary>Events: the condition was false.</summary>
    public const ushort NotTaken = 1 << 6;

    /// <summary>Operation type of a branch: conditional.</summary>
    public const byte Conditional = 1;

    private const ulong UserAddress = 1UL << 63;
    private const ulong KernelAddress = UserAddress | (1UL << 61);
    private readonly ByteWriter _data = new();

    public byte[] Bytes => _data.Written.ToArray();

    /// <summary>A branch as processors write it.</summary>
    public SpePackets Branch(ulong from, ulong to, ushort events = Retired, byte operation = 0, uint? thread = null, ulong time = 0)
    {
        Address(0, from);
        if (thread is { } id)
        {
            _data.U8(0x65);
            _data.U32(id);
        }

        _data.U8(0x4a);
        _data.U8(operation);
        _data.U8(0x52);
        _data.U16(events);
        Address(1, to);
        _data.U8(0x99);
        _data.U16(7);
        return Ended(time);
    }

    /// <summary>A load.</summary>
    public SpePackets Load(ulong at)
    {
        Address(0, at);
        Raw(0x49, 0);
        Raw(0x52, 2, 0);
        return Ended(0);
    }

    public SpePackets Address(int index, ulong address, bool isExtended = false)
    {
        if (isExtended)
        {
            _data.U8((byte)(0x20 | (index >> 3)));
        }

        _data.U8((byte)(0xb0 | (index & 7)));
        _data.U64((long)address < 0 ? (address & (ulong.MaxValue >> 8)) | KernelAddress : address | UserAddress);
        return this;
    }

    public SpePackets Raw(params byte[] bytes)
    {
        _data.Bytes(bytes);
        return this;
    }

    /// <summary>The end of a record: a timestamp, or that there is none.</summary>
    public SpePackets Ended(ulong time)
    {
        if (time == 0)
        {
            _data.U8(1);
        }
        else
        {
            _data.U8(0x71);
            _data.U64(time);
        }

        return this;
    }
}
