using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// Bytes of an input with 64-bit length: a memory-mapped file, an array, or a part of another source.
/// Spans stay valid until the source that owns the memory is disposed.
/// </summary>
internal sealed unsafe partial class ByteSource : IDisposable
{
    private readonly byte* _start;
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;
    private GCHandle _pin;
    private bool _isMapped;

    private ByteSource(string name, byte* start, long length, long position)
    {
        Name = name;
        Length = length;
        Position = position;
        _start = start;
    }

    /// <summary>The format's name for messages, such as <c>perf.data</c> or <c>.debug_info</c>.</summary>
    public string Name { get; }

    /// <summary>Address of the first byte, for libraries that take one.</summary>
    public byte* Start => _start;

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Offset of the first byte in the file that it came from, for messages.</summary>
    public long Position { get; }

    /// <summary>Maps a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The format's name for messages.</param>
    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    public static ByteSource Open(string path, string name)
    {
        using var stream = OpenFile(path);
        return stream.CanSeek ? Map(stream, name) : throw new IOException($"{path}: is not a regular file");
    }

    /// <summary>Maps an open file for reading; the stream may be closed afterwards.</summary>
    public static ByteSource Map(FileStream stream, string name)
    {
        long length = stream.Length;
        if (length == 0)
        {
            return FromArray([], name);
        }

        var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        return new ByteSource(name, pointer + view.PointerOffset, length, 0) { _file = file, _view = view, _isMapped = true };
    }

    /// <summary>Wraps an array, which is pinned until the source is disposed.</summary>
    public static ByteSource FromArray(byte[] bytes, string name)
    {
        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        return new ByteSource(name, (byte*)pin.AddrOfPinnedObject(), bytes.LongLength, 0) { _pin = pin };
    }

    /// <summary>A part of this source under a name of its own; the memory stays this source's.</summary>
    /// <exception cref="InvalidFormatException">The part does not lie within the source.</exception>
    public ByteSource Part(string name, long offset, long length)
    {
        Check(name, offset, length);
        return new ByteSource(name, _start + offset, length, Position + offset) { _isMapped = _isMapped };
    }

    /// <summary>
    /// Gives the memory of a mapped file back, which was looked at here and there; what is needed again is mapped again. Spans stay valid.
    /// </summary>
    public void Release() => Release(0, Length);

    /// <summary>The same of a part, which must lie within the source.</summary>
    public void Release(long offset, long length)
    {
        const int DontNeed = 4;
        Check(Name, offset, length);
        if (!_isMapped || !OperatingSystem.IsLinux())
        {
            return;
        }

        // Whole pages only; pages of a file that was only read come back as they were.
        ulong page = (ulong)Environment.SystemPageSize;
        ulong start = ((ulong)_start + (ulong)offset + page - 1) & ~(page - 1);
        ulong end = ((ulong)_start + (ulong)offset + (ulong)length) & ~(page - 1);
        if (end > start)
        {
            _ = madvise((void*)start, (nuint)(end - start), DontNeed);
        }
    }

    /// <summary>The bytes of a part.</summary>
    /// <param name="field">What is read, for the message.</param>
    /// <param name="offset">Offset in this source.</param>
    /// <param name="length">Length in bytes.</param>
    /// <exception cref="InvalidFormatException">The part does not lie within the source, or is longer than a span can be.</exception>
    public ReadOnlySpan<byte> Span(string field, long offset, long length)
    {
        if (length > int.MaxValue)
        {
            throw new InvalidFormatException(Name, field, Position + offset, $"is {length} bytes long, more than can be read at once");
        }

        Check(field, offset, length);
        return new ReadOnlySpan<byte>(_start + offset, (int)length);
    }

    /// <summary>All bytes; see <see cref="Span"/>.</summary>
    public ReadOnlySpan<byte> All() => Span("content", 0, Length);

    /// <summary>A cursor over a part, in the given byte order.</summary>
    public ByteCursor Cursor(string field, long offset, long length, bool isBigEndian = false) =>
        new(Span(field, offset, length), Name, Position + offset, isBigEndian);

    public void Dispose()
    {
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
            _view = null;
            _file = null;
        }

        if (_pin.IsAllocated)
        {
            _pin.Free();
        }
    }

    /// <summary>The bytes as a stream, of any length; it must not outlive the source.</summary>
    public Stream Read() => new UnmanagedMemoryStream(_start, Length);

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">It is a folder, or may not be read.</exception>
    public static FileStream OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: is a folder, where a file is expected");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: may not be read", e);
        }
    }

    private void Check(string field, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
        {
            throw new InvalidFormatException(
                Name, field, Position + Math.Max(offset, 0), $"needs {length} bytes from offset {offset}, but {Name} has {Length}");
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
