using System.Buffers.Binary;

namespace Tarax.AutoFdo.Inputs.ArmSpe;

/// <summary>Decodes the packets of Arm's Statistical Profiling Extension from a piece of AUX data: a packet is a header of one byte or two, and a payload whose size the header tells.</summary>
/// <param name="data">Packets.</param>
/// <param name="origin">Offset of the first byte in the AUX data, by which padding is aligned.</param>
internal ref struct SpeDecoder(ReadOnlySpan<byte> data, long origin)
{
    /// <summary>Packets of one operation; processors write 128 bytes at most, the architecture allows 2,048 (PMSIDR_EL1.MaxSize).</summary>
    public const int LongestRecord = 2048;

    private const byte Padding = 0;
    private const byte End = 1;
    private const byte TimestampPacket = 0x71;
    private const ulong AddressBits = (1UL << 56) - 1;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly long _origin = origin;

    /// <summary>Offset after the last whole record, or after damage.</summary>
    public int Position { get; private set; }

    /// <summary>Records with bytes that are no packets.</summary>
    public long DamagedRecords { get; private set; }

    /// <summary>Reads the next record.</summary>
    /// <param name="record">What it says.</param>
    /// <returns>False where no whole record follows.</returns>
    public bool TryRead(out SpeRecord record)
    {
        record = default;
        bool isDamaged = false;
        int at = Position;
        int begun = at;
        while (at < _data.Length)
        {
            byte header = _data[at];
            if (header == Padding)
            {
                at++;
                begun += begun == at - 1 ? 1 : 0;
                continue;
            }

            int length = LengthAt(at);
            if (length > _data.Length - at)
            {
                break;
            }

            if (length <= 0 || at - begun > LongestRecord)
            {
                // What is here is no packet; the rest of the record says nothing then.
                at++;
                isDamaged = true;
                Position = begun = at;
                continue;
            }

            int next = at + length;
            if (header is End or TimestampPacket)
            {
                record.Timestamp = header == End ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(_data[(at + 1)..]);
                at = begun = Position = next;
                if (!isDamaged)
                {
                    return true;
                }

                DamagedRecords++;
                (record, isDamaged) = (default, false);
                continue;
            }

            Take(_data[at..next], ref record);
            at = next;
        }

        if (isDamaged)
        {
            DamagedRecords++;
            Position = at;
        }
        else if (IsPaddingFrom(Position))
        {
            Position = _data.Length;
        }

        return false;
    }

    private readonly bool IsPaddingFrom(int start) => start >= _data.Length || _data[start..].IndexOfAnyExcept(Padding) < 0;

    /// <summary>Bytes of the packet with its header; 0 where none begins there.</summary>
    private readonly int LengthAt(int at)
    {
        byte header = _data[at];
        int size = 1 << ((header >> 4) & 3);
        switch (header)
        {
            case End:
                return 1;
            case TimestampPacket:
                return 1 + sizeof(ulong);
        }

        if ((header & 0xcf) is 0x42 or 0x43 || (header & 0xfc) is 0x48 or 0x64 || (header & 0xf8) is 0xb0 or 0x98)
        {
            // Events, data source, operation type, context, address, counter.
            return 1 + size;
        }

        if ((header & 0xfc) != 0x20)
        {
            return 0;
        }

        // An extended header, or padding to a multiple of a power of two.
        if (at + 1 >= _data.Length)
        {
            return int.MaxValue;
        }

        byte second = _data[at + 1];
        if (second == 0)
        {
            long boundary = 1L << ((header & 0xf) + 1);
            return Math.Max(2, (int)(boundary - ((_origin + at) & (boundary - 1))));
        }

        return (second & 0xf8) is 0xb0 or 0x98 ? 2 + (1 << ((second >> 4) & 3)) : 0;
    }

    private static void Take(ReadOnlySpan<byte> packet, ref SpeRecord record)
    {
        byte header = packet[0];
        var payload = packet[1..];
        if ((header & 0xfc) == 0x20)
        {
            // Two more bits of the index stand in the first byte.
            if ((packet[1] & 0xf8) == 0xb0)
            {
                TakeAddress(((header & 3) << 3) | (packet[1] & 7), packet[2..], ref record);
            }
        }
        else if ((header & 0xf8) == 0xb0)
        {
            TakeAddress(header & 7, payload, ref record);
        }
        else if ((header & 0xcf) == 0x42)
        {
            record.Events = Number(payload);
        }
        else if ((header & 0xfc) == 0x48)
        {
            record.IsBranch = (header & 3) == 2;
            record.Operation = payload[0];
        }
        else if ((header & 0xfc) == 0x64)
        {
            record.Context = (uint)Number(payload);
            record.HasContext = true;
        }
    }

    /// <summary>Bits 55 to 0 of an address, with its exception level in bits 62 and 61 and whether it is not secure in bit 63: what runs at EL1, or as a host at EL2, is the kernel's.</summary>
    private static void TakeAddress(int index, ReadOnlySpan<byte> payload, ref SpeRecord record)
    {
        if (index > 1 || payload.Length < sizeof(ulong))
        {
            return;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(payload);
        bool isKernel = (value >> 63) != 0 && ((value >> 61) & 3) is 1 or 2;
        ulong address = isKernel ? value | ~AddressBits : value & AddressBits;
        if (index == 0)
        {
            (record.Address, record.HasAddress) = (address, true);
        }
        else
        {
            (record.Target, record.HasTarget) = (address, true);
        }
    }

    private static ulong Number(ReadOnlySpan<byte> payload) => payload.Length switch
    {
        1 => payload[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(payload),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(payload),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(payload),
    };
}
