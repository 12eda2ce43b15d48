using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.IO;

/// <summary>A file under a random name, for file systems on which none can be without one; removed when the process is ended by a signal that can be seen.</summary>
internal sealed unsafe class NamedTemporary : IDisposable
{
    /// <summary>SIGXFSZ has no name in .NET.</summary>
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private bool _isRenamed;

    private NamedTemporary(string path, SafeFileHandle handle)
    {
        Path = path;
        Handle = handle;
        foreach (var signal in DelayedSignals.Ending.Append(FileSizeExceeded))
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, _ => Remove()));
        }
    }

    public SafeFileHandle Handle { get; }

    /// <summary>The random name.</summary>
    public string Path { get; }

    public static NamedTemporary Create(string folder, string path)
    {
        const int Tries = 100;
        for (int i = 0; i < Tries; i++)
        {
            string name = System.IO.Path.Combine(folder, TemporaryName.New());
            int descriptor = LibC.Open(name, LibC.Create | LibC.Exclusive | LibC.ReadWrite | LibC.NoFollow, LinkedFile.NewFileMode);
            if (descriptor < 0)
            {
                throw OutputFailure.Of(path, Marshal.GetLastPInvokeError());
            }

            var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            if (WriterLock.TryTake(descriptor) && FileSystem.StatusOf(descriptor) is { Links: > 0 })
            {
                return new NamedTemporary(name, handle);
            }

            // Another run took it for a leftover before it was locked.
            handle.Dispose();
        }

        throw new IOException($"{path}: cannot be written: its temporary file vanishes again and again");
    }

    /// <summary>The file has its own name now.</summary>
    public void WasRenamed() => _isRenamed = true;

    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        Remove();
        Handle.Dispose();
    }

    private void Remove()
    {
        if (!_isRenamed)
        {
            fixed (byte* name = FileName.ToNative(Path))
            {
                _ = LibC.unlink(name);
            }
        }
    }
}
