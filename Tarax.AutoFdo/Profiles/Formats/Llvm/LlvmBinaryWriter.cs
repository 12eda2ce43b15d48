using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Writes LLVM's first binary form.</summary>
internal static class LlvmBinaryWriter
{
    /// <exception cref="ProfileNotExpressibleException">The format has no place for what the profile holds.</exception>
    public static ReadOnlySpan<byte> Write(SampleProfile profile)
    {
        if (profile.HasHashedNames)
        {
            throw new ProfileNotExpressibleException("llvm-binary has no hashed names; write llvm-extbinary");
        }

        var writer = new ByteWriter();
        writer.Bytes(LlvmFormat.BinaryMagic);
        writer.Uleb(LlvmFormat.Version);
        var bodies = new LlvmBodyWriter(profile);
        bodies.WriteSummary(writer);
        bodies.WriteNames(writer);
        foreach (var function in bodies.Functions)
        {
            bodies.WriteFunction(function, writer);
        }

        return writer.Written;
    }
}
