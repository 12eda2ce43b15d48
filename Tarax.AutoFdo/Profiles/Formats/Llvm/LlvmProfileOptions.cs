namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Choices for writing LLVM's formats.</summary>
public sealed record LlvmProfileOptions
{
    /// <summary>Whether names are written as hashes: smaller, and nobody can read them.</summary>
    public bool HashNames { get; init; }

    /// <summary>Whether the sections of an extensible binary are compressed with zlib; compilers must have been built with it.</summary>
    public bool Compress { get; init; }
}
