using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// Names of files as text that every engine takes: bytes that are not UTF-8, control characters and the backslash become <c>\xHH</c>. Names come back from it as they were.
/// </summary>
internal static class BinaryName
{
    private const char FirstEscape = '\udc80';
    private const char LastEscape = '\udcff';
    private const int EscapeBase = 0xdc00;

    /// <summary>The text of a name.</summary>
    public static string ToColumn(string name)
    {
        var text = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (char.IsHighSurrogate(c) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                text.Append(c).Append(name[++i]);
            }
            else if (c is >= FirstEscape and <= LastEscape)
            {
                Append(text, c - EscapeBase);
            }
            else if (c is '\\' || char.IsControl(c))
            {
                foreach (byte b in Encoding.UTF8.GetBytes([c]))
                {
                    Append(text, b);
                }
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    /// <summary>The name of a text.</summary>
    public static string FromColumn(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        const int EscapeLength = 4;
        var name = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + EscapeLength <= text.Length && text[i + 1] == 'x'
                && byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                // Control characters beyond ASCII have two bytes, which Decode puts together again.
                name.Append((char)(value < 0x80 ? value : EscapeBase + value));
                i += EscapeLength - 1;
            }
            else
            {
                name.Append(text[i]);
            }
        }

        return Joined(name.ToString());
    }

    private static void Append(StringBuilder text, int value) => text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");

    /// <summary>The two bytes of U+0080 to U+009F, which were escaped one by one, are a character again.</summary>
    private static string Joined(string name)
    {
        const int FirstOfTwo = EscapeBase + 0xc2;
        var joined = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == FirstOfTwo && i + 1 < name.Length && name[i + 1] is >= FirstEscape and <= (char)(EscapeBase + 0x9f))
            {
                joined.Append((char)(name[++i] - EscapeBase));
            }
            else
            {
                joined.Append(name[i]);
            }
        }

        return joined.ToString();
    }
}
