using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>Files that are compressed as a whole, as distributions ship modules: gzip, xz and zstd, told by their first bytes.</summary>
internal static unsafe partial class CompressedFile
{
    private const int LargestInput = 1 << 30;
    private static readonly int LargestOutput = Array.MaxLength;
    private const int LzmaOk = 0;
    private const int LzmaStreamEnd = 1;
    private const int LzmaBufferError = 10;

    /// <summary>The content of a file, decompressed where it is compressed.</summary>
    /// <exception cref="InvalidFormatException">The compressed data are damaged, or the library for them is not installed.</exception>
    public static ByteSource Open(string path, string name)
    {
        var source = ByteSource.Open(path, name);
        if (source.Length is < 6 or > LargestInput)
        {
            return source;
        }

        var head = source.Span("magic", 0, 6);
        byte[]? content =
            head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? Gzip(source, name)
            : head.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) ? Xz(source, name)
            : BinaryPrimitives.ReadUInt32LittleEndian(head) == 0xfd2fb528 ? Zstandard.DecompressAll(source.All(), name)
            : null;
        if (content is null)
        {
            return source;
        }

        source.Dispose();
        return ByteSource.FromArray(content, name);
    }

    private static byte[] Gzip(ByteSource source, string name)
    {
        var bytes = source.All();
        fixed (byte* pointer = bytes)
        {
            using var input = new UnmanagedMemoryStream(pointer, bytes.Length);
            using var gzip = new GZipStream(input, CompressionMode.Decompress);
            using var output = new MemoryStream();
            try
            {
                gzip.CopyTo(output);
            }
            catch (InvalidDataException)
            {
                throw new InvalidFormatException(name, "gzip data", 0, "are damaged");
            }

            return output.ToArray();
        }
    }

    private static byte[] Xz(ByteSource source, string name)
    {
        var bytes = source.All();
        int capacity = Math.Max(bytes.Length, 1 << 16);
        while (true)
        {
            byte[] target = GC.AllocateUninitializedArray<byte>(capacity);
            ulong memoryLimit = 1UL << 30;
            nuint read = 0;
            nuint written = 0;
            int result;
            try
            {
                fixed (byte* from = bytes)
                fixed (byte* to = target)
                {
                    result = lzma_stream_buffer_decode(ref memoryLimit, 0, 0, from, ref read, (nuint)bytes.Length, to, ref written, (nuint)target.Length);
                }
            }
            catch (DllNotFoundException)
            {
                throw new InvalidFormatException(name, "magic", 0, "is that of xz, and liblzma.so.5 is not installed (Debian: apt install liblzma5)");
            }

            if (result is LzmaOk or LzmaStreamEnd)
            {
                return target[..(int)written];
            }

            if (result != LzmaBufferError || capacity >= LargestOutput)
            {
                throw new InvalidFormatException(name, "xz data", (long)read, "are damaged");
            }

            capacity = (int)Math.Min(capacity * 4L, LargestOutput);
        }
    }

    [LibraryImport("liblzma.so.5")]
    private static partial int lzma_stream_buffer_decode(
        ref ulong memoryLimit, uint flags, nint allocator, byte* from, ref nuint read, nuint length, byte* to, ref nuint written, nuint capacity);
}
