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
            ArgumentNullException.ThrowIfNull(path);
            if (!FileSystem.IsRegular(path))
            {
                return Load(InputFile.OpenOnce(path), path == InputFile.StandardInput ? "standard input" : path);
            }

            try
            {
                using var source = InputFile.Open(path, Name, int.MaxValue);
                return Load(source, path);
            }
            catch (InvalidFormatException e) when (e.InnerException is null)
            {
                throw new InvalidFormatException(path, e);
            }
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
            try
            {
                using var source = Spooled(StreamStart.Read(stream, Name));
                return Load(source, name);
            }
            catch (InvalidFormatException e) when (e.InnerException is null)
            {
                throw new InvalidFormatException(name, e);
            }
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

    /// <summary>All of a stream, unless its first bytes are no profile's: it may never end.</summary>
    private static ByteSource Spooled(StreamStart start)
    {
        if (!start.IsWhole && !CompressedFile.IsCompressed(start.Bytes))
        {
            try
            {
                CheckStart(start.Bytes.Span(Name, 0, start.Bytes.Length));
            }
            catch
            {
                start.Dispose();
                throw;
            }
        }

        return CompressedFile.Decompressed(start.Spooled(int.MaxValue), int.MaxValue);
    }

    private static void CheckStart(ReadOnlySpan<byte> start)
    {
        var format = FormatOf(start);
        if (format != ProfileFormat.LlvmText)
        {
            return;
        }

        int line = start.IndexOf((byte)'\n');
        _ = format.Read(line < 0 ? start : start[..line]);
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
        var format = FormatOf(bytes);
        var profile = format.Read(bytes) ?? throw new InvalidFormatException(Name, "content", 0, $"{format.Name} gives no profile");
        return profile.Format is null ? profile.With(profile.Functions, format: format) : profile;
    }

    /// <exception cref="InvalidFormatException">The bytes are of no known format.</exception>
    private static ProfileFormat FormatOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var format in ProfileFormat.All)
        {
            if (format.Recognizes(bytes))
            {
                return format;
            }
        }

        throw new InvalidFormatException(Name, "magic", 0, "is of no known format");
    }
}
