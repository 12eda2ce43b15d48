using System.Numerics;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>The header, attributes and features of a seekable perf.data file.</summary>
internal static class RegularHeader
{
    public const int Size = 104;
    public const int SizeWithoutFeatures = 72;
    private const int MaximumEvents = 65_536;
    private const int HostNameFeature = 3;
    private const int BuildIdFeature = 2;
    private const int CompressedFeature = 27;

    public static RecordingHead Read(ByteSource source, bool isForeign)
    {
        var header = source.Cursor("header", 8, Math.Min(source.Length, Size) - 8, isForeign);
        ulong size = header.U64("header size");
        ulong attrSize = header.U64("attr_size");
        var (attrsOffset, attrsSize) = (header.U64("attrs offset"), header.U64("attrs size"));
        var (dataOffset, dataSize) = (header.U64("data offset"), header.U64("data size"));
        header.Skip("event_types", 16);
        Span<ulong> bitmap = stackalloc ulong[4];
        if (size == Size)
        {
            ReadBitmap(header, bitmap, isForeign);
        }

        var events = ReadEvents(source, attrSize, attrsOffset, attrsSize, isForeign);
        long start = Checked(dataOffset, "data offset", 40);
        long length = Checked(dataSize, "data size", 48);
        if (start > source.Length)
        {
            throw new InvalidFormatException(PerfDataFile.Format, "data offset", 40, $"is {start}, where the file has {source.Length} bytes");
        }

        bool isUnfinished = length == 0 && source.Length > start && !HasFeatureTable(source, bitmap, start, isForeign);
        long available = source.Length - start;
        if (!isUnfinished && length <= available)
        {
            return new RecordingHead(events, PerfFeatures.Read(source, bitmap, start + length, events, isForeign), start, start + length)
            {
                IsCompressed = IsSet(bitmap, CompressedFeature),
            };
        }

        // Of a file that ends early the last record may be cut, and its features are not there or not to be trusted.
        var survey = RecordSurvey.Of(source, start, source.Length, isForeign);
        return new RecordingHead(events, new PerfFeatures(), start, survey.End)
        {
            IsCompressed = survey.HasCompressed,
            IsUnfinished = isUnfinished,
            LostBytes = (isUnfinished ? source.Length : start + length) - survey.End,
        };
    }

    private static bool IsSet(ReadOnlySpan<ulong> bitmap, int feature) => ((bitmap[feature / 64] >> (feature % 64)) & 1) != 0;

    /// <summary>
    /// Four words of 64 bits, or, from a 32-bit machine of the other byte order, eight of 32; perf distinguishes them by the bit of
    /// HOSTNAME, which it always sets (perf_file_header__read).
    /// </summary>
    private static void ReadBitmap(ByteCursor header, Span<ulong> bitmap, bool isForeign)
    {
        var narrow = header;
        for (int i = 0; i < bitmap.Length; i++)
        {
            bitmap[i] = header.U64("features");
        }

        if (!isForeign || IsSet(bitmap, HostNameFeature))
        {
            return;
        }

        for (int i = 0; i < bitmap.Length; i++)
        {
            bitmap[i] = narrow.U32("features") | ((ulong)narrow.U32("features") << 32);
        }

        if (!IsSet(bitmap, HostNameFeature))
        {
            bitmap.Clear();
            bitmap[0] = 1UL << BuildIdFeature;
        }
    }

    /// <summary>
    /// Whether the table of feature sections begins where the data section would: a recording without records has it there,
    /// one that perf did not finish has its first record there.
    /// </summary>
    private static bool HasFeatureTable(ByteSource source, ReadOnlySpan<ulong> bitmap, long position, bool isForeign)
    {
        long entries = 0;
        foreach (ulong word in bitmap)
        {
            entries += BitOperations.PopCount(word);
        }

        if (entries == 0 || entries * 16 > source.Length - position)
        {
            return false;
        }

        var table = source.Cursor("feature section table", position, entries * 16, isForeign);
        ulong first = table.U64("feature section offset");
        return first == (ulong)(position + (entries * 16)) && table.U64("feature section size") <= (ulong)source.Length - first;
    }

    private static long Checked(ulong value, string field, long offset) =>
        value <= long.MaxValue ? (long)value : throw new InvalidFormatException(PerfDataFile.Format, field, offset, $"is {value}");

    private static List<PerfEvent> ReadEvents(ByteSource source, ulong attrSize, ulong attrsOffset, ulong attrsSize, bool isForeign)
    {
        const int IdsSize = 16;
        if (attrSize is < 64 + IdsSize or > ushort.MaxValue)
        {
            throw new InvalidFormatException(PerfDataFile.Format, "attr_size", 16, $"is {attrSize}");
        }

        var attrs = source.Part("attrs section", Checked(attrsOffset, "attrs offset", 24), Checked(attrsSize, "attrs size", 32));
        long count = attrs.Length / (long)attrSize;
        if (count is 0 or > MaximumEvents)
        {
            throw new InvalidFormatException(PerfDataFile.Format, "attrs size", 32, $"gives {count} events");
        }

        var events = new List<PerfEvent>((int)count);
        ulong idBytes = 0;
        for (int i = 0; i < count; i++)
        {
            long start = i * (long)attrSize;
            var attribute = EventAttribute.Read(attrs.Cursor("attrs section", start, (long)attrSize - IdsSize, isForeign));
            var ids = attrs.Cursor("ids", start + (long)attrSize - IdsSize, IdsSize, isForeign);
            ulong idsOffset = ids.U64("ids offset");
            ulong idsSize = ids.U64("ids size");
            idBytes += Math.Min(idsSize, (ulong)source.Length);
            if (idBytes > (ulong)source.Length)
            {
                throw ids.Invalid("ids size", $"is {idsSize}: all events together have more ids than the file has bytes");
            }

            events.Add(new PerfEvent(i, attribute, ReadIds(source, idsOffset, idsSize, isForeign)));
        }

        return events;
    }

    private static ulong[] ReadIds(ByteSource source, ulong offset, ulong size, bool isForeign)
    {
        if (size == 0)
        {
            return [];
        }

        var cursor = source.Cursor("event ids", Checked(offset, "ids offset", -1), Checked(size, "ids size", -1), isForeign);
        return PerfEvent.ReadIds(ref cursor);
    }
}
