namespace Tarax.AutoFdo.Samples;

/// <summary>Addition of counts that stays at the largest number instead of beginning again at 0.</summary>
internal static class SaturatingSum
{
    public static ulong Of(ulong left, ulong right) => left + right < left ? ulong.MaxValue : left + right;
}
