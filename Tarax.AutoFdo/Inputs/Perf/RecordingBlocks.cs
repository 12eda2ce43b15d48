using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The bytes of a stored recording in blocks: any thread reads one ahead, side by side with others, and they are taken in order.
/// </summary>
/// <param name="source">The recording.</param>
/// <param name="start">Offset of the first block.</param>
/// <param name="end">Offset after the last.</param>
/// <param name="buffers">Where memory comes from, each for a block.</param>
/// <param name="room">Bytes of a buffer that are left free before the block.</param>
internal sealed class RecordingBlocks(ByteSource source, long start, long end, ChunkBuffers buffers, int room)
{
    private readonly Dictionary<long, ByteSource?> _read = [];
    private readonly int _length = RecordChunks.ChunkLength - room;
    private long _next;

    /// <summary>The block that an offset lies in.</summary>
    public long At(long offset) => (offset - start) / _length;

    /// <summary>Offset of a block's first byte.</summary>
    public long StartOf(long block) => start + (block * _length);

    /// <summary>Offset after a block's last byte.</summary>
    public long EndOf(long block) => Math.Min(StartOf(block + 1), end);

    /// <summary>Reads the first block that nobody has begun to read.</summary>
    public void ReadAhead()
    {
        long block;
        lock (_read)
        {
            block = _next;
            if (StartOf(block) >= end)
            {
                return;
            }

            _next++;
        }

        ByteSource? buffer = null;
        try
        {
            buffer = Read(block);
        }
        catch (Exception e) when (e is InvalidFormatException or IOException)
        {
            // Read again when it is its turn, so that what is reported does not depend on threads.
        }
        finally
        {
            lock (_read)
            {
                _read.Add(block, buffer);
                Monitor.PulseAll(_read);
            }
        }
    }

    /// <summary>Takes a block, later ones later. Those that were passed over are not needed any more.</summary>
    /// <exception cref="InvalidFormatException">The file was cut meanwhile.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ByteSource Take(long block)
    {
        ByteSource? buffer = null;
        lock (_read)
        {
            foreach (var (earlier, unused) in _read)
            {
                if (earlier < block)
                {
                    _read.Remove(earlier);
                    Return(unused);
                }
            }

            if (_next <= block)
            {
                _next = block + 1;
            }
            else
            {
                while (!_read.Remove(block, out buffer))
                {
                    Monitor.Wait(_read);
                }
            }
        }

        return buffer ?? Read(block);
    }

    /// <summary>Reads bytes wherever they lie.</summary>
    /// <param name="offset">Offset in the source.</param>
    /// <param name="length">Length in bytes.</param>
    /// <param name="place">Where in a buffer.</param>
    public ByteSource Read(long offset, long length, int place)
    {
        var buffer = buffers.Take();
        try
        {
            source.Read(offset, buffer.Writable().Slice(place, (int)length));
            return buffer;
        }
        catch
        {
            buffers.Return(buffer);
            throw;
        }
    }

    private ByteSource Read(long block) => Read(StartOf(block), EndOf(block) - StartOf(block), room);

    private void Return(ByteSource? buffer)
    {
        if (buffer is not null)
        {
            buffers.Return(buffer);
        }
    }
}
