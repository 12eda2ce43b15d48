using System.Numerics;
using System.Text;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.PerfData;

/// <summary>
/// A perf.data file (tools/perf/Documentation/perf.data-file-format.txt): what its header, attributes and features say,
/// and where its records lie.
/// </summary>
internal sealed class PerfDataFile : IDisposable
{
    private const string Format = "perf.data";
    private const int HeaderSize = 104;
    private const int HeaderSizeWithoutFeatures = 72;
    private const int PipeHeaderSize = 16;
    private const int MaximumEvents = 65_536;

    private readonly Dictionary<ulong, PerfEvent> _eventById = [];

    private PerfDataFile(ByteSource source, long dataStart, long dataEnd, IReadOnlyList<PerfEvent> events, PerfFeatures features)
    {
        Source = source;
        DataStart = dataStart;
        DataEnd = dataEnd;
        Events = events;
        Features = features;
        foreach (var perfEvent in events)
        {
            foreach (ulong id in perfEvent.Ids)
            {
                _eventById.TryAdd(id, perfEvent);
            }
        }
    }

    public ByteSource Source { get; }

    /// <summary>Offset of the first record.</summary>
    public long DataStart { get; }

    /// <summary>Offset after the last record.</summary>
    public long DataEnd { get; }

    public IReadOnlyList<PerfEvent> Events { get; }

    public PerfFeatures Features { get; }

