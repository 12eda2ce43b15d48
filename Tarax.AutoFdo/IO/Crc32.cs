namespace Tarax.AutoFdo.IO;

/// <summary>The checksum of <c>.gnu_debuglink</c>: CRC-32 with the reversed polynomial 0xedb88320 (GDB manual, "Separate Debug Files").</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Of(ByteSource source)
    {
        const int Piece = 1 << 24;
        uint crc = uint.MaxValue;
        for (long offset = 0; offset < source.Length; offset += Piece)
        {
            foreach (byte value in source.Span("content", offset, Math.Min(Piece, source.Length - offset)))
            {
                crc = Table[(byte)crc ^ value] ^ (crc >> 8);
            }
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        const uint Polynomial = 0xedb88320;
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
