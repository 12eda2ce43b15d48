namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>LLVM's sample profile as text. It has no first bytes of its own: what is no other format is taken for it.</summary>
internal sealed class LlvmTextFormat : LlvmProfileFormat
{
    public static readonly LlvmTextFormat Instance = new();

    public override string Name => "llvm-text";

    public override bool Recognizes(ReadOnlySpan<byte> bytes) => true;

    public override SampleProfile Read(ReadOnlySpan<byte> bytes) => LlvmTextReader.Read(bytes);

    public override void Write(SampleProfile profile, Stream stream) => stream.Write(profile.HasHashedNames
        ? throw new ProfileNotExpressibleException("the names of this profile are hashes, which the text form cannot tell from names; write llvm-extbinary")
        : LlvmTextWriter.Write(LlvmPositions.WithoutCollisions(profile)));
}
