using System.Buffers.Binary;
using System.IO.Compression;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// Files that are compressed as a whole, as distributions ship modules and people send recordings: gzip, xz and zstd, recognized by their first bytes.
/// </summary>
internal static class CompressedFile
{
    private const uint ZstdMagic = 0xfd2fb528;

    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> XzMagic => [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0];

    /// <summary>The content of a file, decompressed where it is compressed.</summary>
    /// <exception cref="InvalidFormatException">The compressed data are damaged, or the library for them is not installed.</exception>
    public static ByteSource Open(string path, string name) => Decompressed(ByteSource.Open(path, name));

    /// <summary>Whether bytes begin as one of the compressions does.</summary>
    public static bool IsCompressed(ByteSource source) =>
        source.Length >= XzMagic.Length && source.Span("magic", 0, XzMagic.Length) is var head
        && (head.StartsWith(GzipMagic) || head.StartsWith(XzMagic) || BinaryPrimitives.ReadUInt32LittleEndian(head) == ZstdMagic);

    /// <summary>The content of a source, decompressed where it is compressed; the source is then disposed.</summary>
    /// <param name="source">The source.</param>
    /// <param name="most">The most bytes that it may become; null for <see cref="Spool.LimitOf"/>.</param>
    public static ByteSource Decompressed(ByteSource source, long? most = null)
    {
        if (source.Length < XzMagic.Length)
        {
            return source;
        }

        try
        {
            var head = source.Span("magic", 0, XzMagic.Length);
            Action<ByteSource, Spool>? decompress =
                head.StartsWith(GzipMagic) ? Gzip
                : head.StartsWith(XzMagic) ? Xz.Decompress
                : BinaryPrimitives.ReadUInt32LittleEndian(head) == ZstdMagic ? Zstd
                : null;
            if (decompress is null)
            {
                return source;
            }

            using var spool = new Spool(source.Name, most ?? Spool.LimitOf(source.Length), isCompressed: true);
            decompress(source, spool);
            source.Dispose();
            return spool.ToSource();
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static void Gzip(ByteSource source, Spool target)
    {
        using var gzip = new GZipStream(source.Read(), CompressionMode.Decompress);
        byte[] piece = new byte[1 << 16];
        for (int read; (read = Read(gzip, piece)) > 0;)
        {
            target.Write(piece.AsSpan(0, read));
        }

        // GZipStream takes an early end for the end. The last word is the length of the content (RFC 1952, ISIZE).
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source.Span("gzip ISIZE", source.Length - sizeof(uint), sizeof(uint)));
        if (length != (uint)target.Length)
        {
            throw new InvalidFormatException("gzip", "ISIZE", source.Length - sizeof(uint), $"is {length}, where {target.Length} bytes were decompressed: the file ends early, or has several parts; unpack it with gzip -d");
        }
    }

    private static int Read(GZipStream gzip, byte[] piece)
    {
        try
        {
            return gzip.Read(piece);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InvalidFormatException("gzip", "data", 0, "are damaged");
        }
    }

    private static void Zstd(ByteSource source, Spool target)
    {
        const int ChunkLength = 1 << 20;
        using var decoder = new Zstandard.Decoder("zstd", "magic", 0);
        for (long at = 0; at < source.Length; at += ChunkLength)
        {
            decoder.Decompress(source.Span("zstd data", at, Math.Min(ChunkLength, source.Length - at)), at, target.Write);
        }

        if (!decoder.IsAtEndOfFrame)
        {
            throw new InvalidFormatException("zstd", "data", source.Length, "end early");
        }
    }
}
