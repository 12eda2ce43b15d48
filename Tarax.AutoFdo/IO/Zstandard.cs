using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>Decompression through the system's libzstd, which is looked for only when an input needs it.</summary>
internal static unsafe partial class Zstandard
{
    /// <summary>Decompresses one whole frame into exactly <paramref name="target"/>.</summary>
    /// <exception cref="InvalidFormatException">The data is damaged or of another length, or libzstd is not installed.</exception>
    public static void Decompress(ReadOnlySpan<byte> compressed, Span<byte> target, string format, string field, long offset)
    {
        nuint result;
        try
        {
            fixed (byte* source = compressed)
            fixed (byte* destination = target)
            {
                result = ZSTD_decompress(destination, (nuint)target.Length, source, (nuint)compressed.Length);
            }
        }
        catch (DllNotFoundException)
        {
            throw new InvalidFormatException(format, field, offset, "is compressed with zstd, and libzstd.so.1 is not installed (Debian: apt install libzstd1)");
        }

        if (ZSTD_isError(result) != 0 || result != (nuint)target.Length)
        {
            throw new InvalidFormatException(format, field, offset, $"does not decompress to {target.Length} bytes");
        }
    }

    /// <summary>Decompresses all frames, whatever length they say they have.</summary>
    /// <exception cref="InvalidFormatException">The data are damaged, or libzstd is not installed.</exception>
    public static byte[] DecompressAll(ReadOnlySpan<byte> compressed, string format)
    {
        const nuint TargetTooSmall = 70; // ZSTD_error_dstSize_tooSmall
        int largestOutput = Array.MaxLength;
        int capacity = Math.Max(compressed.Length, 1 << 16);
        try
        {
            while (true)
            {
                byte[] target = GC.AllocateUninitializedArray<byte>(capacity);
                nuint result;
                fixed (byte* source = compressed)
                fixed (byte* destination = target)
                {
                    result = ZSTD_decompress(destination, (nuint)target.Length, source, (nuint)compressed.Length);
                }

                if (ZSTD_isError(result) == 0)
                {
                    return target[..(int)result];
                }

                // Errors are negative numbers of the error's code.
                if (0 - result != TargetTooSmall || capacity >= largestOutput)
                {
                    throw new InvalidFormatException(format, "zstd data", 0, "are damaged");
                }

                capacity = (int)Math.Min(capacity * 4L, largestOutput);
            }
        }
        catch (DllNotFoundException)
        {
            throw new InvalidFormatException(format, "magic", 0, "is that of zstd, and libzstd.so.1 is not installed (Debian: apt install libzstd1)");
        }
    }

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_decompress(byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport("libzstd.so.1")]
    private static partial uint ZSTD_isError(nuint code);
}
