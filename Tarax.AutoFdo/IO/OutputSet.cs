using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// The outputs of one command: all of them appear, or none. Files are written whole under no name of theirs; when all are, those that cannot be replaced (pipes, devices, standard output) are written
/// to, and then the files get their names. Where one cannot, those before it are put back to what was there. Not for several threads.
/// </summary>
internal sealed class OutputSet : IDisposable
{
    /// <summary>Each is open until all have their names, and so is what it replaces; a process may have 1,024 open, if it asks for no more.</summary>
    private const int FewFiles = 200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly List<IPendingFile> _files = [];
    private readonly List<(string Path, Func<Stream> Open, Action<Stream> Write)> _streams = [];
    private readonly HashSet<string> _cleaned = new(StringComparer.Ordinal);
    private readonly List<string> _madeFolders = [];
    private bool _isDone;

    /// <summary>Writes a file, which gets its name when <see cref="Commit"/> is called; a pipe or a device is only written to then.</summary>
    /// <param name="path">The file, which is replaced where it exists, or a pipe or a device.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(string path, Action<Stream> write)
    {
        if (!OperatingSystem.IsLinux())
        {
            _files.Add(MovedFile.Write(path, write));
            return;
        }

        string target = OutputTarget.Resolve(path, out int? descriptor);
        if (descriptor is { } open)
        {
            _streams.Add((path, () => new OpenDescriptor(open, path), write));
            return;
        }

        switch (FileSystem.StatusOf(target))
        {
            case { IsFolder: true }:
                throw new IOException($"{path}: cannot be written: it is a folder");
            case { IsRegular: false }:
                _streams.Add((path, () => OpenDevice(target, path), write));
                break;
            case var existing:
                if (_cleaned.Add(Path.GetDirectoryName(target) ?? "/"))
                {
                    TemporaryName.RemoveLeftovers(Path.GetDirectoryName(target) ?? "/");
                }

                if (_files.Count == FewFiles)
                {
                    LibC.AllowManyOpenFiles();
                }

                _files.Add(LinkedFile.Write(target, path, existing, write));
                break;
        }
    }

    /// <summary>Makes a folder for files where it is not there; it goes away again where no file gets its name.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void MakeFolder(string path)
    {
        var missing = new List<string>();
        for (string? folder = Path.GetFullPath(path); folder is not null && !FileSystem.IsFolder(folder); folder = Path.GetDirectoryName(folder))
        {
            missing.Add(folder);
        }

        FileSystem.MakeFolder(path);
        _madeFolders.InsertRange(0, missing);
    }

    /// <summary>The same for text in UTF-8.</summary>
    /// <param name="path">The file, which is replaced where it exists, or a pipe or a device.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void AddText(string path, Action<TextWriter> write) => Add(path, stream =>
    {
        const int BufferSize = 1 << 16;
        using var writer = new StreamWriter(stream, Utf8, BufferSize, leaveOpen: true);
        write(writer);
    });

    /// <summary>What goes to standard output, when <see cref="Commit"/> is called.</summary>
    /// <param name="write">Writes it.</param>
    public void AddStandardOutput(Action<Stream> write) => _streams.Add(("standard output", () => new OpenDescriptor(OpenDescriptor.StandardOutput, "standard output"), write));

    /// <summary>Writes to what cannot be replaced, and gives all files their names.</summary>
    /// <exception cref="IOException">One cannot be written, and no file is there that was not there before.</exception>
    public void Commit()
    {
        foreach (var (path, open, write) in _streams)
        {
            using var stream = open();
            OutputFailure.Write(stream, path, write);
        }

        if (_files.Count == 1)
        {
            _files[0].PutInPlace();
        }
        else
        {
            PutAllInPlace();
        }

        _isDone = _files.Count > 0;
    }

    /// <summary>Removes what did not get its name.</summary>
    public void Dispose()
    {
        _files.ForEach(f => f.Dispose());
        foreach (string folder in _isDone ? [] : _madeFolders)
        {
            FileSystem.RemoveIfEmpty(folder);
        }
    }

    private void PutAllInPlace()
    {
        using var signals = new DelayedSignals();
        try
        {
            for (int i = 0; i < _files.Count; i++)
            {
                if (i < _files.Count - 1)
                {
                    _files[i].KeepOld();
                }

                _files[i].PutInPlace();
            }
        }
        catch (IOException e)
        {
            if (PutBack() is { Count: > 0 } lost)
            {
                throw new IOException($"{e.Message}; and what was there before could not be put back: {string.Join(", ", lost)}", e);
            }

            throw;
        }

        _files.ForEach(f => f.DropOld());
    }

    private List<string> PutBack()
    {
        var lost = new List<string>();
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            try
            {
                _files[i].PutBack();
            }
            catch (IOException e)
            {
                lost.Add(e.Message);
            }
        }

        return lost;
    }

    private static FileStream OpenDevice(string target, string path)
    {
        int descriptor = LibC.Open(target, LibC.WriteOnly | LibC.NoTerminal);
        return descriptor >= 0 ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0) : throw OutputFailure.Of(path, Marshal.GetLastPInvokeError());
    }
}
