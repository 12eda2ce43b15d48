using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>The first bytes of a stream, by which it is decided whether it can be read as it comes.</summary>
internal sealed class StreamStart : IDisposable
{
    /// <summary>Streams that end before are looked at as a whole; perf writes what it knows of a recording well before.</summary>
    public const int MostBytes = 1 << 20;

    private readonly Stream _stream;

    private StreamStart(Stream stream, ByteSource bytes, bool isWhole)
    {
        _stream = stream;
        Bytes = bytes;
        IsWhole = isWhole;
    }

    public ByteSource Bytes { get; }

    /// <summary>The stream, behind these bytes.</summary>
    public Stream Rest => _stream;

    /// <summary>Whether nothing follows.</summary>
    public bool IsWhole { get; }

    /// <param name="stream">The stream, which belongs to the result then.</param>
    /// <param name="format">The format's name for messages.</param>
    /// <param name="most">Number of bytes to read at most.</param>
    public static StreamStart Read(Stream stream, string format, int most = MostBytes)
    {
        var bytes = ByteSource.Allocate(Math.Max(most, HugePages.Size), format);
        try
        {
            int length = stream.ReadAtLeast(bytes.Writable()[..most], most, throwOnEndOfStream: false);
            bytes.Shorten(length);
            return new StreamStart(stream, bytes, isWhole: length < most);
        }
        catch
        {
            bytes.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The whole stream, to be looked at anywhere. This object is not needed any more then.</summary>
    /// <param name="most">More bytes than this are not taken.</param>
    /// <exception cref="InvalidFormatException">There are more.</exception>
    public ByteSource Spooled(long most = long.MaxValue)
    {
        if (IsWhole)
        {
            _stream.Dispose();
            return Bytes;
        }

        try
        {
            using var spool = new Spool(Bytes.Name, most);
            spool.Write(Bytes.All());
            spool.Write(_stream);
            return spool.ToSource();
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        Bytes.Dispose();
        _stream.Dispose();
    }
}
