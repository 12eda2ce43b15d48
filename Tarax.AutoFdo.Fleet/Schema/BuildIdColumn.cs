using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Build-ids as columns have them: lower-case hexadecimal of at most 20 bytes; empty where it is not known.</summary>
internal static class BuildIdColumn
{
    private const int MostDigits = 40;

    /// <summary>The condition that it is wrong, as DuckDB writes it.</summary>
    public const string IsWrong = "NOT regexp_full_match(build_id, '([0-9a-f]{2}){0,20}')";

    public static bool IsRight(string text) => text.Length <= MostDigits && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigitLower);

    /// <exception cref="InvalidFormatException">It is not one.</exception>
    public static string Check(string text, string table) =>
        IsRight(text) ? text : throw new InvalidFormatException(FleetFormat.Name, $"table {table}, column build_id", -1, $"is \"{text}\", not hexadecimal of at most 20 bytes");
}
