using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Texts in ClickHouse's TabSeparated.</summary>
internal static class TabSeparated
{
    public static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);

    public static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            result.Append(text[i] != '\\' || i + 1 == text.Length ? text[i] : text[++i] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                '0' => '\0',
                'b' => '\b',
                'f' => '\f',
                var other => other,
            });
        }

        return result.ToString();
    }

    /// <summary>Writes a row, whose first column is the day.</summary>
    public static void Write(TextWriter writer, DateOnly day, object[] values)
    {
        writer.Write(FleetFormat.Of(day));
        foreach (object value in values)
        {
            writer.Write('\t');
            writer.Write(value is ulong number ? number.ToString(CultureInfo.InvariantCulture) : Escape((string)value));
        }

        writer.Write('\n');
    }
}
