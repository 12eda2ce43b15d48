using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>A part of a recording that holds whole records.</summary>
/// <param name="Source">What it lies in; null while it is set aside.</param>
/// <param name="Start">Offset of its first record in the source.</param>
/// <param name="End">Offset after its last record.</param>
/// <param name="Origin">Offset of the source in the recording.</param>
internal sealed record RecordPiece(ByteSource? Source, long Start, long End, long Origin)
{
    /// <summary>Whether nothing of the recording follows.</summary>
    public bool IsLast { get; init; }

    /// <summary>Offset in the source at which the recording ends; far away where that is not known.</summary>
    public long Limit { get; init; } = End;

    /// <summary>The latest time of a sample in it, or what else orders samples.</summary>
    public ulong LatestOrder { get; init; }

    /// <summary>Length in bytes.</summary>
    public long Length => End - Start;

    /// <summary>The piece's records.</summary>
    /// <param name="ending">What the end of the piece means.</param>
    public RecordReader Records(RecordsEnd ending = RecordsEnd.Exact) => new(Source!, Start, End, ending: ending, origin: Origin, limit: Limit);
}

/// <summary>
/// A recording piece by piece, of which few are in memory at a time. One thread at a time opens and closes them; any thread may read ahead, fetch and release.
/// </summary>
internal abstract class RecordPieces : IDisposable
{
    /// <summary>Bytes of one piece: large enough to make its own start-up cheap, small enough to stay in the cache between two looks at it.</summary>
    public const int PieceLength = 1 << 20;

    /// <summary>Bytes at the end that were no whole records.</summary>
    public long LostBytes { get; protected set; }

    /// <summary>Reads bytes that will be opened soon, on any thread, where that can be done side by side.</summary>
    public virtual void ReadAhead()
    {
    }

    /// <summary>Opens the bytes that come next, for a look at how far whole records go in them.</summary>
    /// <returns>False at the end of the recording.</returns>
    public abstract bool TryOpen(out RecordPiece piece);

    /// <summary>Closes what was opened.</summary>
    /// <param name="piece">What was opened.</param>
    /// <param name="end">Offset in its source after the last whole record, and after its payload: what lies behind is opened next.</param>
    public abstract void Close(RecordPiece piece, long end);

    /// <summary>Sets a piece aside that cannot be counted soon, so that it takes no memory.</summary>
    public abstract RecordPiece SetAside(RecordPiece piece);

    /// <summary>Brings a piece back to be counted.</summary>
    public abstract RecordPiece Fetch(RecordPiece piece);

    /// <summary>Ends the use of a piece; its bytes are not looked at any more.</summary>
    public abstract void Release(RecordPiece piece);

    /// <inheritdoc/>
    public abstract void Dispose();
}
