using System.Runtime.InteropServices;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>Decompression through the system's liblzma, which is looked for only when an input needs it.</summary>
internal static unsafe partial class Xz
{
    private const ulong MemoryLimit = 1UL << 30;
    private const uint Concatenated = 8;
    private const int Finish = 3;
    private const int Ok = 0;
    private const int StreamEnd = 1;

    /// <summary>Decompresses all of a file.</summary>
    /// <exception cref="InvalidFormatException">The data are damaged, or liblzma is not installed.</exception>
    public static void Decompress(ByteSource source, Spool target)
    {
        byte[] buffer = new byte[1 << 17];
        var state = default(Stream);
        try
        {
            if (lzma_stream_decoder(ref state, MemoryLimit, Concatenated) != Ok)
            {
                throw new InvalidFormatException("xz", "data", 0, "cannot be decompressed: liblzma refuses to begin");
            }

            // The whole input is there at once; only the output comes in pieces.
            state.NextIn = source.Start;
            state.AvailableIn = (nuint)source.Length;
            int result;
            do
            {
                fixed (byte* output = buffer)
                {
                    state.NextOut = output;
                    state.AvailableOut = (nuint)buffer.Length;
                    result = lzma_code(ref state, Finish);
                    target.Write(buffer.AsSpan(0, buffer.Length - (int)state.AvailableOut));
                }
            }
            while (result == Ok);
            if (result != StreamEnd)
            {
                throw new InvalidFormatException("xz", "data", (long)state.TotalIn, "are damaged");
            }
        }
        catch (DllNotFoundException)
        {
            throw new InvalidFormatException("xz", "magic", 0, "is that of xz, and liblzma.so.5 is not installed (Debian: apt install liblzma5)");
        }
        finally
        {
            if (state.Internal != 0)
            {
                lzma_end(ref state);
            }
        }
    }

    [LibraryImport("liblzma.so.5")]
    private static partial int lzma_stream_decoder(ref Stream stream, ulong memoryLimit, uint flags);

    [LibraryImport("liblzma.so.5")]
    private static partial int lzma_code(ref Stream stream, int action);

    [LibraryImport("liblzma.so.5")]
    private static partial void lzma_end(ref Stream stream);

    /// <summary>lzma_stream (lzma/base.h).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 136)]
    private struct Stream
    {
        public byte* NextIn;
        public nuint AvailableIn;
        public ulong TotalIn;
        public byte* NextOut;
        public nuint AvailableOut;
        public ulong TotalOut;
        public nint Allocator;
        public nint Internal;
    }
}
