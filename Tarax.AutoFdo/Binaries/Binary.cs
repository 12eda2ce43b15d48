using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries;

/// <summary>
/// A program, shared object, vmlinux or module with its debug information. Its files are opened once; names, lines and control flow are read when they are first asked for, and kept, so that many
/// recordings of one binary are converted with one object. It owns all memory that is shown from it. Any thread may use it, until it is disposed.
/// </summary>
public sealed class Binary : IDisposable
{
    private readonly Lazy<Symbolizer> _symbolizer;
    private readonly Lazy<FunctionGraphs?> _graphs;

    internal Binary(BinaryFiles files)
    {
        Files = files;
        _symbolizer = new Lazy<Symbolizer>(() => new Symbolizer(files));
        _graphs = new Lazy<FunctionGraphs?>(() => FunctionGraphs.Of(files.Binary));
    }

    /// <summary>Its path, or what it was called.</summary>
    public string Path => Files.Binary.Path;

    /// <summary>Its build-id in hexadecimal; empty where it has none.</summary>
    public string BuildId => Files.Binary.BuildId.ToString();

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
        var content = CompressedFile.Decompressed(StreamStart.Read(stream, ElfFile.Format).Spooled());
        return new Binary(BinaryFiles.Of(ElfFile.Read(name, content), DebugFileSearch.Of(debugDirectories)));
    }

    internal static Binary Open(string path, DebugFileSearch search) => new(BinaryFiles.Open(path, search));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_symbolizer.IsValueCreated)
        {
            _symbolizer.Value.Dispose();
        }

        Files.Dispose();
    }
}
