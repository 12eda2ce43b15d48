using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The second half of a conversion to a layout: the counts of a binary as a profile would be made from them. Debug information is needed only where counts are inferred.</summary>
internal static class LayoutConversion
{
    /// <param name="counts">The counts of the binary.</param>
    /// <param name="eventName">What was counted; empty where that is not known.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="options">Choices.</param>
    /// <param name="report">Where it is written what was done; nothing is read there.</param>
    /// <exception cref="ConversionException">Counts cannot be inferred without debug information.</exception>
    public static BinaryCounts Counts(BinaryCounts counts, string eventName, Binary binary, ConversionOptions options, ConversionReport report)
    {
        var clock = new StageClock(options.Trace, options.CancellationToken);
        if (options.InfersFlow)
        {
            ProfileConversion.CheckDebugInformation(binary);
        }

        counts = ProfileConversion.Checked(counts, binary, options, report, new ExecutedBytes(), clock);
        counts = ProfileConversion.Inferred(counts, eventName, binary, options, report, clock);
        report.FilesRead = [.. binary.Files.Paths, .. binary.Symbolizer.SplitFiles()];
        return counts;
    }
}
