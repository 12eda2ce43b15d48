using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Tarax.Tool;

/// <summary>Options whose value is a number in some range, which is reported where it is missed.</summary>
internal static class NumberOption
{
    public static Option<T> Whole<T>(string name, string description, T standard, T least, T most, string help = "N")
        where T : struct, IBinaryInteger<T> =>
        new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => standard, CustomParser = result => Parse(name, result, least, most) ?? standard };

    public static Option<T?> OptionalWhole<T>(string name, string description, T least, T most, string help = "N")
        where T : struct, IBinaryInteger<T> =>
        new(name) { Description = description, HelpName = help, CustomParser = result => Parse(name, result, least, most) };

    /// <summary>A share from 0 to 1.</summary>
    public static Option<double?> Share(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0.9",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            bool isPercent = text.EndsWith('%');
            if (double.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && (isPercent ? value / 100 : value) is >= 0 and <= 1)
            {
                return isPercent ? value / 100 : value;
            }

            result.AddError($"{name} {text}: is not a share from 0 to 1, such as 0.9 or 90%");
            return null;
        },
    };

    private static T? Parse<T>(string name, System.CommandLine.Parsing.ArgumentResult result, T least, T most)
        where T : struct, IBinaryInteger<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} {text}: is not a number from {least} to {most}"));
        return null;
    }
}
