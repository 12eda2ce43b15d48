using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo;

/// <summary>The first half of a conversion where the counts are already there.</summary>
internal static class CountsConversion
{
    /// <exception cref="ConversionException">The text has no ranges.</exception>
    public static BinaryCounts Read(string path, ConversionReport report)
    {
        using var reader = File.OpenText(path);
        var counts = CountsText.Read(reader);
        if (counts.Ranges.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyRecording, $"{path}: has no ranges to count");
        }

        foreach (var range in counts.Ranges)
        {
            report.RangeExecutions = SaturatingSum.Of(report.RangeExecutions, range.Count);
        }

        foreach (var sample in counts.Samples)
        {
            report.SamplesInBinary = SaturatingSum.Of(report.SamplesInBinary, sample.Count);
        }

        return counts;
    }
}
