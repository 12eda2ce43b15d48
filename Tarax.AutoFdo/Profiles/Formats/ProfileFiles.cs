using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats;

/// <summary>Profiles in files and streams. Any thread may read and write.</summary>
public static class ProfileFiles
{
    private const string Name = "profile";

    extension(SampleProfile profile)
    {
        /// <summary>Reads a profile of any format: GCC's, or LLVM's as text, binary or extensible binary.</summary>
        /// <param name="path">The file, compressed or not, a named pipe, or <c>-</c> for standard input.</param>
        /// <exception cref="InvalidFormatException">The file is not a profile, is of a kind that is not supported, or is damaged.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        public static SampleProfile Load(string path)
        {
            using var source = InputFile.Open(path, Name);
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
            using var source = CompressedFile.Decompressed(StreamStart.Read(stream, Name).Spooled());
            return Load(source, name);
        }

        /// <summary>Writes a profile. The file appears whole or not at all.</summary>
        /// <param name="path">The file, which is replaced where it exists.</param>
        /// <param name="format">Its format.</param>
        /// <exception cref="ProfileNotExpressibleException">The format cannot say what the profile holds.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path, ProfileFormat format)
        {
            ArgumentNullException.ThrowIfNull(format);
            AtomicFile.Write(path, stream => format.Write(profile, stream));
        }

        /// <summary>Writes a profile to a stream.</summary>
        /// <param name="stream">The stream.</param>
        /// <param name="format">The format.</param>
        /// <exception cref="ProfileNotExpressibleException">The format cannot say what the profile holds.</exception>
        public void Write(Stream stream, ProfileFormat format)
        {
            ArgumentNullException.ThrowIfNull(format);
            format.Write(profile, stream);
        }
    }

    private static SampleProfile Load(ByteSource source, string name)
    {
        try
        {
            return Read(source);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(name, e);
        }
    }

    private static SampleProfile Read(ByteSource source)
    {
        if (source.Length == 0)
        {
            throw new InvalidFormatException(Name, "magic", 0, "the file is empty");
        }

        if (source.Length > int.MaxValue)
        {
            throw new InvalidFormatException(Name, "length", 0, $"is {source.Length} bytes, where 2 GB are the most");
        }

        var bytes = source.Span(Name, 0, source.Length);
        foreach (var format in ProfileFormat.All)
        {
            if (format.Recognizes(bytes))
            {
                return format.Read(bytes);
            }
        }

        throw new InvalidFormatException(Name, "magic", 0, "is of no known format");
    }
}
