using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries;

/// <summary>
/// A program, shared object, vmlinux or module with its debug information. Its files are opened once, and its code is looked at once, so that many recordings of one binary are converted with one
/// object; names and lines are read anew for each, so that a report speaks of its own conversion only, unless the binary is for one recording. It owns all memory that is shown from it. Any thread may
/// use it; what is under way when it is disposed comes to its end.
/// </summary>
public sealed class Binary : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lazy<Symbolizer> _symbolizer;
    private readonly Lazy<FunctionGraphs?> _graphs;
    private readonly bool _ownsFiles;
    private readonly bool _isForOneRecording;
    private int _users;
    private bool _isDisposed;

    internal Binary(BinaryFiles files, bool isForOneRecording = false)
        : this(files, new Lazy<FunctionGraphs?>(() => FunctionGraphs.Of(files.Binary)), ownsFiles: true, isForOneRecording)
    {
    }

    private Binary(BinaryFiles files, Lazy<FunctionGraphs?> graphs, bool ownsFiles, bool isForOneRecording)
    {
        (Files, _graphs, _ownsFiles, _isForOneRecording) = (files, graphs, ownsFiles, isForOneRecording);
        _symbolizer = new Lazy<Symbolizer>(() => new Symbolizer(files));
        Path = files.Binary.Path;
        BuildId = files.Binary.BuildId.ToString();
    }

    /// <summary>Its path, or what it was called.</summary>
    public string Path { get; }

    /// <summary>Its build-id in hexadecimal; empty where it has none.</summary>
    public string BuildId { get; }

    private static ReadOnlySpan<byte> ElfMagic => "\u007fELF"u8;

    internal BinaryFiles Files { get; }

    internal ElfFile File => Files.Binary;

    internal Symbolizer Symbolizer => _symbolizer.Value;

    /// <summary>Null where the file does not hold its code, or it is code of a machine that is not known.</summary>
    internal FunctionGraphs? Graphs => _graphs.Value;

    /// <summary>Opens a binary, and where it has no debug information itself, the file that has it.</summary>
    /// <param name="path">The binary, compressed or not.</param>
    /// <param name="debugDirectories">Folders of separate debug files, searched before <c>/usr/lib/debug</c>; null for none.</param>
    /// <exception cref="InvalidFormatException">It is not an ELF file, or is damaged, or so is its debug file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Binary Open(string path, IEnumerable<string>? debugDirectories = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Open(path, DebugFileSearch.Of(debugDirectories));
    }

    /// <summary>Takes a stream for a binary.</summary>
    /// <param name="stream">Read from where it stands to its end, and closed.</param>
    /// <param name="name">What it is called in messages; a recording without build-ids knows it by its last part.</param>
    /// <param name="debugDirectories">Folders of separate debug files, searched before <c>/usr/lib/debug</c>; null for none.</param>
    /// <exception cref="InvalidFormatException">It is not an ELF file, or is damaged, or so is its debug file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Binary Of(Stream stream, string name, IEnumerable<string>? debugDirectories = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            return new Binary(BinaryFiles.Of(ElfFile.Read(name, Content(StreamStart.Read(stream, ElfFile.Format))), DebugFileSearch.Of(debugDirectories)));
        }
        catch (InvalidFormatException e) when (e.InnerException is null)
        {
            throw new InvalidFormatException(name, e);
        }
    }

    /// <summary>All of a stream, unless its first bytes are no binary's: it may never end.</summary>
    private static ByteSource Content(StreamStart start)
    {
        if (!start.IsWhole && !CompressedFile.IsCompressed(start.Bytes) && !start.Bytes.Span("magic", 0, ElfMagic.Length).SequenceEqual(ElfMagic))
        {
            start.Dispose();
            throw new InvalidFormatException(ElfFile.Format, "magic", 0, "this is not an ELF file");
        }

        return CompressedFile.Decompressed(start.Spooled());
    }

    /// <summary>Does something with the binary, which stays open and must not change meanwhile: with names and lines of its own, or those of the one recording that the binary is for.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="InvalidFormatException">One of its files changed.</exception>
    internal T Use<T>(Func<Binary, T> use)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _users++;
        }

        try
        {
            using var own = _isForOneRecording ? null : new Binary(Files, _graphs, ownsFiles: false, isForOneRecording: true);
            return Files.WhileUnchanged(() => use(own ?? this));
        }
        catch (InvalidFormatException e) when (e.InnerException is null && e.Format == DwarfSections.Format)
        {
            throw new InvalidFormatException(Files.Debug.Path, e);
        }
        finally
        {
            bool isLast;
            lock (_lock)
            {
                isLast = --_users == 0 && _isDisposed;
            }

            if (isLast)
            {
                Close();
            }
        }
    }

    internal static Binary Open(string path, DebugFileSearch search) => new(BinaryFiles.Open(path, search));

    /// <summary>Opens a binary for all that is made of one recording: its names and lines are read once, and stay in memory.</summary>
    internal static Binary OpenForOneRecording(string path, DebugFileSearch search) => new(BinaryFiles.Open(path, search), isForOneRecording: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            if (_users > 0)
            {
                return;
            }
        }

        Close();
    }

    private void Close()
    {
        if (_symbolizer.IsValueCreated)
        {
            _symbolizer.Value.Dispose();
        }

        if (_ownsFiles)
        {
            Files.Dispose();
        }
    }
}
