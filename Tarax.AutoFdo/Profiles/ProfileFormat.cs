namespace Tarax.AutoFdo.Profiles;

/// <summary>
/// A format of profiles: how they are recognized by their first bytes, read and written. Of another format than the library's own, a profile is read by <c>SampleProfile.Load</c> once the format was
/// added (<c>ProfileFormat.Add</c>). Immutable; any thread may use it.
/// </summary>
public abstract class ProfileFormat
{
    /// <summary>Its name on the command line and in messages: <c>gcov-2</c>, <c>llvm-text</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Formats of a family number the code of a line in the same way (discriminators): <c>gcov</c>, <c>llvm</c>.</summary>
    public abstract string Family { get; }

    /// <summary>Whether it has a summary, by which the compiler knows hot code.</summary>
    public virtual bool HasSummary => false;

    /// <summary>Whether a file is of the format.</summary>
    /// <param name="bytes">The file from its first byte on: all of it, or at least a million bytes.</param>
    public abstract bool Recognizes(ReadOnlySpan<byte> bytes);

    /// <summary>Reads a profile.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <exception cref="Diagnostics.InvalidFormatException">It is of a kind that is not supported, or damaged.</exception>
    public abstract SampleProfile Read(ReadOnlySpan<byte> bytes);

    /// <summary>Writes a profile: the same bytes for the same functions, in whatever order they are.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="stream">Where to; it stays open.</param>
    /// <exception cref="ProfileNotExpressibleException">The format cannot say what the profile holds.</exception>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public abstract void Write(SampleProfile profile, Stream stream);

    /// <summary>See <see cref="Name"/>.</summary>
    public override string ToString() => Name;
}
