using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The chunks of a recording that is kept in a file, or in memory: a block of it each, behind the rest that the block before had of a record.
/// What had to be spilled is read once more.
/// </summary>
internal sealed class StoredChunks : RecordChunks
{
    /// <summary>Room for the rest of a record: its size has 16 bits.</summary>
    private const int Room = 1 << 16;

    private readonly ChunkBuffers _buffers = new();
    private readonly RecordingBlocks _blocks;
    private readonly long _end;
    private readonly byte[] _rest = new byte[Room];
    private int _restLength;
    private bool _isNoRecord;
    private long _next;

    /// <param name="source">The recording, which is not this object's own.</param>
    /// <param name="start">Offset of the first record.</param>
    /// <param name="end">Offset after the last.</param>
    public StoredChunks(ByteSource source, long start, long end)
    {
        (_next, _end) = (start, end);
        _blocks = new RecordingBlocks(source, start, end, _buffers, Room);
    }

    public override void ReadAhead() => _blocks.ReadAhead();

    public override bool TryOpen(out RecordChunk chunk)
    {
        chunk = null!;
        long first = _next + _restLength;
        if (first >= _end)
        {
            return false;
        }

        if (_isNoRecord)
        {
            chunk = Read(_next, Math.Min(_end - _next, ChunkLength));
            return true;
        }

        long block = _blocks.At(first);
        long stop = _blocks.EndOf(block);
        if (_restLength == 0 && stop < _end && stop - _next < Room)
        {
            // Behind a payload: less of the block is left than a record may need.
            chunk = Read(_next, _blocks.EndOf(block + 1) - _next);
            return true;
        }

        var buffer = _blocks.Take(block);
        long origin = _blocks.StartOf(block) - Room;
        _rest.AsSpan(0, _restLength).CopyTo(buffer.Writable()[(int)(_next - origin)..]);
        chunk = ChunkOf(buffer, _next - origin, stop - origin, origin);
        return true;
    }

    public override void Close(RecordChunk chunk, long end)
    {
        _next = chunk.Origin + end;
        long rest = Math.Max(chunk.End - end, 0);
        _isNoRecord = rest > Room;
        _restLength = _isNoRecord ? 0 : (int)rest;
        chunk.Source!.Span("rest", chunk.End - _restLength, _restLength).CopyTo(_rest);
    }

    public override RecordChunk Spill(RecordChunk chunk)
    {
        Release(chunk);
        return chunk with { Source = null };
    }

    public override RecordChunk Fetch(RecordChunk chunk) => chunk.Source is null ? Read(chunk.Origin + chunk.Start, chunk.Length) : chunk;

    public override void Release(RecordChunk chunk) => _buffers.Return(chunk.Source!);

    public override void Dispose() => _buffers.Dispose();

    private RecordChunk Read(long offset, long length) => ChunkOf(_blocks.Read(offset, length, place: 0), 0, length, offset);

    private RecordChunk ChunkOf(ByteSource buffer, long start, long stop, long origin) =>
        new(buffer, start, stop, origin) { IsLast = origin + stop == _end, Limit = _end - origin };
}
