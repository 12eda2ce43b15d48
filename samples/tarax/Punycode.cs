using System.Text;

namespace Tarax.Tool;

/// <summary>Names with letters beyond ASCII in ASCII (RFC 3492), with an underscore in place of the hyphen, as Rust has them.</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int LeastThreshold = 1;
    private const int MostThreshold = 26;
    private const int Skew = 38;
    private const int Damp = 700;

    /// <summary>The name; null where it is no punycode.</summary>
    public static string? Decoded(string text)
    {
        int split = text.LastIndexOf('_');
        List<int> points = [.. (split < 0 ? "" : text[..split]).Select(c => (int)c)];
        int point = 128;
        int at = 0;
        int bias = 72;
        for (int next = split + 1; next < text.Length; at++)
        {
            int before = at;
            long weight = 1;
            long sum = at;
            for (int k = Base; ; k += Base)
            {
                int digit = next < text.Length ? Digit(text[next++]) : -1;
                sum += digit * weight;
                if (digit < 0 || sum > int.MaxValue)
                {
                    return null;
                }

                int threshold = Math.Clamp(k - bias, LeastThreshold, MostThreshold);
                if (digit < threshold)
                {
                    break;
                }

                weight *= Base - threshold;
            }

            int length = points.Count + 1;
            bias = Adapted((int)sum - before, length, before == 0);
            long reached = point + (sum / length);
            if (!Rune.IsValid((int)Math.Min(reached, int.MaxValue)))
            {
                return null;
            }

            point = (int)reached;
            at = (int)(sum % length);
            points.Insert(at, point);
        }

        return string.Concat(points.Select(p => new Rune(p).ToString()));
    }

    private static int Digit(char c) => char.IsAsciiLetterLower(c) ? c - 'a' : char.IsAsciiDigit(c) ? c - '0' + 26 : -1;

    private static int Adapted(int delta, int points, bool isFirst)
    {
        delta = isFirst ? delta / Damp : delta / 2;
        delta += delta / points;
        int k = 0;
        for (; delta > (Base - LeastThreshold) * MostThreshold / 2; k += Base)
        {
            delta /= Base - LeastThreshold;
        }

        return k + ((Base - LeastThreshold + 1) * delta / (delta + Skew));
    }
}
