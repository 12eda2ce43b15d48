using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.PerfData;

/// <summary>The pieces of a recording that lies in memory as a whole, or is mapped: its pages are given back once they have been counted.</summary>
internal sealed class MappedPieces(ByteSource source, long start, long end) : RecordPieces
{
    /// <summary>Bytes that are given back together, since all threads wait for it.</summary>
    private const long ReleasedTogether = 8 << 20;

    private readonly Dictionary<long, long> _releasedAhead = [];
    private long _next = start;
    private long _released = start;
    private long _givenBack = start;

    public override bool TryOpen(out RecordPiece piece)
    {
        long stop = end - _next > PieceLength ? _next + PieceLength : end;
        piece = new RecordPiece(source, _next, stop, 0) { IsLast = stop == end, Limit = end };
        return _next < end;
    }

    public override void Close(RecordPiece piece, long end)
    {
        _next = end;
        if (end > piece.End)
        {
            lock (_releasedAhead)
            {
                _releasedAhead[piece.End] = end;
            }
        }
    }

    public override RecordPiece SetAside(RecordPiece piece)
    {
        source.Release(piece.Start, piece.Length);
        return piece;
    }

    public override RecordPiece Fetch(RecordPiece piece) => piece;

    public override void Release(RecordPiece piece)
    {
        (long from, long to) = (0, 0);
        lock (_releasedAhead)
        {
            // Pieces are released in nearly the order in which they lie.
            _releasedAhead[piece.Start] = piece.End;
            while (_releasedAhead.Remove(_released, out long pieceEnd))
            {
                _released = pieceEnd;
            }

            if (_released - _givenBack >= ReleasedTogether)
            {
                (from, to) = (_givenBack, _released);
                _givenBack = _released;
            }
        }

        source.Release(from, to - from);
    }

    /// <summary>The source is not this object's own.</summary>
    public override void Dispose()
    {
    }
}
