using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The chunks of a recording that comes in once and is not kept: each in a buffer that is used again. What has to be spilled goes to a
/// temporary file.
/// </summary>
internal sealed class StreamedChunks : RecordChunks
{
    private readonly ByteSource _start;
    private readonly Stream _stream;
    private readonly ChunkBuffers _buffers = new();
    private long _startRead;
    private byte[] _rest = [];
    private long _restLength;
    private long _offset;
    private long _payload;
    private bool _isAtEnd;
    private FileStream? _spill;
    private long _spillLength;

    /// <param name="start">The first bytes of the recording, which were read already.</param>
    /// <param name="stream">What follows.</param>
    /// <param name="firstRecord">Offset of the first record.</param>
    public StreamedChunks(ByteSource start, Stream stream, long firstRecord)
    {
        _start = start;
        _stream = stream;
        _payload = firstRecord;
    }

    public override bool TryOpen(out RecordChunk chunk)
    {
        chunk = null!;
        if (_isAtEnd || !TrySkipPayload())
        {
            return false;
        }

        var buffer = _buffers.Take();
        var bytes = buffer.Writable();
        _rest.AsSpan(0, (int)_restLength).CopyTo(bytes);
        int length = (int)_restLength + Read(bytes[(int)_restLength..]);
        _isAtEnd = length < bytes.Length;
        chunk = new RecordChunk(buffer, 0, length, _offset) { IsLast = _isAtEnd, Limit = _isAtEnd ? length : long.MaxValue };
        return length > 0;
    }

    public override void Close(RecordChunk chunk, long end)
    {
        _offset = chunk.Origin + end;
        _payload = Math.Max(end - chunk.End, 0);
        _restLength = Math.Max(chunk.End - end, 0);
        if (chunk.IsLast)
        {
            LostBytes += _restLength;
            return;
        }

        if (end == chunk.Start)
        {
            // No record in a whole chunk: what follows was never written.
            LostBytes += _restLength + Drain(long.MaxValue);
            _isAtEnd = true;
            return;
        }

        if (_rest.Length < _restLength)
        {
            _rest = new byte[Math.Max(_restLength, ushort.MaxValue)];
        }

        chunk.Source!.Span("rest", Math.Min(end, chunk.End), _restLength).CopyTo(_rest);
    }

    public override RecordChunk Spill(RecordChunk chunk)
    {
        _spill ??= UnnamedFile.Create();
        RandomAccess.Write(_spill.SafeFileHandle, chunk.Source!.Span("chunk", chunk.Start, chunk.Length), _spillLength);
        var kept = chunk with { Source = null, Start = _spillLength, End = _spillLength + chunk.Length, Origin = chunk.Origin + chunk.Start - _spillLength };
        _spillLength += chunk.Length;
        _buffers.Return(chunk.Source);
        return kept;
    }

    public override RecordChunk Fetch(RecordChunk chunk)
    {
        if (chunk.Source is not null)
        {
            return chunk;
        }

        var buffer = _buffers.Take();
        var bytes = buffer.Writable()[..(int)chunk.Length];
        for (int read = 0; read < bytes.Length;)
        {
            int more = RandomAccess.Read(_spill!.SafeFileHandle, bytes[read..], chunk.Start + read);
            read += more > 0 ? more : throw new EndOfStreamException("the temporary file ends early");
        }

        return chunk with { Source = buffer, Start = 0, End = chunk.Length, Limit = long.MaxValue, Origin = chunk.Origin + chunk.Start };
    }

    public override void Release(RecordChunk chunk) => _buffers.Return(chunk.Source!);

    public override void Dispose()
    {
        _buffers.Dispose();
        _spill?.Dispose();
        _stream.Dispose();
    }

    /// <summary>Passes over a payload that lies behind the last chunk.</summary>
    private bool TrySkipPayload()
    {
        long skipped = Drain(_payload);
        bool isWhole = skipped == _payload;
        LostBytes += isWhole ? 0 : skipped;
        _offset += skipped;
        _payload = 0;
        _isAtEnd = !isWhole;
        return isWhole;
    }

    private long Drain(long most)
    {
        long done = 0;
        if (most > 0)
        {
            var buffer = new byte[(int)Math.Min(most, 1 << 16)];
            for (int read; done < most && (read = Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, most - done)))) > 0;)
            {
                done += read;
            }
        }

        return done;
    }

    /// <returns>As many bytes as asked for, or fewer at the end.</returns>
    private int Read(Span<byte> bytes)
    {
        int ofStart = (int)Math.Min(bytes.Length, _start.Length - _startRead);
        _start.Span("start", _startRead, ofStart).CopyTo(bytes);
        _startRead += ofStart;
        return ofStart + _stream.ReadAtLeast(bytes[ofStart..], bytes.Length - ofStart, throwOnEndOfStream: false);
    }
}
