using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// Bytes of an input with 64-bit length: a memory-mapped file, an array, memory of its own, or a part of another source.
/// Spans stay valid until the source that owns the memory is disposed.
/// </summary>
internal sealed unsafe class ByteSource : IDisposable
{
    private readonly byte* _start;
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;
    private FileStream? _open;
    private SafeFileHandle? _handle;
    private GCHandle _pin;
    private bool _isMapped;
    private bool _isWritable;
    private bool _ownsMemory;
    private int _faultSlot = -1;
    private FileStatus? _status;

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
    public long Length { get; private set; }

    /// <summary>Offset of the first byte in the file that it came from, for messages.</summary>
    public long Position { get; }

    /// <summary>Maps a regular file for reading, which stays open.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The format's name for messages.</param>
    /// <exception cref="IOException">The file cannot be opened or mapped, or is not a regular one.</exception>
    public static ByteSource Open(string path, string name) => Map(FileSystem.OpenRegular(path), name, keepsOpen: true);

    /// <summary>Maps an open file for reading.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">The format's name for messages.</param>
    /// <param name="keepsOpen">
    /// Whether the file stays open, and belongs to the source, for <see cref="Read(long, Span{byte})"/>; otherwise it may be closed afterwards.
    /// </param>
    public static ByteSource Map(FileStream stream, string name, bool keepsOpen = false)
    {
        long length = stream.Length;
        if (length == 0)
        {
            if (keepsOpen)
            {
                stream.Dispose();
            }

            return FromArray([], name);
        }

        try
        {
            var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            var source = new ByteSource(name, pointer + view.PointerOffset, length, 0) { _file = file, _view = view, _isMapped = true };
            source._faultSlot = MappingFaults.Add(source._start, length);
            if (keepsOpen)
            {
                (source._open, source._handle) = (stream, stream.SafeFileHandle);
                source._status = FileSystem.StatusOf((int)stream.SafeFileHandle.DangerousGetHandle());
            }

            return source;
        }
        catch when (keepsOpen)
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Wraps an array, which is pinned until the source is disposed.</summary>
    public static ByteSource FromArray(byte[] bytes, string name)
    {
        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        return new ByteSource(name, (byte*)pin.AddrOfPinnedObject(), bytes.LongLength, 0) { _pin = pin };
    }

    /// <summary>Takes memory that is not zeroed, in huge pages where there are some, until the source is disposed.</summary>
    public static ByteSource Allocate(int length, string name)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, HugePages.Size);
        HugePages.Advise(memory, (nuint)length);
        return new ByteSource(name, memory, length, 0) { _isWritable = true, _ownsMemory = true };
    }

    /// <summary>The bytes, to be written: of memory that was taken for that.</summary>
    public Span<byte> Writable() =>
        _isWritable ? new(_start, checked((int)Length)) : throw new InvalidOperationException("the bytes are those of an input");

    /// <summary>Leaves out what lies behind some length, to which memory has not been filled.</summary>
    public void Shorten(long length)
    {
        Check("length", 0, length);
        Length = length;
    }

    /// <summary>A part of this source under a name of its own; the memory stays this source's.</summary>
    /// <exception cref="InvalidFormatException">The part does not lie within the source.</exception>
    public ByteSource Part(string name, long offset, long length)
    {
        Check(name, offset, length);
        return new ByteSource(name, _start + offset, length, Position + offset) { _isMapped = _isMapped, _isWritable = _isWritable };
    }

    /// <summary>
    /// Gives the memory of a mapped file back, which was looked at here and there; what is needed again is mapped again. Spans stay valid.
    /// </summary>
    public void Release()
    {
        const int DontNeed = 4;
        if (!_isMapped || !OperatingSystem.IsLinux())
        {
            return;
        }

        // Whole pages only; pages of a file that was only read come back as they were.
        ulong page = (ulong)Environment.SystemPageSize;
        ulong start = ((ulong)_start + page - 1) & ~(page - 1);
        ulong end = ((ulong)_start + (ulong)Length) & ~(page - 1);
        if (end > start)
        {
            _ = LibC.madvise((void*)start, (nuint)(end - start), DontNeed);
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

    /// <summary>
    /// Copies a part, of a file that was kept open by reading it again: where all of a large file is looked at once, its pages need not be mapped, which
    /// costs more than copying.
    /// </summary>
    /// <exception cref="InvalidFormatException">The part does not lie within the source, or no longer: the file was cut meanwhile.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        var mapped = Span("content", offset, bytes.Length);
        if (_handle is null)
        {
            mapped.CopyTo(bytes);
            return;
        }

        for (int done = 0; done < bytes.Length;)
        {
            int read = RandomAccess.Read(_handle, bytes[done..], offset + done);
            done += read > 0 ? read : throw new InvalidFormatException(Name, "content", offset + done, $"is no longer there: the file had {Length} bytes when it was opened");
        }
    }

    /// <summary>Checks that a file that was kept open is as it was when it was opened: what was read of it while it changed is of no use.</summary>
    /// <exception cref="InvalidFormatException">It was cut, or written to.</exception>
    public void EnsureUnchanged()
    {
        if (_handle is not null && _status is { } before && FileSystem.StatusOf((int)_handle.DangerousGetHandle()) is { } now && (now.Size, now.Modified) != (before.Size, before.Modified))
        {
            throw new InvalidFormatException(
                Name, "file", -1, now.Size < before.Size
                    ? $"was cut from {before.Size} to {now.Size} bytes while it was read; is it being built or copied? Try again when it is whole"
                    : "was written to while it was read; is it being built or copied? Try again when it is whole");
        }
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
            MappingFaults.Remove(_faultSlot);
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
            _view = null;
            _file = null;
        }

        if (_ownsMemory)
        {
            NativeMemory.AlignedFree(_start);
            _ownsMemory = false;
        }

        _open?.Dispose();
        if (_pin.IsAllocated)
        {
            _pin.Free();
        }
    }

    /// <summary>The bytes as a stream, of any length; it must not outlive the source.</summary>
    public Stream Read() => new UnmanagedMemoryStream(_start, Length);

    private void Check(string field, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
        {
            throw new InvalidFormatException(
                Name, field, Position + Math.Max(offset, 0), $"needs {length} bytes from offset {offset}, but {Name} has {Length}");
        }
    }
}
