namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>A column and a discriminator in the place of a discriminator, where positions are asked for by column.</summary>
internal static class ColumnPosition
{
    private const int Bits = 16;
    private const uint Most = (1 << Bits) - 1;

    /// <summary>Both in one number; what is larger than 65,535 counts as that.</summary>
    public static uint Of(uint column, uint discriminator) => Math.Min(column, Most) | (Math.Min(discriminator, Most) << Bits);

    public static uint ColumnOf(uint position) => position & Most;

    public static uint DiscriminatorOf(uint position) => position >> Bits;
}
