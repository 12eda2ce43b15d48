using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Data as the zstd tool compresses them.</summary>
internal static class ZstdData
{
    public static byte[] Compress(byte[] content)
    {
        string plain = Path.Combine(TestEnvironment.NewFolder(), "plain");
        File.WriteAllBytes(plain, content);
        TestEnvironment.Run("zstd", "-q", plain, "-o", plain + ".zst");
        return File.ReadAllBytes(plain + ".zst");
    }

    /// <summary>COMPRESSED or COMPRESSED2 records of one stream, cut wherever the pieces end.</summary>
    public static byte[] Records(byte[] stream, int pieces, RecordType type)
    {
        var writer = new ByteWriter();
        for (int i = 0; i < pieces; i++)
        {
            var piece = stream.AsSpan((int)((long)stream.Length * i / pieces)..(int)((long)stream.Length * (i + 1) / pieces));
            bool isPadded = type == RecordType.Compressed2;
            int padding = isPadded ? (8 - (piece.Length % 8)) % 8 : 0;
            writer.U32((uint)type);
            writer.U16(0);
            writer.U16((ushort)(8 + (isPadded ? 8 : 0) + piece.Length + padding));
            if (isPadded)
            {
                writer.U64((ulong)piece.Length);
            }

            writer.Bytes(piece);
            writer.Zeros(padding);
        }

        return writer.Written.ToArray();
    }
}
