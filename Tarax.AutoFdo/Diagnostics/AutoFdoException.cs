namespace Tarax.AutoFdo.Diagnostics;

/// <summary>
/// What the library says of inputs that it cannot use, and of what cannot be made of them; the message is for people. Files that cannot be read or written are an <see cref="IOException"/>.
/// </summary>
public abstract class AutoFdoException : Exception
{
    private protected AutoFdoException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
