using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The memory of chunks that are looked at: buffers of <see cref="RecordChunks.ChunkLength"/> bytes, which are used again. Any thread may take and return them.
/// </summary>
internal sealed class ChunkBuffers : IDisposable
{
    /// <summary>What was returned last comes first: it is in the cache.</summary>
    private readonly Stack<ByteSource> _free = [];
    private readonly List<ByteSource> _memory = [];
    private bool _isDisposed;

    public ByteSource Take()
    {
        lock (_free)
        {
            if (_free.Count == 0)
            {
                Grow();
            }

            return _free.Pop();
        }
    }

    public void Return(ByteSource buffer)
    {
        lock (_free)
        {
            _free.Push(buffer);
        }
    }

    public void Dispose()
    {
        lock (_free)
        {
            _isDisposed = true;
            _free.Clear();
            _memory.ForEach(m => m.Dispose());
        }
    }

    private void Grow()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var memory = ByteSource.Allocate(HugePages.Size, PerfDataFile.Format);
        _memory.Add(memory);
        for (int offset = 0; offset < HugePages.Size; offset += RecordChunks.ChunkLength)
        {
            _free.Push(memory.Part(PerfDataFile.Format, offset, RecordChunks.ChunkLength));
        }
    }
}
