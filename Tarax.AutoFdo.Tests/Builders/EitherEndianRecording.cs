using System.Buffers.Binary;
using System.Text;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>One recording as a machine of either byte order writes it: numbers and C bitfields each in its own way.</summary>
internal sealed class EitherEndianRecording(bool isBigEndian)
{
    private const SampleType Fields = SampleType.Ip | SampleType.Tid | SampleType.Time | SampleType.Id | SampleType.Cpu | SampleType.CallChain | SampleType.Raw
        | SampleType.BranchStack | SampleType.RegsUser | SampleType.StackUser | SampleType.Weight;

    private const int AttributeSize = 112;
    private readonly List<byte> _bytes = [];

    public byte[] Build(bool isPipe)
    {
        _bytes.AddRange(Encoding.ASCII.GetBytes(isBigEndian ? "2ELIFREP" : "PERFILE2"));
        if (isPipe)
        {
            Numbers64(16);
            Attribute(64, id: 21);
            Attribute(64, id: 22);
            Record(80, 0, () => { Numbers64(4); HeaderString("6.1.0"); });
            Records();
            return [.. _bytes];
        }

        byte[] records = new EitherEndianRecording(isBigEndian).OnlyRecords();
        const int IdsStart = 104;
        const int AttrsStart = IdsStart + 16;
        const int DataStart = AttrsStart + (2 * (AttributeSize + 16));
        Numbers64(104, AttributeSize + 16, AttrsStart, 2 * (AttributeSize + 16), DataStart, (ulong)records.Length, 0, 0);
        Numbers64((1 << 3) | (1 << 4), 0, 0, 0);
        Numbers64(21, 22);
        AttributeBody();
        Numbers64(IdsStart, 8);
        AttributeBody();
        Numbers64(IdsStart + 8, 8);
        _bytes.AddRange(records);
        ulong features = (ulong)_bytes.Count + 32;
        Numbers64(features, 68, features + 68, 68);
        HeaderString("host");
        HeaderString("6.1.0");
        return [.. _bytes];
    }

    private byte[] OnlyRecords()
    {
        Records();
        return [.. _bytes];
    }

    private void Records()
    {
        Record(10, (1 << 14) | 2, () =>
        {
            Numbers32(7, 7);
            Numbers64(0x400000, 0x1000, 0x2000);
            _bytes.AddRange([8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            Numbers32(5, 2);
            _bytes.AddRange("/bin/program\0\0\0\0"u8.ToArray());
            Trailer(7, 100);
        });
        Record(1, 2, () =>
        {
            Numbers32(7, 7);
            Numbers64(0x500000, 0x1000, 0);
            _bytes.AddRange("/lib/a\0\0"u8.ToArray());
            Trailer(7, 101);
        });
        Record(3, (1 << 13) | 2, () =>
        {
            Numbers32(7, 7);
            _bytes.AddRange("program\0"u8.ToArray());
            Trailer(7, 102);
        });
        Record(7, 0, () =>
        {
            Numbers32(8, 7, 8, 7);
            Numbers64(103);
            Trailer(8, 103);
        });
        Record(9, 2, () =>
        {
            Numbers64(0x400010);
            Numbers32(7, 9);
            Numbers64(104, 22);
            Numbers32(3, 0);
            Numbers64(2, 0x400010, 0x400020);
            Numbers32(12);
            _bytes.AddRange([9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]);
            Numbers64(2);
            Numbers64(0x400010, 0x400000, BranchFlags(mispredicted: 1, cycles: 77, type: 3, speculation: 1));
            Numbers64(0x400020, 0x400008, BranchFlags(mispredicted: 0, cycles: 5, type: 1, speculation: 2));
            Numbers64(2, 0x11, 0x22);
            Numbers64(8);
            _bytes.AddRange([1, 2, 3, 4, 5, 6, 7, 8]);
            Numbers64(8);
            Numbers64(99);
        });
    }

    /// <summary>perf_branch_entry's bitfield: a compiler fills it from the lowest bit, or on a big-endian machine from the highest.</summary>
    private ulong BranchFlags(ulong mispredicted, ulong cycles, ulong type, ulong speculation)
    {
        ulong word = 0;
        int at = 0;
        foreach (var (width, value) in new[] { (1, mispredicted), (1, 1 - mispredicted), (1, 0UL), (1, 0UL), (16, cycles), (4, type), (2, speculation) })
        {
            word |= value << (isBigEndian ? 64 - at - width : at);
            at += width;
        }

        return word;
    }

    private void Attribute(ushort recordType, ulong id) => Record(recordType, 0, () =>
    {
        AttributeBody();
        Numbers64(id);
    });

    private void AttributeBody()
    {
        int start = _bytes.Count;
        Numbers32(0, AttributeSize);
        const int SampleIdAllBit = 18;
        Numbers64(1, 1000, (ulong)Fields, 0, 1UL << (isBigEndian ? 63 - SampleIdAllBit : SampleIdAllBit));
        Numbers64(0, 0, 0, (ulong)(BranchSampleType.Any | BranchSampleType.User), 0b11);
        _bytes.AddRange(new byte[AttributeSize - (_bytes.Count - start)]);
    }

    private void Trailer(uint pid, ulong time)
    {
        Numbers32(pid, pid);
        Numbers64(time, 21);
        Numbers32(1, 0);
    }

    private void HeaderString(string text)
    {
        Numbers32(64);
        _bytes.AddRange(Encoding.ASCII.GetBytes(text.PadRight(64, '\0')));
    }

    private void Record(uint type, ushort misc, Action body)
    {
        int start = _bytes.Count;
        Numbers32(type, 0);
        body();
        Span<byte> half = stackalloc byte[4];
        ushort size = (ushort)(_bytes.Count - start);
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(half, misc);
            BinaryPrimitives.WriteUInt16BigEndian(half[2..], size);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(half, misc);
            BinaryPrimitives.WriteUInt16LittleEndian(half[2..], size);
        }

        for (int i = 0; i < 4; i++)
        {
            _bytes[start + 4 + i] = half[i];
        }
    }

    private void Numbers32(params uint[] numbers)
    {
        foreach (uint number in numbers)
        {
            _bytes.AddRange(BitConverter.GetBytes(isBigEndian ? BinaryPrimitives.ReverseEndianness(number) : number));
        }
    }

    private void Numbers64(params ulong[] numbers)
    {
        foreach (ulong number in numbers)
        {
            _bytes.AddRange(BitConverter.GetBytes(isBigEndian ? BinaryPrimitives.ReverseEndianness(number) : number));
        }
    }
}
