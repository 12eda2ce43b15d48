namespace Tarax.AutoFdo.IO;

/// <summary>A file that is written whole, and does not have its name yet.</summary>
internal interface IPendingFile : IDisposable
{
    /// <summary>Keeps what the name stands for under another one, so that it can be put back.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    void KeepOld();

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="IOException">It cannot have it.</exception>
    void PutInPlace();

    /// <summary>Makes the name stand for what it stood for before, or for nothing.</summary>
    /// <exception cref="IOException">It cannot; the message says where that is.</exception>
    void PutBack();

    /// <summary>Removes what was kept.</summary>
    void DropOld();
}
