using System.Text;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Inputs.PerfScript;
using Tarax.AutoFdo.Inputs.Preaggregated;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs;

/// <summary>
/// An input that is opened once, wherever it comes from: a file, a folder of <c>perf record --threads</c>, a named pipe, standard input, a stream; compressed or not. What it is, its first bytes
/// tell. It is read once, by one thread, and disposed then.
/// </summary>
public sealed class Input : IDisposable
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int Start = 1 << 16;

    private readonly long? _maximum;
    private readonly InputReader? _reader;
    private string? _folder;
    private StreamStart? _stream;
    private ByteSource? _source;
    private bool _isDisposed;

    private Input(string name, long? maximum, InputFormat format, InputReader? reader = null)
    {
        (Name, _maximum, Format, _reader) = (name, maximum, format, reader);
    }

    /// <summary>Its path, or what it was called, for messages.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public InputFormat Format { get; }

    /// <summary>The name of the format of an <see cref="InputReader"/>, or of pre-aggregated text; empty for others.</summary>
    internal string FormatName => _reader?.Format ?? (Format == InputFormat.Preaggregated ? PreaggregatedLine.Format : "");

    /// <summary>Opens an input.</summary>
    /// <param name="path">A file, a folder, a named pipe, or <c>-</c> for the standard input of this process.</param>
    /// <param name="maximum">The most bytes that a pipe may bring, and what is compressed may become; null for as many as come, and for 256 MiB and a hundred times the compressed size.</param>
    /// <exception cref="InvalidFormatException">Compressed data are damaged, or the library for them is not installed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Input Open(string path, long? maximum = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = path == StandardInput ? "standard input" : path;
        if (path != StandardInput && FileSystem.IsFolder(path))
        {
            return new Input(name, maximum, InputFormat.PerfData) { _folder = path };
        }

        try
        {
            var opened = InputFile.OpenOnce(path);
            return path != StandardInput && opened is FileStream { CanSeek: true } file
                ? Of(CompressedFile.Decompressed(ByteSource.Map(file, PerfDataFile.Format, keepsOpen: true), maximum), name, maximum)
                : OfStream(opened, name, maximum);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(name, e);
        }
    }

    /// <summary>Takes a stream for an input.</summary>
    /// <param name="stream">Read from where it stands to its end; it belongs to the input then.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="maximum">The most bytes that a pipe may bring, and what is compressed may become; null for as many as come, and for 256 MiB and a hundred times the compressed size.</param>
    /// <exception cref="InvalidFormatException">Compressed data are damaged, or the library for them is not installed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Input Of(Stream stream, string name, long? maximum = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            return OfStream(stream, name, maximum);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(name, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        _source?.Dispose();
        (_stream, _source) = (null, null);
        _isDisposed = true;
    }

    /// <summary>The recording, which is then not this input's any more.</summary>
    internal PerfDataFile TakeRecording()
    {
        CheckIsOpen();
        if (_folder is { } folder)
        {
            return PerfDataFile.OpenFolder(folder, _maximum);
        }

        var (stream, source) = (_stream, _source);
        (_stream, _source) = (null, null);
        return stream is not null ? PerfDataFile.Read(stream, _maximum)
            : Format == InputFormat.PerfScript ? ScriptRecording.Open(source!)
            : PerfDataFile.Read(source!, most: _maximum);
    }

    /// <summary>The counts that it holds, or that its reader reads of it; null where it is something else.</summary>
    internal RecordingCounts? ReadCounts() => Format switch
    {
        InputFormat.Counts => RecordingCounts.Read(Taken(), Name),
        InputFormat.Preaggregated => ReadPreaggregated(),
        InputFormat.Other => ReadOther(),
        _ => null,
    };

    private RecordingCounts ReadPreaggregated()
    {
        try
        {
            return PreaggregatedText.Read(Taken(), Name);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(Name, e);
        }
    }

    private RecordingCounts ReadOther()
    {
        // The reader may keep the stream, whose memory goes with the input.
        using var content = Taken().Read();
        return _reader!.Read(content, Name);
    }

    private ByteSource Taken()
    {
        CheckIsOpen();
        return _source!;
    }

    /// <exception cref="ObjectDisposedException">It was disposed, or read already.</exception>
    private void CheckIsOpen()
    {
        if (_isDisposed || (_folder is null && _stream is null && _source is null))
        {
            throw new ObjectDisposedException(Name, $"{Name}: was {(_isDisposed ? "disposed" : "read already")}: an input is read once");
        }
    }

    /// <summary>The counts of one binary as text, whatever it begins with.</summary>
    /// <param name="isUnsymbolized">Whether it is an <see cref="Conversion.UnsymbolizedProfile"/>.</param>
    internal BinaryCounts ReadCountsText(out bool isUnsymbolized)
    {
        CheckIsOpen();
        if (_folder is not null)
        {
            throw new IOException($"{Name}: is a folder, where counts as text are expected");
        }

        _source ??= _stream!.Spooled(_maximum ?? long.MaxValue);
        _stream = null;
        using var reader = new StreamReader(_source.Read(), Encoding.UTF8);
        return CountsText.Read(reader, out isUnsymbolized);
    }

    private static Input OfStream(Stream stream, string name, long? maximum)
    {
        var start = StreamStart.Read(stream, PerfDataFile.Format);
        var (format, reader) = FormatOf(start.Bytes);

        // What perf writes into a pipe is read as it comes, and what begins as nothing that is known is not waited for: it may never end.
        return !start.IsWhole && !CompressedFile.IsCompressed(start.Bytes) && (format == InputFormat.Unknown || PerfDataFile.CanStream(start))
            ? new Input(name, maximum, format, reader) { _stream = start }
            : Of(CompressedFile.Decompressed(start.Spooled(maximum ?? long.MaxValue), maximum), name, maximum);
    }

    private static Input Of(ByteSource source, string name, long? maximum)
    {
        var (format, reader) = FormatOf(source);
        return new Input(name, maximum, format, reader) { _source = source };
    }

    private static (InputFormat Format, InputReader? Reader) FormatOf(ByteSource source)
    {
        var start = source.Span("first bytes", 0, Math.Min(source.Length, Start));
        if (InputReader.For(start) is { } reader)
        {
            return (InputFormat.Other, reader);
        }

        var format = start.StartsWith("PERFILE2"u8) || start.StartsWith("2ELIFREP"u8) ? InputFormat.PerfData
            : start.StartsWith(CountsFormat.Magic) || start.StartsWith(CountsFormat.TextMagicBytes) ? InputFormat.Counts
            : CountsText.Begins(start) ? InputFormat.CountsText
            : PreaggregatedText.Begins(start) ? InputFormat.Preaggregated
            : ScriptRecording.IsText(source) ? InputFormat.PerfScript
            : InputFormat.Unknown;
        return (format, null);
    }
}
