namespace Tarax.AutoFdo.Numbers;

/// <summary>Addition of counts that stays at the largest number instead of beginning again at 0.</summary>
internal static class SaturatingSum
{
    /// <summary>A count as many times.</summary>
    public static ulong Times(ulong count, ulong times) => Math.BigMul(count, times, out ulong product) == 0 ? product : ulong.MaxValue;

    public static ulong Of(ulong left, ulong right) => left + right < left ? ulong.MaxValue : left + right;
}
