namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>LLVM's sample profile in its first binary form.</summary>
internal sealed class LlvmBinaryFormat : LlvmProfileFormat
{
    public static readonly LlvmBinaryFormat Instance = new();

    public override string Name => "llvm-binary";

    public override bool HasSummary => true;

    public override bool Recognizes(ReadOnlySpan<byte> bytes) => bytes.StartsWith(LlvmFormat.BinaryMagic);

    public override SampleProfile Read(ReadOnlySpan<byte> bytes) => LlvmBinaryReader.Read(bytes);

    public override void Write(SampleProfile profile, Stream stream) => stream.Write(LlvmBinaryWriter.Write(LlvmPositions.WithoutCollisions(profile)));
}