    /// <summary>Maps the file and reads everything but the records.</summary>
    /// <exception cref="InvalidFormatException">It is not a regular perf.data file of this byte order, or its header does not hold together.</exception>
    public static PerfDataFile Open(string path)
    {
        var source = ByteSource.Open(path, Format);
        try
        {
            return Read(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public static PerfDataFile Read(ByteSource source)
    {
        CheckMagic(source);
        var header = source.Cursor("header", 8, Math.Min(source.Length, HeaderSize) - 8);
        ulong size = header.U64("header size");
        if (size == PipeHeaderSize)
        {
            throw new InvalidFormatException(Format, "header size", 8, "is 16: a recording written to a pipe; convert it to a regular file with: perf inject -i FILE -o perf.data");
        }

        if (size is not (HeaderSize or HeaderSizeWithoutFeatures))
        {
            throw new InvalidFormatException(Format, "header size", 8, $"is {size}, where 104, 72 or 16 are known");
        }

        ulong attrSize = header.U64("attr_size");
        var (attrsOffset, attrsSize) = (header.U64("attrs offset"), header.U64("attrs size"));
        var (dataOffset, dataSize) = (header.U64("data offset"), header.U64("data size"));
        header.Skip("event_types", 16);
        Span<ulong> bitmap = stackalloc ulong[4];
        if (size == HeaderSize)
        {
            for (int i = 0; i < bitmap.Length; i++)
            {
                bitmap[i] = header.U64("features");
            }
        }

        var events = ReadEvents(source, attrSize, attrsOffset, attrsSize);
        var data = source.Part("data section", Checked(dataOffset, "data offset", 40), Checked(dataSize, "data size", 48));
        if (data.Length == 0 && source.Length > data.Position && !HasFeatureTable(source, bitmap, data.Position))
        {
            throw new InvalidFormatException(Format, "data size", 48, "is 0: perf record was killed before it finished the file");
        }

        long dataEnd = data.Position + data.Length;
        return new PerfDataFile(source, data.Position, dataEnd, events, PerfFeatures.Read(source, bitmap, dataEnd, events));
    }

    /// <summary>All records, in file order.</summary>
    public RecordReader Records() => new(Source, DataStart, DataEnd);

    /// <summary>The event that a sample belongs to; the first one where its id is unknown (0: made by the tool).</summary>
    public PerfEvent EventOf(ReadOnlySpan<byte> sampleBody)
    {
        if (Events.Count == 1)
        {
            return Events[0];
        }

        // perf makes the bits before the id equal in all attributes of a file, so the first layout finds it.
        var layout = Events[0].Layout;
        int offset = layout.IdentifierOffset >= 0 ? layout.IdentifierOffset : layout.IdOffset;
        return offset >= 0 && sampleBody.Length >= offset + 8 ? EventOfId(SampleLayout.Fixed64(sampleBody, offset)) : Events[0];
    }

    /// <summary>The event of an id; the first one where it is unknown.</summary>
    public PerfEvent EventOfId(ulong id) => _eventById.GetValueOrDefault(id, Events[0]);

    public void Dispose() => Source.Dispose();

    /// <summary>
    /// Whether the table of feature sections begins where the data section would: a recording without records has it there,
    /// one that perf did not finish has its first record there.
    /// </summary>
    private static bool HasFeatureTable(ByteSource source, ReadOnlySpan<ulong> bitmap, long position)
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

        var table = source.Cursor("feature section table", position, entries * 16);
        ulong first = table.U64("feature section offset");
        return first == (ulong)(position + (entries * 16)) && table.U64("feature section size") <= (ulong)source.Length - first;
    }

    private static void CheckMagic(ByteSource source)
    {
        if (source.Length < 16)
        {
            throw new InvalidFormatException(Format, "magic", 0, source.Length == 0 ? "the file is empty" : $"the file has only {source.Length} bytes");
        }

        var magic = source.Span("magic", 0, 8);
        if (magic.SequenceEqual("PERFILE2"u8))
        {
            return;
        }

        string problem =
            magic.SequenceEqual("2ELIFREP"u8) ? "the recording was made on a machine of the other byte order, which is not supported"
            : magic.SequenceEqual("PERFFILE"u8) ? "is that of perf's first format, from before Linux 2.6.34, which is not supported"
            : magic.StartsWith("\u007fELF"u8) ? "is that of an ELF file, not of a recording"
            : $"is {Printable(magic)}, not PERFILE2: this is not a file written by perf record";
        throw new InvalidFormatException(Format, "magic", 0, problem);
    }

    private static string Printable(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOfAnyExceptInRange((byte)32, (byte)126) < 0 ? $"\"{Encoding.ASCII.GetString(bytes)}\"" : Convert.ToHexStringLower(bytes);

    private static long Checked(ulong value, string field, long offset) =>
        value <= long.MaxValue ? (long)value : throw new InvalidFormatException(Format, field, offset, $"is {value}");

    private static List<PerfEvent> ReadEvents(ByteSource source, ulong attrSize, ulong attrsOffset, ulong attrsSize)
    {
        const int IdsSize = 16;
        if (attrSize is < 64 + IdsSize or > ushort.MaxValue)
        {
            throw new InvalidFormatException(Format, "attr_size", 16, $"is {attrSize}");
        }

        var attrs = source.Part("attrs section", Checked(attrsOffset, "attrs offset", 24), Checked(attrsSize, "attrs size", 32));
        long count = attrs.Length / (long)attrSize;
        if (count is 0 or > MaximumEvents)
        {
            throw new InvalidFormatException(Format, "attrs size", 32, $"gives {count} events");
        }

        var events = new List<PerfEvent>((int)count);
        ulong idBytes = 0;
        for (int i = 0; i < count; i++)
        {
            long start = i * (long)attrSize;
            var attribute = EventAttribute.Read(attrs.Cursor("attrs section", start, (long)attrSize - IdsSize));
            var ids = attrs.Cursor("ids", start + (long)attrSize - IdsSize, IdsSize);
            ulong idsOffset = ids.U64("ids offset");
            ulong idsSize = ids.U64("ids size");
            idBytes += Math.Min(idsSize, (ulong)source.Length);
            if (idBytes > (ulong)source.Length)
            {
                throw ids.Invalid("ids size", $"is {idsSize}: all events together have more ids than the file has bytes");
            }

            events.Add(new PerfEvent(i, attribute, ReadIds(source, idsOffset, idsSize)));
        }

        return events;
    }

    private static ulong[] ReadIds(ByteSource source, ulong offset, ulong size)
    {
        if (size == 0)
        {
            return [];
        }

        var cursor = source.Cursor("event ids", Checked(offset, "ids offset", -1), Checked(size, "ids size", -1));
        var ids = new ulong[cursor.Remaining / 8];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = cursor.U64("event id");
        }

        return ids;
    }
}
