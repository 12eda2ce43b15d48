namespace Tarax.AutoFdo.IO;

/// <summary>The checksum of <c>.gnu_debuglink</c> and of counts: CRC-32 with the reversed polynomial 0xedb88320 (GDB manual, "Separate Debug Files").</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Of(ByteSource source)
    {
        const int Piece = 1 << 24;
        uint crc = uint.MaxValue;
        for (long offset = 0; offset < source.Length; offset += Piece)
        {
            crc = Update(crc, source.Span("content", offset, Math.Min(Piece, source.Length - offset)));
        }

        return ~crc;
    }

    public static uint Of(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = Table[(byte)crc ^ value] ^ (crc >> 8);
        }

        return crc;
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
