using System.Runtime.InteropServices;
using Tarax.AutoFdo.Diagnostics;

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
            throw Missing(format, field, offset);
        }

        if (ZSTD_isError(result) != 0 || result != (nuint)target.Length)
        {
            throw new InvalidFormatException(format, field, offset, $"does not decompress to {target.Length} bytes");
        }
    }

    private static InvalidFormatException Missing(string format, string field, long offset) =>
        new(format, field, offset, "is compressed with zstd, and libzstd.so.1 is not installed (Debian: apt install libzstd1)");

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_decompress(byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport("libzstd.so.1")]
    private static partial uint ZSTD_isError(nuint code);

    [LibraryImport("libzstd.so.1")]
    private static partial nint ZSTD_createDStream();

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_freeDStream(nint stream);

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_decompressStream(nint stream, ref Buffer output, ref Buffer input);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }

    /// <summary>One stream of zstd data, whose pieces come one after another; it may hold several frames, and end within one.</summary>
    public sealed class Decoder : IDisposable
    {
        private readonly string _format;
        private readonly byte[] _output = new byte[1 << 17];
        private nint _stream;

        /// <summary>Whether the pieces so far end where a frame ends.</summary>
        public bool IsAtEndOfFrame { get; private set; } = true;

        /// <exception cref="InvalidFormatException">libzstd is not installed.</exception>
        public Decoder(string format, string field, long offset)
        {
            _format = format;
            try
            {
                _stream = ZSTD_createDStream();
            }
            catch (DllNotFoundException)
            {
                throw Missing(format, field, offset);
            }
        }

        /// <summary>Decompresses a piece; what comes out is handed on in parts.</summary>
        /// <exception cref="InvalidFormatException">The data are damaged.</exception>
        public void Decompress(ReadOnlySpan<byte> piece, long offset, Action<ReadOnlySpan<byte>> take)
        {
            fixed (byte* source = piece)
            fixed (byte* destination = _output)
            {
                var input = new Buffer { Start = source, Size = (nuint)piece.Length };
                nuint written;
                do
                {
                    var output = new Buffer { Start = destination, Size = (nuint)_output.Length };
                    nuint result = ZSTD_decompressStream(_stream, ref output, ref input);
                    if (ZSTD_isError(result) != 0)
                    {
                        throw new InvalidFormatException(_format, "zstd data", offset + (long)input.Position, "are damaged");
                    }

                    // 0 says that a frame is complete; nothing read and nothing written says nothing new.
                    IsAtEndOfFrame = result == 0;
                    written = output.Position;
                    take(_output.AsSpan(0, (int)written));
                }
                while (input.Position < input.Size || written == (nuint)_output.Length);
            }
        }

        public void Dispose()
        {
            if (_stream != 0)
            {
                _ = ZSTD_freeDStream(_stream);
                _stream = 0;
            }
        }
    }
}
