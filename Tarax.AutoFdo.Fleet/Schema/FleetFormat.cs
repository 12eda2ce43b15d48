using System.Globalization;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Words of the schema.</summary>
internal static class FleetFormat
{
    /// <summary>What messages call it.</summary>
    public const string Name = "fleet";

    /// <summary>A day as folders and engines write it.</summary>
    public static string Of(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Reads a day.</summary>
    public static bool TryDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
