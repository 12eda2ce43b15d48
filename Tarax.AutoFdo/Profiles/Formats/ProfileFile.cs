using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Profiles.Formats;

/// <summary>Profiles as bytes: which format it is, and who reads and writes it.</summary>
internal static class ProfileFile
{
    public const string Name = "profile";

    /// <summary>Reads a profile of any format, which is told by its first bytes.</summary>
    /// <exception cref="InvalidFormatException">The bytes are not a profile, are of a kind that is not supported, or are damaged.</exception>
    public static SampleProfile Read(ByteSource source)
    {
        if (source.Length == 0)
        {
            throw new InvalidFormatException(Name, "magic", 0, "the file is empty");
        }

        if (source.Length > int.MaxValue)
        {
            throw new InvalidFormatException(Name, "length", 0, $"is {source.Length} bytes, where 2 GB are the most");
        }

        var bytes = source.Span("profile", 0, source.Length);
        return GcovFormat.HasMagic(bytes) ? GcovReader.Read(source)
            : bytes.StartsWith(LlvmFormat.ExtBinaryMagic) ? LlvmExtBinaryReader.Read(bytes)
            : bytes.StartsWith(LlvmFormat.BinaryMagic) ? LlvmBinaryReader.Read(bytes)
            : LlvmTextReader.Read(bytes);
    }

    /// <exception cref="ProfileNotExpressibleException">The format cannot say what the profile holds.</exception>
    public static ReadOnlySpan<byte> Write(SampleProfile profile, ProfileFormat format, LlvmProfileOptions options)
    {
        if (format.ToGcovVersion() is { } version)
        {
            return profile.HasHashedNames
                ? throw new ProfileNotExpressibleException("the names of this profile are hashes, which GCC cannot match; make it with names (llvm-profdata cannot bring them back either)")
                : GcovWriter.Write(profile, version);
        }

        profile = LlvmPositions.WithoutCollisions(options.HashNames ? profile.WithHashedNames() : profile);
        return format switch
        {
            ProfileFormat.LlvmText when profile.HasHashedNames => throw new ProfileNotExpressibleException("the names of this profile are hashes, which the text form cannot tell from names; write llvm-extbinary"),
            ProfileFormat.LlvmText => LlvmTextWriter.Write(profile),
            ProfileFormat.LlvmBinary => LlvmBinaryWriter.Write(profile),
            ProfileFormat.LlvmExtBinary => LlvmExtBinaryWriter.Write(profile, options),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "is not a format of profiles"),
        };
    }
}
