using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Text;

/// <summary>
/// Text for people. Names come from files that anybody may have written, so what would move the cursor, begin a line, or turn the direction of writing is shown by its number:
/// control characters (C0, C1), line and paragraph separators, and the marks of bidirectional text; bytes that are not UTF-8 are too.
/// </summary>
internal static class Printable
{
    /// <summary>A line of text, or a name in one, without anything but characters that print.</summary>
    public static string Of(string text)
    {
        int first = 0;
        while (first < text.Length && IsPlain(text, first))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        var escaped = new StringBuilder(text, 0, first, text.Length + 16);
        for (int i = first; i < text.Length; i++)
        {
            char c = text[i];
            if (IsPlain(text, i))
            {
                escaped.Append(c);
            }
            else if (c is >= '\udc80' and <= '\udcff')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{c - 0xdc00:x2}");
            }
            else
            {
                escaped.Append(c switch
                {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                });
            }
        }

        return escaped.ToString();
    }

    /// <summary>A word as a shell takes it, whatever characters it holds.</summary>
    public static string Quoted(string word)
    {
        if (word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+,:@%=".Contains(c, StringComparison.Ordinal)))
        {
            return word;
        }

        return Of(word) == word
            ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"
            : $"$'{string.Concat(Encoding.Latin1.GetString(FileName.Encode(word)).Select(c => c is '\'' or '\\' ? $"\\{c}" : c is >= ' ' and < '\x7f' ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}")))}'";
    }

    private static bool IsPlain(string text, int at)
    {
        char c = text[at];
        return c switch
        {
            < ' ' => false,
            < '\x7f' => true,
            <= '\x9f' => false,
            '\u200e' or '\u200f' or '\u061c' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff' => false,
            _ => !char.IsSurrogate(c) || (char.IsHighSurrogate(c) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) : at > 0 && char.IsHighSurrogate(text[at - 1])),
        };
    }
}
