namespace Tarax.AutoFdo.Counts;

/// <summary>
/// Counts of all binaries of recordings, of which a machine sends kilobytes: magic, version, event, sums, then each binary with its lists. All numbers are
/// ULEB128, addresses and times the differences to those before; the last four bytes are the CRC-32C of all others, little-endian.
/// </summary>
internal static class CountsFormat
{
    public const string Name = "counts";
    public const string TextName = "counts text";
    public const byte Version = 1;
    public const int ChecksumLength = sizeof(uint);

    /// <summary>First word of the text form.</summary>
    public const string TextMagic = "tarax-counts";

    public static ReadOnlySpan<byte> Magic => "TRXCOUNT"u8;

    public static ReadOnlySpan<byte> TextMagicBytes => "tarax-counts "u8;
}
