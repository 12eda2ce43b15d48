using System.Text;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>GCC's checksums (tree.cc, crc32_unsigned and crc32_string): the highest bit first, without inversion.</summary>
internal static class GccChecksum
{
    private const uint Polynomial = 0x04c11db7;

    public static uint OfWord(uint checksum, uint word)
    {
        checksum ^= word;
        for (int i = 0; i < 32; i++)
        {
            checksum = (checksum << 1) ^ ((checksum & 0x80000000) != 0 ? Polynomial : 0);
        }

        return checksum;
    }

    /// <summary>Of a text and the NUL behind it.</summary>
    public static uint OfText(uint checksum, string text)
    {
        foreach (byte each in (ReadOnlySpan<byte>)[.. Encoding.UTF8.GetBytes(text), 0])
        {
            checksum ^= (uint)each << 24;
            for (int i = 0; i < 8; i++)
            {
                checksum = (checksum << 1) ^ ((checksum & 0x80000000) != 0 ? Polynomial : 0);
            }
        }

        return checksum;
    }

    /// <summary>The ident of a function that other units do not see (coverage.cc, coverage_compute_profile_id): it holds the name of the object as the compiler was told it.</summary>
    /// <param name="source">The file that defines it, as the compiler was told its name.</param>
    /// <param name="name">Assembler name.</param>
    /// <param name="objectName">Path of the object without its suffix.</param>
    public static uint IdentOfLocal(string source, string name, string objectName) => OfText(OfText(OfText(0, source), name), objectName) & 0x7fffffff;
}
