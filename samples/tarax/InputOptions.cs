using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tarax.Tool;

/// <summary>How recordings are read: the options that several commands share.</summary>
internal static class InputOptions
{
    /// <summary>The most bytes that a compressed recording may become; null for what such recordings do.</summary>
    public static readonly Option<long?> MaximumInput = new("--max-input")
    {
        Description = "the most that a compressed recording may become, such as 20G [default: 256M and 100 times its size]",
        HelpName = "SIZE",
        CustomParser = ParseSize,
    };

    private static long? ParseSize(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int shift = char.ToUpperInvariant(text.Length > 0 ? text[^1] : ' ') switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        if (long.TryParse(shift > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 && value <= long.MaxValue >> shift)
        {
            return value << shift;
        }

        result.AddError($"--max-input {text}: is not a size such as 500M or 20G");
        return null;
    }
}
