using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Profiles;

/// <summary>A format cannot say what a profile holds, in a way that would be lost or misread.</summary>
/// <param name="message">What it is, and what to do.</param>
public sealed class ProfileNotExpressibleException(string message) : AutoFdoException(message);
