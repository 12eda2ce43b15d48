using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>While it lives, signals that end a process from outside wait: several files get their names in one go. SIGKILL waits for nothing.</summary>
internal sealed class DelayedSignals : IDisposable
{
    /// <summary>The signals that end a process from outside.</summary>
    public static readonly PosixSignal[] Ending = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public DelayedSignals() => _registrations = Array.ConvertAll(Ending, s => PosixSignalRegistration.Create(s, _ => _over.Task.Wait()));

    public void Dispose()
    {
        _over.SetResult();
        Array.ForEach(_registrations, r => r.Dispose());
    }
}
