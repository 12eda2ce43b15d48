using System.Buffers.Binary;
using System.IO.Compression;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>
/// Decompression of sections: SHF_COMPRESSED with an Elf32_Chdr or Elf64_Chdr (zlib and zstd), and the older <c>.zdebug_</c>
/// sections that begin with "ZLIB" and a big-endian size.
/// </summary>
internal static class CompressedSection
{
    private const uint Zlib = 1;
    private const uint Zstd = 2;

    /// <summary>The most that a byte can become: deflate reaches 1032, a zstd block 32,768 from one repeated byte.</summary>
    private const ulong MaximumZlibRatio = 1040;
    private const ulong MaximumZstdRatio = 40_000;

    /// <summary>Whether a section is one whose content may be compressed.</summary>
    public static bool IsCompressed(ElfSection section) => section.IsCompressed || section.Name.StartsWith(".zdebug_", StringComparison.Ordinal);

    /// <summary>What a section says that it becomes; 0 where it is not compressed.</summary>
    public static ulong SizeOf(ElfFile file, ElfSection section, ByteSource raw)
    {
        if (section.IsCompressed)
        {
            var header = raw.Cursor("compression header", 0, Math.Min(raw.Length, 24), file.IsBigEndian);
            header.Skip("ch_type", file.Is64Bit ? 8u : 4);
            return file.Is64Bit ? header.U64("ch_size") : header.U32("ch_size");
        }

        return raw.Length >= 12 && raw.Span("magic", 0, 4).SequenceEqual("ZLIB"u8) ? BinaryPrimitives.ReadUInt64BigEndian(raw.Span("size", 4, 8)) : 0;
    }

    /// <summary>The content of a section: <paramref name="raw"/> itself where it is not compressed, or a new source that the caller owns.</summary>
    public static ByteSource Decompress(ElfFile file, ElfSection section, ByteSource raw)
    {
        if (section.IsCompressed)
        {
            var header = raw.Cursor("compression header", 0, Math.Min(raw.Length, 24), file.IsBigEndian);
            uint type = header.U32("ch_type");
            header.Skip("ch_reserved", file.Is64Bit ? 4u : 0);
            ulong size = file.Is64Bit ? header.U64("ch_size") : header.U32("ch_size");
            header.Skip("ch_addralign", file.Is64Bit ? 8u : 4);
            return Inflate(section.Name, raw, header.Position, type, size);
        }

        if (section.Name.StartsWith(".zdebug_", StringComparison.Ordinal) && raw.Length >= 12 && raw.Span("magic", 0, 4).SequenceEqual("ZLIB"u8))
        {
            ulong size = BinaryPrimitives.ReadUInt64BigEndian(raw.Span("size", 4, 8));
            return Inflate(section.Name, raw, 12, Zlib, size);
        }

        return raw;
    }

    private static unsafe ByteSource Inflate(string name, ByteSource raw, int start, uint type, ulong size)
    {
        var compressed = raw.Span("compressed content", start, raw.Length - start);
        ulong ratio = type == Zstd ? MaximumZstdRatio : MaximumZlibRatio;
        if (compressed.IsEmpty || size > (ulong)Array.MaxLength || size > ((ulong)compressed.Length + 1) * ratio)
        {
            throw new InvalidFormatException(name, "ch_size", raw.Position, $"is {size} for {compressed.Length} compressed bytes");
        }

        byte[] target = GC.AllocateUninitializedArray<byte>((int)size);
        switch (type)
        {
            case Zlib:
                fixed (byte* pointer = compressed)
                {
                    using var input = new UnmanagedMemoryStream(pointer, compressed.Length);
                    using var zlib = new ZLibStream(input, CompressionMode.Decompress);
                    try
                    {
                        zlib.ReadExactly(target);
                    }
                    catch (Exception e) when (e is InvalidDataException or IOException)
                    {
                        throw new InvalidFormatException(name, "compressed content", raw.Position + start, $"does not decompress to {size} bytes");
                    }
                }

                break;
            case Zstd:
                Zstandard.Decompress(compressed, target, name, "compressed content", raw.Position + start);
                break;
            default:
                throw new InvalidFormatException(name, "ch_type", raw.Position, $"is {type}, where zlib (1) and zstd (2) are known");
        }

        return ByteSource.FromArray(target, name);
    }
}
