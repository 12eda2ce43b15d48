using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// A recording of perf (tools/perf/Documentation/perf.data-file-format.txt): what its header, attributes and features say,
/// and where its records lie. However it was stored, the records are plain ones of this machine's byte order.
/// </summary>
internal sealed class PerfDataFile : IDisposable
{
    public const string Format = "perf.data";

    private readonly Dictionary<ulong, PerfEvent> _eventById;
    private readonly ByteSource _source;
    private readonly StreamedChunks? _stream;
    private readonly RecordingHead _head;

    private PerfDataFile(ByteSource source, RecordingHead head, RecordingForm form, StreamedChunks? stream = null)
    {
        _source = source;
        _stream = stream;
        _head = head;
        Form = form;
        _eventById = PerfEvent.ById(head.Events);
    }

    /// <summary>Offset of the first record.</summary>
    public long DataStart => _head.DataStart;

    /// <summary>Offset after the last record; of a stream, after those that were looked at on opening.</summary>
    public long DataEnd => _head.DataEnd;

    /// <summary>Length of all records in bytes; null where it is not known before the end.</summary>
    public long? DataLength => _stream is null ? DataEnd - DataStart : null;

    /// <summary>What the end of the records means.</summary>
    public RecordsEnd Ending => _stream is null ? RecordsEnd.Exact : RecordsEnd.MayBeCut;

    public IReadOnlyList<PerfEvent> Events => _head.Events;

    public PerfFeatures Features => _head.Features;

    public RecordingForm Form { get; }

    /// <summary>Opens a file and reads everything but the records.</summary>
    /// <param name="path">A file; compressed or not.</param>
    /// <param name="most">The most bytes that what is compressed may become; null for <see cref="Spool.LimitOf"/>.</param>
    public static PerfDataFile Open(string path, long? most = null) => FileSystem.IsFolder(path) ? OpenFolder(path, most) : Read(InputFile.Open(path, Format, most), most: most);

    /// <summary>Opens a folder of <c>perf record --threads</c>, and reads everything but the records.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="most">The most bytes that what is compressed may become; null for <see cref="Spool.LimitOf"/>.</param>
    public static PerfDataFile OpenFolder(string path, long? most = null)
    {
        string main = Path.Combine(path, "data");
        if (!FileSystem.IsRegular(main))
        {
            throw new IOException($"{path}: is a folder, but not one that perf record wrote: it has no file named data");
        }

        var others = new List<ByteSource>();
        try
        {
            foreach (string file in DataFiles(path))
            {
                others.Add(InputFile.Open(file, Format, most));
            }

            return Read(InputFile.Open(main, Format, most), others, most);
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }
    }

    /// <summary>
    /// Reads a recording that comes in once, and owns the stream. What perf writes into a pipe is read chunk by chunk; what has to be seen as a whole first
    /// is spooled.
    /// </summary>
    /// <param name="stream">The recording.</param>
    /// <param name="mostAtOnce">A stream of fewer bytes is looked at as a whole.</param>
    /// <param name="most">The most bytes that what is compressed may become; null for <see cref="Spool.LimitOf"/>.</param>
    public static PerfDataFile Read(Stream stream, int mostAtOnce = StreamStart.MostBytes, long? most = null) => Read(StreamStart.Read(stream, Format, mostAtOnce), most);

    /// <summary>The same, of a stream whose first bytes were read.</summary>
    /// <param name="start">The stream, which it owns.</param>
    /// <param name="most">The most bytes that what is compressed may become; null for <see cref="Spool.LimitOf"/>.</param>
    public static PerfDataFile Read(StreamStart start, long? most)
    {
        try
        {
            if (CanStream(start) && PipeHeader.Read(start.Bytes, isForeign: false) is { IsCompressed: false, HasSpe: false } head)
            {
                return new PerfDataFile(start.Bytes, head, new RecordingForm { IsPipe = true }, new StreamedChunks(start.Bytes, start.Rest, head.DataStart));
            }
        }
        catch (InvalidFormatException)
        {
            // Perhaps the attributes come later; as a whole the stream says what is missing.
        }

        return Read(CompressedFile.Decompressed(SpooledIfRecording(start), most), most: most);
    }

    /// <summary>Whether a stream begins as what perf writes into a pipe, and goes on behind its first bytes.</summary>
    public static bool CanStream(StreamStart start) => !start.IsWhole && IsPlainPipe(start.Bytes);

