namespace Tarax.AutoFdo.IO;

/// <summary>
/// The lock that distinguishes a file that is being written from one that was left behind. It is shared, so that who opens the file as soon as it has its name can read it (.NET reads under a
/// shared lock), and is given back before the file is closed: a process that is being started on another thread has all descriptors, and with them the lock, until it runs its program.
/// </summary>
internal readonly struct WriterLock : IDisposable
{
    private readonly int _descriptor;

    public WriterLock(int descriptor)
    {
        _descriptor = descriptor;
        _ = TryTake(descriptor);
    }

    /// <summary>Whether nobody takes the file for one that was left behind. On NFS a shared lock wants a descriptor that can read (flock(2)).</summary>
    public static bool TryTake(int descriptor) => LibC.flock(descriptor, LibC.LockShared | LibC.LockNow) == 0;

    public void Dispose() => _ = LibC.flock(_descriptor, LibC.Unlock);
}
