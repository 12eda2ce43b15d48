namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>LLVM's sample profile in sections, of which a compiler reads what it needs: what LLVM's own tools write.</summary>
public sealed class LlvmExtBinaryFormat : LlvmProfileFormat
{
    internal static readonly LlvmExtBinaryFormat Instance = new();

    /// <summary>Whether names are written as hashes: smaller, and nobody can read them.</summary>
    public bool HashNames { get; init; }

    /// <summary>Whether the sections are compressed with zlib; compilers must have been built with it.</summary>
    public bool Compress { get; init; }

    /// <inheritdoc/>
    public override string Name => "llvm-extbinary";

    /// <inheritdoc/>
    public override bool HasSummary => true;

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> bytes) => bytes.StartsWith(LlvmFormat.ExtBinaryMagic);

    /// <inheritdoc/>
    public override SampleProfile Read(ReadOnlySpan<byte> bytes) => LlvmExtBinaryReader.Read(bytes);

    /// <inheritdoc/>
    public override void Write(SampleProfile profile, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(LlvmExtBinaryWriter.Write(LlvmPositions.WithoutCollisions(HashNames ? profile.WithHashedNames() : profile), Compress));
    }
}
