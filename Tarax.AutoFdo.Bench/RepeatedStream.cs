using System.Diagnostics;

namespace Tarax.AutoFdo.Bench;

/// <summary>A recording as perf writes it into a pipe, with a small recording's samples again and again. It says how long its readers waited for it.</summary>
internal sealed class RepeatedStream(byte[] start, RepeatedSamples repeated, long length) : Stream
{
    private long _at;
    private long _waited;
    private int _inSamples;

    /// <summary>Seconds spent in this stream.</summary>
    public double Waited => Stopwatch.GetElapsedTime(0, _waited).TotalSeconds;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _at;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        long before = Stopwatch.GetTimestamp();
        int read = _at < start.Length ? Copy(start.AsSpan((int)_at), buffer) : ReadSamples(buffer);
        _at += read;
        _waited += Stopwatch.GetTimestamp() - before;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Ends at the end of the samples, so that no record is cut off.</summary>
    private int ReadSamples(Span<byte> buffer)
    {
        if (_inSamples == 0 && _at >= length)
        {
            return 0;
        }

        int read = Copy(repeated.Samples[_inSamples..], buffer);
        _inSamples += read;
        if (_inSamples == repeated.Samples.Length)
        {
            repeated.MoveOn();
            _inSamples = 0;
        }

        return read;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }
}
