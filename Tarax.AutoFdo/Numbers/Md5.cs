using System.Buffers.Binary;
using System.Numerics;

namespace Tarax.AutoFdo.Numbers;

/// <summary>
/// MD5 (RFC 1321), as which LLVM hashes names and DWARF 5 tells source files. The runtime's own loads OpenSSL, and ends the process on machines that have none, such as minimal ones.
/// </summary>
internal static class Md5
{
    /// <summary>Bytes of a digest.</summary>
    public const int Length = 16;

    private const int BlockLength = 64;

    /// <summary>Section 3.4: the integer part of 2^32 times the absolute value of the sine of 1, 2, 3 …</summary>
    private static readonly uint[] Sines = [.. Enumerable.Range(1, BlockLength).Select(i => (uint)(Math.Abs(Math.Sin(i)) * (1L << 32)))];

    private static ReadOnlySpan<byte> Rotations => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    /// <summary>The digest of some bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> data)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        int whole = data.Length - (data.Length % BlockLength);
        for (int i = 0; i < whole; i += BlockLength)
        {
            Add(data.Slice(i, BlockLength), state);
        }

        // A bit that is set, then zeros, and the number of bits in the last eight bytes of a block.
        Span<byte> padded = stackalloc byte[2 * BlockLength];
        padded.Clear();
        var rest = data[whole..];
        rest.CopyTo(padded);
        padded[rest.Length] = 0x80;
        int end = rest.Length < BlockLength - sizeof(ulong) ? BlockLength : 2 * BlockLength;
        BinaryPrimitives.WriteUInt64LittleEndian(padded[(end - sizeof(ulong))..], (ulong)data.Length * 8);
        for (int i = 0; i < end; i += BlockLength)
        {
            Add(padded.Slice(i, BlockLength), state);
        }

        byte[] digest = new byte[Length];
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(i * sizeof(uint)), state[i]);
        }

        return digest;
    }

    private static void Add(ReadOnlySpan<byte> block, Span<uint> state)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        for (int i = 0; i < BlockLength; i++)
        {
            int round = i / 16;
            var (mixed, word) = round switch
            {
                0 => ((b & c) | (~b & d), i),
                1 => ((d & b) | (~d & c), (5 * i) + 1),
                2 => (b ^ c ^ d, (3 * i) + 5),
                _ => (c ^ (b | ~d), 7 * i),
            };
            uint sum = a + mixed + Sines[i] + BinaryPrimitives.ReadUInt32LittleEndian(block[(word % 16 * sizeof(uint))..]);
            (a, d, c, b) = (d, c, b, b + BitOperations.RotateLeft(sum, Rotations[(round * 4) + (i % 4)]));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
