using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// Bytes that come in one after another and are then looked at anywhere: in memory while they are few, in a temporary file without a name
/// when they are many, so that memory stays bounded.
/// </summary>
internal sealed class Spool : IDisposable
{
    private const int MostInMemory = 16 << 20;
    private const long BetweenChecks = 64 << 20;

    /// <summary>Room that is left to others: a 32nd of a small disk, a gibibyte of others, of which a 32nd may be more than all inputs take.</summary>
    private const int LeastShare = 32;
    private const long LeastRoom = 1 << 30;

    private readonly string _format;
    private readonly long _limit;
    private readonly bool _isCompressed;
    private Stream _stream = new MemoryStream();
    private long _checkedAt;

    /// <param name="format">The format's name for messages.</param>
    /// <param name="limit">More bytes than this are damage, or an attack.</param>
    /// <param name="isCompressed">Whether the bytes come out of compressed ones.</param>
    public Spool(string format, long limit = long.MaxValue, bool isCompressed = false)
    {
        _isCompressed = isCompressed;
        _format = format;
        _limit = limit;
    }

    /// <summary>Number of bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// What a compressed input of some length may become where nothing else is said: recordings and binaries shrink to a fifth, texts to a thirtieth.
    /// </summary>
    public static long LimitOf(long compressedLength) => (256 << 20) + (compressedLength * 100);

    /// <exception cref="InvalidFormatException">There are more bytes than the limit allows.</exception>
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (Length > _limit)
        {
            throw _isCompressed
                ? new InvalidFormatException(_format, "compressed data", 0, $"become more than {_limit} bytes, which is more than such data do; where it is right, --max-input allows more")
                : new InvalidFormatException(_format, "length", _limit, $"is more than {_limit} bytes, which is more than is allowed");
        }

        if (_stream is MemoryStream memory && Length > MostInMemory)
        {
            _stream = UnnamedFile.Create();
            memory.Position = 0;
            memory.CopyTo(_stream);
        }

        if (_stream is FileStream && Length > _checkedAt + BetweenChecks)
        {
            _checkedAt = Length;
            KeepRoom();
        }

        try
        {
            _stream.Write(bytes);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IOException)
        {
            // ArgumentOutOfRangeException is what .NET makes of EFBIG.
            throw new IOException($"{Path.GetTempPath()}: a temporary file cannot be written there after {Length} bytes ({(e is IOException ? e.Message.TrimEnd('.').ToLowerInvariant() : "file too large")}); TMPDIR names another folder", e);
        }
    }

    /// <summary>An input without an end must not take the last room from others.</summary>
    /// <exception cref="IOException">There is little left.</exception>
    private void KeepRoom()
    {
        var drive = new DriveInfo(Path.GetTempPath());
        if (drive.AvailableFreeSpace < Math.Min(drive.TotalSize / LeastShare, LeastRoom))
        {
            throw new IOException($"{Path.GetTempPath()}: the input has become {Length} bytes there, and little room is left; TMPDIR names another folder, or give the file itself in place of a pipe");
        }
    }

    /// <summary>Takes all of a stream.</summary>
    public void Write(Stream stream)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            Write(buffer.AsSpan(0, read));
        }
    }

    /// <summary>What was written, to be looked at; nothing can be added any more.</summary>
    public ByteSource ToSource()
    {
        if (_stream is MemoryStream memory)
        {
            return ByteSource.FromArray(memory.ToArray(), _format);
        }

        var file = (FileStream)_stream;
        file.Flush();
        _stream = Stream.Null;
        return ByteSource.Map(file, _format, keepsOpen: true);
    }

    public void Dispose() => _stream.Dispose();
}
