using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Profiles.Formats;

/// <summary>Profiles in files and streams. Any thread may read and write.</summary>
public static class ProfileFiles
{
    extension(SampleProfile profile)
    {
        /// <summary>Reads a profile of any format: GCC's, or LLVM's as text, binary or extensible binary.</summary>
        /// <param name="path">The file, compressed or not, a named pipe, or <c>-</c> for standard input.</param>
        /// <exception cref="InvalidFormatException">The file is not a profile, is of a kind that is not supported, or is damaged.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        public static SampleProfile Load(string path)
        {
            using var source = InputFile.Open(path, ProfileFile.Name);
            return Load(source, path);
        }

        /// <summary>Reads a profile of any format from a stream.</summary>
        /// <param name="stream">Read from where it stands to its end, and closed.</param>
        /// <param name="name">What it is called in messages.</param>
        /// <exception cref="InvalidFormatException">It is not a profile, is of a kind that is not supported, or is damaged.</exception>
        /// <exception cref="IOException">It cannot be read.</exception>
        public static SampleProfile Load(Stream stream, string name)
        {
            ArgumentNullException.ThrowIfNull(stream);
            ArgumentNullException.ThrowIfNull(name);
            using var source = CompressedFile.Decompressed(StreamStart.Read(stream, ProfileFile.Name).Spooled());
            return Load(source, name);
        }

        /// <summary>Writes a profile for GCC. The file appears whole or not at all.</summary>
        /// <param name="path">The file, which is replaced where it exists.</param>
        /// <param name="version">The version that the compiler reads, 1 to 3.</param>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path, GcovVersion version) => profile.Save(path, version.ToFormat());

        /// <summary>Writes a profile. The file appears whole or not at all.</summary>
        /// <param name="path">The file, which is replaced where it exists.</param>
        /// <param name="format">Its format.</param>
        /// <param name="options">Choices for LLVM's formats; null for the defaults.</param>
        /// <exception cref="ProfileNotExpressibleException">The format cannot say what the profile holds.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path, ProfileFormat format, LlvmProfileOptions? options = null) =>
            AtomicFile.Write(path, stream => profile.Write(stream, format, options));

        /// <summary>Writes a profile for GCC to a stream.</summary>
        /// <param name="stream">The stream.</param>
        /// <param name="version">The version that the compiler reads.</param>
        public void Write(Stream stream, GcovVersion version) => profile.Write(stream, version.ToFormat());

        /// <summary>Writes a profile to a stream.</summary>
        /// <param name="stream">The stream.</param>
        /// <param name="format">The format.</param>
        /// <param name="options">Choices for LLVM's formats; null for the defaults.</param>
        /// <exception cref="ProfileNotExpressibleException">The format cannot say what the profile holds.</exception>
        public void Write(Stream stream, ProfileFormat format, LlvmProfileOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(stream);
            stream.Write(ProfileFile.Write(profile, format, options ?? new LlvmProfileOptions()));
        }
    }

    private static SampleProfile Load(ByteSource source, string name)
    {
        try
        {
            return ProfileFile.Read(source);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(name, e);
        }
    }
}
