using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// Turns records of the other byte order into this machine's, in place. Records whose content nothing here looks into keep it as it is.
/// What does not hold together is left for the reader of the record to find.
/// </summary>
internal static class RecordSwapper
{
    private const int HeaderSize = RecordReader.HeaderSize;
    private const ushort BuildIdBit = 1 << 14;

    /// <summary>Swaps a whole record, header included.</summary>
    /// <param name="record">The record's bytes.</param>
    /// <param name="eventOf">The event of a sample or of another record with a trailer, by its swapped body and whether it is a sample.</param>
    public static void Swap(Span<byte> record, Func<RecordType, ReadOnlySpan<byte>, PerfEvent> eventOf)
    {
        record[..4].Reverse();
        record[4..6].Reverse();
        record[6..8].Reverse();
        var type = (RecordType)BinaryPrimitives.ReadUInt32LittleEndian(record);
        ushort misc = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        var body = record[HeaderSize..];
        if (type == RecordType.Sample)
        {
            // All words of 64 bits, so that the event's id can be found; the fields that are something else are put right after that.
            SwapWords(body);
            SwapSample(body, eventOf(type, body));
        }
        else if (type >= RecordType.HeaderAttr)
        {
            SwapToolRecord(type, body);
        }
        else if (type != 0)
        {
            Span<byte> swapped = stackalloc byte[sizeof(ulong)];
            if (body.Length >= sizeof(ulong))
            {
                // The identifier is a trailer's last word.
                body[^sizeof(ulong)..].CopyTo(swapped);
                swapped.Reverse();
            }

            var layout = eventOf(type, swapped).SampleId;
            int length = Math.Min(layout.Length, body.Length);
            var trailer = body[^length..];
            SwapWords(trailer);
            layout.SwapPairs(trailer);
            SwapKernelRecord(type, misc, body[..^length]);
        }
    }

    /// <summary>Swaps all words of 64 bits.</summary>
    public static void SwapWords(Span<byte> bytes)
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            word = BinaryPrimitives.ReverseEndianness(word);
        }
    }

    /// <summary>Two numbers of 32 bits that were swapped as one of 64 have changed places.</summary>
    public static void ExchangeHalves(Span<byte> word)
    {
        if (word.Length >= sizeof(ulong))
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(word);
            BinaryPrimitives.WriteUInt64LittleEndian(word, BitOperations.RotateLeft(value, 32));
        }
    }

    /// <summary>The fields of a sample that are no words of 64 bits, after all of it was swapped as such.</summary>
    private static void SwapSample(Span<byte> body, PerfEvent sampled)
    {
        var layout = sampled.Layout;
        foreach (int offset in (ReadOnlySpan<int>)[layout.TidOffset, layout.CpuOffset])
        {
            if (offset >= 0 && offset < body.Length)
            {
                ExchangeHalves(body[offset..]);
            }
        }

        layout.SwapBack(body);
    }

    private static void SwapToolRecord(RecordType type, Span<byte> body)
    {
        switch (type)
        {
            // The size of the payload that follows.
            case RecordType.TracingData when body.Length >= sizeof(uint):
                body[..sizeof(uint)].Reverse();
                break;
            case RecordType.AuxTrace when body.Length >= sizeof(ulong):
                SwapWords(body[..sizeof(ulong)]);
                break;
        }
    }

    private static void SwapKernelRecord(RecordType type, ushort misc, Span<byte> body)
    {
        const int PairAndThreeWords = 32;
        switch (type)
        {
            case RecordType.Mmap or RecordType.Mmap2 when body.Length >= PairAndThreeWords:
                SwapWords(body[..PairAndThreeWords]);
                ExchangeHalves(body);
                const int AfterFile = PairAndThreeWords + 24;
                if (type == RecordType.Mmap2 && body.Length >= AfterFile + 8)
                {
                    if ((misc & BuildIdBit) == 0)
                    {
                        SwapWords(body[PairAndThreeWords..AfterFile]);
                        ExchangeHalves(body[PairAndThreeWords..]);
                    }

                    SwapWords(body.Slice(AfterFile, 8));
                    ExchangeHalves(body[AfterFile..]);
                }

                break;
            case RecordType.Comm when body.Length >= sizeof(ulong):
                SwapWords(body[..sizeof(ulong)]);
                ExchangeHalves(body);
                break;
            case RecordType.Fork or RecordType.Exit when body.Length >= 24:
                SwapWords(body[..24]);
                ExchangeHalves(body);
                ExchangeHalves(body[8..]);
                break;
            case RecordType.Lost or RecordType.LostSamples:
                SwapWords(body);
                break;
        }
    }
}
