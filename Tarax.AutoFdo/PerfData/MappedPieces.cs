using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.PerfData;

/// <summary>The pieces of a recording that lies in memory as a whole, or is mapped: its pages are given back after each look.</summary>
internal sealed class MappedPieces(ByteSource source, long start, long end) : RecordPieces
{
    private long _next = start;

    public override bool TryOpen(out RecordPiece piece)
    {
        long stop = end - _next > PieceLength ? _next + PieceLength : end;
        piece = new RecordPiece(source, _next, stop, 0) { IsLast = stop == end };
        return _next < end;
    }

    public override void Close(RecordPiece piece, long end) => _next = end;

    public override RecordPiece SetAside(RecordPiece piece)
    {
        Release(piece);
        return piece;
    }

    public override RecordPiece Fetch(RecordPiece piece) => piece;

    public override void Release(RecordPiece piece) => source.Release(piece.Start, piece.Length);

    /// <summary>The source is not this object's own.</summary>
    public override void Dispose()
    {
    }
}
