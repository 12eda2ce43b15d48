using System.Globalization;

namespace Tarax.AutoFdo.Diagnostics;

/// <summary>Shares in messages.</summary>
internal static class Rate
{
    /// <summary><c>12.3 % (123 of 1,000)</c>.</summary>
    public static string Of(ulong part, ulong whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{Percent(part, whole):0.0} % ({part:N0} of {whole:N0})");

    public static string Of(long part, long whole) => Of((ulong)Math.Max(part, 0), (ulong)Math.Max(whole, 0));

    /// <summary>Percentage; 0 of 0 is 0.</summary>
    public static double Percent(ulong part, ulong whole) => whole == 0 ? 0 : 100.0 * part / whole;
}
