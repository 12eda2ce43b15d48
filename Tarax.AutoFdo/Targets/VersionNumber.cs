using System.Globalization;

namespace Tarax.AutoFdo.Targets;

/// <summary>Versions as compilers state them in DW_AT_producer.</summary>
internal static class VersionNumber
{
    /// <summary>The major version of the first number with a dot; null where there is none.</summary>
    public static int? First(ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            int dot = word.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && int.TryParse(word.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out int major))
            {
                return major;
            }
        }

        return null;
    }
}
