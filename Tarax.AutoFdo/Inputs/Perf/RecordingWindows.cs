using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// The bytes of a stored recording in windows: any thread reads one ahead, side by side with others, and they are taken in order.
/// </summary>
/// <param name="source">The recording.</param>
/// <param name="start">Offset of the first window.</param>
/// <param name="end">Offset after the last.</param>
/// <param name="buffers">Where memory comes from, each for a window.</param>
/// <param name="room">Bytes of a buffer that are left free before the window.</param>
internal sealed class RecordingWindows(ByteSource source, long start, long end, PieceBuffers buffers, int room)
{
    private readonly Dictionary<long, ByteSource?> _read = [];
    private readonly int _length = RecordPieces.PieceLength - room;
    private long _next;

    /// <summary>The window that an offset lies in.</summary>
    public long At(long offset) => (offset - start) / _length;

    /// <summary>Offset of a window's first byte.</summary>
    public long StartOf(long window) => start + (window * _length);

    /// <summary>Offset after a window's last byte.</summary>
    public long EndOf(long window) => Math.Min(StartOf(window + 1), end);

    /// <summary>Reads the first window that nobody has begun to read.</summary>
    public void ReadAhead()
    {
        long window;
        lock (_read)
        {
            window = _next;
            if (StartOf(window) >= end)
            {
                return;
            }

            _next++;
        }

        ByteSource? buffer = null;
        try
        {
            buffer = Read(window);
        }
        catch (Exception e) when (e is InvalidFormatException or IOException)
        {
            // Read again when it is its turn, so that what is told does not depend on threads.
        }
        finally
        {
            lock (_read)
            {
                _read.Add(window, buffer);
                Monitor.PulseAll(_read);
            }
        }
    }

    /// <summary>Takes a window, later ones later. Those that were passed over are not needed any more.</summary>
    /// <exception cref="InvalidFormatException">The file was cut meanwhile.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ByteSource Take(long window)
    {
        ByteSource? buffer = null;
        lock (_read)
        {
            foreach (var (earlier, unused) in _read)
            {
                if (earlier < window)
                {
                    _read.Remove(earlier);
                    Return(unused);
                }
            }

            if (_next <= window)
            {
                _next = window + 1;
            }
            else
            {
                while (!_read.Remove(window, out buffer))
                {
                    Monitor.Wait(_read);
                }
            }
        }

        return buffer ?? Read(window);
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

    private ByteSource Read(long window) => Read(StartOf(window), EndOf(window) - StartOf(window), room);

    private void Return(ByteSource? buffer)
    {
        if (buffer is not null)
        {
            buffers.Return(buffer);
        }
    }
}
