using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>A part of a recording that holds whole records.</summary>
/// <param name="Source">What it lies in; null while it is spilled.</param>
/// <param name="Start">Offset of its first record in the source.</param>
/// <param name="End">Offset after its last record.</param>
/// <param name="Origin">Offset of the source in the recording.</param>
internal sealed record RecordChunk(ByteSource? Source, long Start, long End, long Origin)
{
    /// <summary>Whether nothing of the recording follows.</summary>
    public bool IsLast { get; init; }

    /// <summary>Offset in the source at which the recording ends; far away where that is not known.</summary>
    public long Limit { get; init; } = End;

    /// <summary>The latest time of a sample in it, or what else orders samples.</summary>
    public ulong LatestOrder { get; init; }

    /// <summary>Length in bytes.</summary>
    public long Length => End - Start;

    /// <summary>The chunk's records.</summary>
    /// <param name="ending">What the end of the chunk means.</param>
    public RecordReader Records(RecordsEnd ending = RecordsEnd.Exact) => new(Source!, Start, End, ending: ending, origin: Origin, limit: Limit);
}

/// <summary>
/// A recording chunk by chunk, of which few are in memory at a time. One thread at a time opens and closes them; any thread may read ahead, fetch and release.
/// </summary>
internal abstract class RecordChunks : IDisposable
{
    /// <summary>Bytes of one chunk: large enough to make its own start-up cheap, small enough to stay in the cache between two looks at it.</summary>
    public const int ChunkLength = 1 << 20;

    /// <summary>Bytes at the end that were no whole records.</summary>
    public long LostBytes { get; protected set; }

    /// <summary>Reads bytes that will be opened soon, on any thread, where that can be done side by side.</summary>
    public virtual void ReadAhead()
    {
    }

    /// <summary>Opens the bytes that come next, for a look at how far whole records go in them.</summary>
    /// <returns>False at the end of the recording.</returns>
    public abstract bool TryOpen(out RecordChunk chunk);

    /// <summary>Closes what was opened.</summary>
    /// <param name="chunk">What was opened.</param>
    /// <param name="end">Offset in its source after the last whole record, and after its payload: what lies behind is opened next.</param>
    public abstract void Close(RecordChunk chunk, long end);

    /// <summary>Spills a chunk that cannot be counted soon, so that it takes no memory.</summary>
    public abstract RecordChunk Spill(RecordChunk chunk);

    /// <summary>Brings a chunk back to be counted.</summary>
    public abstract RecordChunk Fetch(RecordChunk chunk);

    /// <summary>Ends the use of a chunk; its bytes are not looked at any more.</summary>
    public abstract void Release(RecordChunk chunk);

    /// <inheritdoc/>
    public abstract void Dispose();
}
