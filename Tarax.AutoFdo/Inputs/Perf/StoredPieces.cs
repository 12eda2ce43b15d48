using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The pieces of a recording that is kept in a file, or in memory: a window of it each, behind the rest that the window before had of a record.
/// What had to be set aside is read once more.
/// </summary>
internal sealed class StoredPieces : RecordPieces
{
    /// <summary>Room for the rest of a record: its size has 16 bits.</summary>
    private const int Room = 1 << 16;

    private readonly PieceBuffers _buffers = new();
    private readonly RecordingWindows _windows;
    private readonly long _end;
    private readonly byte[] _rest = new byte[Room];
    private int _restLength;
    private bool _isNoRecord;
    private long _next;

    /// <param name="source">The recording, which is not this object's own.</param>
    /// <param name="start">Offset of the first record.</param>
    /// <param name="end">Offset after the last.</param>
    public StoredPieces(ByteSource source, long start, long end)
    {
        (_next, _end) = (start, end);
        _windows = new RecordingWindows(source, start, end, _buffers, Room);
    }

    public override void ReadAhead() => _windows.ReadAhead();

    public override bool TryOpen(out RecordPiece piece)
    {
        piece = null!;
        long first = _next + _restLength;
        if (first >= _end)
        {
            return false;
        }

        if (_isNoRecord)
        {
            piece = Read(_next, Math.Min(_end - _next, PieceLength));
            return true;
        }

        long window = _windows.At(first);
        long stop = _windows.EndOf(window);
        if (_restLength == 0 && stop < _end && stop - _next < Room)
        {
            // Behind a payload: less of the window is left than a record may need.
            piece = Read(_next, _windows.EndOf(window + 1) - _next);
            return true;
        }

        var buffer = _windows.Take(window);
        long origin = _windows.StartOf(window) - Room;
        _rest.AsSpan(0, _restLength).CopyTo(buffer.Writable()[(int)(_next - origin)..]);
        piece = PieceOf(buffer, _next - origin, stop - origin, origin);
        return true;
    }

    public override void Close(RecordPiece piece, long end)
    {
        _next = piece.Origin + end;
        long rest = Math.Max(piece.End - end, 0);
        _isNoRecord = rest > Room;
        _restLength = _isNoRecord ? 0 : (int)rest;
        piece.Source!.Span("rest", piece.End - _restLength, _restLength).CopyTo(_rest);
    }

    public override RecordPiece SetAside(RecordPiece piece)
    {
        Release(piece);
        return piece with { Source = null };
    }

    public override RecordPiece Fetch(RecordPiece piece) => piece.Source is null ? Read(piece.Origin + piece.Start, piece.Length) : piece;

    public override void Release(RecordPiece piece) => _buffers.Return(piece.Source!);

    public override void Dispose() => _buffers.Dispose();

    private RecordPiece Read(long offset, long length) => PieceOf(_windows.Read(offset, length, place: 0), 0, length, offset);

    private RecordPiece PieceOf(ByteSource buffer, long start, long stop, long origin) =>
        new(buffer, start, stop, origin) { IsLast = origin + stop == _end, Limit = _end - origin };
}
