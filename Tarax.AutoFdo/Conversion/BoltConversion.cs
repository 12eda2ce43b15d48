using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Bolt;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The second half of a conversion for BOLT: ranges for branches that were recorded one at a time, and none that the code cannot have run.</summary>
internal static class BoltConversion
{
    /// <exception cref="ConversionException">Nothing usable comes out.</exception>
    public static BoltProfile Run(BinaryCounts counts, string eventName, Binary binary, ConversionOptions options, ConversionReport report, BoltFormat format, bool namesBuildId)
    {
        var clock = new StageClock(options.Trace, options.CancellationToken);
        counts = ProfileConversion.Checked(counts, binary, options, report, new ExecutedBytes(), clock);
        var profile = BoltProfile.Of(counts, binary, eventName.Split('\n', StringSplitOptions.RemoveEmptyEntries), format, namesBuildId, options.Threads);
        clock.End("bolt", () => $"{counts.Branches.Count} branches, {counts.Ranges.Count} ranges, {counts.Samples.Count} addresses", () => $"{profile.Lines} lines");
        report.FilesRead = [.. binary.Files.Paths];
        return profile;
    }
}