    /// <summary>Reads a recording, whose source it then owns.</summary>
    /// <param name="source">The recording.</param>
    /// <param name="others">Further records without header, of the other files of a folder; they are not needed any more afterwards.</param>
    /// <param name="most">The most bytes that what is compressed may become; null for <see cref="Spool.LimitOf"/>.</param>
    public static PerfDataFile Read(ByteSource source, IReadOnlyList<ByteSource>? others = null, long? most = null)
    {
        try
        {
            bool isForeign = IsForeign(source);
            bool isPipe = IsPipe(source, isForeign);
            var head = isPipe ? PipeHeader.Read(source, isForeign) : RegularHeader.Read(source, isForeign);
            var form = new RecordingForm
            {
                IsPipe = isPipe,
                IsForeign = isForeign,
                DataFiles = others?.Count ?? 0,
                IsUnfinished = head.IsUnfinished,
                LostBytes = head.LostBytes,
            };
            if (isForeign || head.IsCompressed || others is { Count: > 0 })
            {
                return Expanded(source, others ?? [], head, form, most);
            }

            // Of a pipe, or one that perf did not finish, all has been looked at for what its records say.
            source.Release();
            return new PerfDataFile(source, head, form);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Records that were made of a recording in another form, whose source it then owns.</summary>
    public static PerfDataFile Of(ByteSource records, RecordingHead head, RecordingForm form) => new(records, head, form);

    /// <summary>All records in file order, of a recording that is not a stream.</summary>
    public RecordReader Records() => new(_source, DataStart, DataEnd);

    /// <summary>Reads bytes that are no records, of a recording that is not a stream.</summary>
    public void ReadBytes(long offset, Span<byte> bytes) => _source.Read(offset, bytes);

    /// <summary>The recording from its first record, chunk by chunk; of a stream they come only once.</summary>
    public RecordChunks Chunks() => _stream ?? (RecordChunks)new StoredChunks(_source, DataStart, DataEnd);

    /// <summary>Takes over what a record of a stream says of the recording, which comes after the records that were looked at on opening.</summary>
    public void TakeHeaderRecord(in PerfRecord record)
    {
        if (_stream is not null && record.Offset >= DataEnd)
        {
            PipeHeader.TakeLate(record, _head, _eventById);
        }
    }

    /// <summary>The event that a sample belongs to; the first one where its id is unknown (0: made by the tool).</summary>
    public PerfEvent EventOf(ReadOnlySpan<byte> sampleBody)
    {
        if (Events.Count == 1)
        {
            return Events[0];
        }

        // perf makes the bits before the id equal in all attributes of a file, so the first layout finds it.
        int offset = Events[0].Layout.EventIdOffset;
        return offset >= 0 && sampleBody.Length >= offset + 8 ? EventOfId(SampleLayout.Fixed64(sampleBody, offset)) : Events[0];
    }

    /// <summary>The event of an id; the first one where it is unknown.</summary>
    public PerfEvent EventOfId(ulong id) => _eventById.GetValueOrDefault(id, Events[0]);

    public void Dispose()
    {
        _source.Dispose();
        _stream?.Dispose();
    }

    /// <summary>What begins as nothing that is known is not waited for: it may never end.</summary>
    private static ByteSource SpooledIfRecording(StreamStart start)
    {
        if (!start.IsWhole && !HasMagic(start.Bytes) && !CompressedFile.IsCompressed(start.Bytes))
        {
            using (start)
            {
                throw InvalidMagic(start.Bytes);
            }
        }

        return start.Spooled();
    }

    private static bool IsPlainPipe(ByteSource source) => HasMagic(source) && !IsForeign(source) && IsPipe(source, isForeign: false);

    private static bool HasMagic(ByteSource source) =>
        source.Length >= PipeHeader.Size && source.Span("magic", 0, 8) is var magic && (magic.SequenceEqual("PERFILE2"u8) || magic.SequenceEqual("2ELIFREP"u8));

    private static PerfDataFile Expanded(ByteSource source, IReadOnlyList<ByteSource> others, RecordingHead head, RecordingForm form, long? most)
    {
        using var expansion = new RecordExpansion(head, form.IsForeign, most ?? Spool.LimitOf(source.Length + others.Sum(o => o.Length)));
        expansion.Add(source, head.DataStart, head.DataEnd, RecordsEnd.Exact);
        foreach (var other in others)
        {
            expansion.Add(other, 0, other.Length, RecordsEnd.MayBeCut);
        }

        var expanded = expansion.ToSource();
        source.Dispose();
        form = form with
        {
            CompressedRecords = expansion.CompressedRecords,
            LostBytes = form.LostBytes + expansion.LostBytes,
        };
        return new PerfDataFile(expanded, head with { DataStart = 0, DataEnd = expanded.Length }, form);
    }

    /// <summary>The files data.0, data.1, … of a folder, in the order of their numbers.</summary>
    private static string[] DataFiles(string folder)
    {
        var byNumber = new SortedDictionary<int, string>();
        foreach (string file in FileSystem.FilesIn(folder))
        {
            if (Path.GetFileNameWithoutExtension(file) == "data" && int.TryParse(Path.GetExtension(file).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                byNumber.TryAdd(number, file);
            }
        }

        return [.. byNumber.Values];
    }

    private static bool IsPipe(ByteSource source, bool isForeign)
    {
        ulong size = source.Cursor("header", 8, 8, isForeign).U64("header size");
        if (size is not (PipeHeader.Size or RegularHeader.Size or RegularHeader.SizeWithoutFeatures))
        {
            throw new InvalidFormatException(Format, "header size", 8, $"is {size}, where 104, 72 or 16 are known");
        }

        return size == PipeHeader.Size;
    }

    private static bool IsForeign(ByteSource source)
    {
        if (source.Length < PipeHeader.Size)
        {
            throw new InvalidFormatException(Format, "magic", 0, source.Length == 0 ? "the file is empty" : $"the file has only {source.Length} bytes");
        }

        var magic = source.Span("magic", 0, 8);
        if (magic.SequenceEqual("PERFILE2"u8))
        {
            return false;
        }

        if (magic.SequenceEqual("2ELIFREP"u8))
        {
            return true;
        }

        throw InvalidMagic(source);
    }

    private static InvalidFormatException InvalidMagic(ByteSource source)
    {
        var magic = source.Span("magic", 0, 8);
        string problem =
            magic.SequenceEqual("PERFFILE"u8) ? "is that of perf's first format, from before Linux 2.6.34, which is not supported"
            : magic.StartsWith("\u007fELF"u8) ? "is that of an ELF file, not of a recording"
            : $"is {Printable(magic)}, not PERFILE2: this is not a file written by perf record";
        return new InvalidFormatException(Format, "magic", 0, problem);
    }

    private static string Printable(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOfAnyExceptInRange((byte)32, (byte)126) < 0 ? $"\"{Encoding.ASCII.GetString(bytes)}\"" : Convert.ToHexStringLower(bytes);
}
