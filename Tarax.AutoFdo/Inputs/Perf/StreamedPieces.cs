using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The pieces of a recording that comes in once and is not kept: each in a buffer that is used again. What has to be set aside goes to a
/// temporary file.
/// </summary>
internal sealed class StreamedPieces : RecordPieces
{
    private readonly ByteSource _start;
    private readonly Stream _stream;
    private readonly PieceBuffers _buffers = new();
    private long _startRead;
    private byte[] _rest = [];
    private long _restLength;
    private long _offset;
    private long _payload;
    private bool _isAtEnd;
    private FileStream? _aside;
    private long _asideLength;

    /// <param name="start">The first bytes of the recording, which were read already.</param>
    /// <param name="stream">What follows.</param>
    /// <param name="firstRecord">Offset of the first record.</param>
    public StreamedPieces(ByteSource start, Stream stream, long firstRecord)
    {
        _start = start;
        _stream = stream;
        _payload = firstRecord;
    }

    public override bool TryOpen(out RecordPiece piece)
    {
        piece = null!;
        if (_isAtEnd || !TrySkipPayload())
        {
            return false;
        }

        var buffer = _buffers.Take();
        var bytes = buffer.Writable();
        _rest.AsSpan(0, (int)_restLength).CopyTo(bytes);
        int length = (int)_restLength + Read(bytes[(int)_restLength..]);
        _isAtEnd = length < bytes.Length;
        piece = new RecordPiece(buffer, 0, length, _offset) { IsLast = _isAtEnd, Limit = _isAtEnd ? length : long.MaxValue };
        return length > 0;
    }

    public override void Close(RecordPiece piece, long end)
    {
        _offset = piece.Origin + end;
        _payload = Math.Max(end - piece.End, 0);
        _restLength = Math.Max(piece.End - end, 0);
        if (piece.IsLast)
        {
            LostBytes += _restLength;
            return;
        }

        if (end == piece.Start)
        {
            // No record in a whole piece: what follows was never written.
            LostBytes += _restLength + Drain(long.MaxValue);
            _isAtEnd = true;
            return;
        }

        if (_rest.Length < _restLength)
        {
            _rest = new byte[Math.Max(_restLength, ushort.MaxValue)];
        }

        piece.Source!.Span("rest", Math.Min(end, piece.End), _restLength).CopyTo(_rest);
    }

    public override RecordPiece SetAside(RecordPiece piece)
    {
        _aside ??= UnnamedFile.Create();
        RandomAccess.Write(_aside.SafeFileHandle, piece.Source!.Span("piece", piece.Start, piece.Length), _asideLength);
        var kept = piece with { Source = null, Start = _asideLength, End = _asideLength + piece.Length, Origin = piece.Origin + piece.Start - _asideLength };
        _asideLength += piece.Length;
        _buffers.Return(piece.Source);
        return kept;
    }

    public override RecordPiece Fetch(RecordPiece piece)
    {
        if (piece.Source is not null)
        {
            return piece;
        }

        var buffer = _buffers.Take();
        var bytes = buffer.Writable()[..(int)piece.Length];
        for (int read = 0; read < bytes.Length;)
        {
            int more = RandomAccess.Read(_aside!.SafeFileHandle, bytes[read..], piece.Start + read);
            read += more > 0 ? more : throw new EndOfStreamException("the temporary file ends early");
        }

        return piece with { Source = buffer, Start = 0, End = piece.Length, Limit = long.MaxValue, Origin = piece.Origin + piece.Start };
    }

    public override void Release(RecordPiece piece) => _buffers.Return(piece.Source!);

    public override void Dispose()
    {
        _buffers.Dispose();
        _aside?.Dispose();
        _stream.Dispose();
    }

    /// <summary>Passes over a payload that lies behind the last piece.</summary>
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
