using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The second half of a conversion to counters: from the counts of a binary to how often its source positions ran, with nothing done for any reader of profiles.</summary>
internal static class CounterConversion
{
    /// <param name="counts">The counts of the binary.</param>
    /// <param name="eventName">What was counted; empty where that is not known.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="options">Choices.</param>
    /// <param name="report">Where it is written what was done; nothing is read there.</param>
    /// <returns>The functions, with columns in place of discriminators.</returns>
    /// <exception cref="ConversionException">The binary has no debug information.</exception>
    public static IReadOnlyList<FunctionProfile> Functions(BinaryCounts counts, string eventName, Binary binary, ConversionOptions options, ConversionReport report)
    {
        var clock = new StageClock(options.Trace, options.CancellationToken);
        ProfileConversion.CheckDebugInformation(binary);
        var bytes = new ExecutedBytes();
        counts = ProfileConversion.Checked(counts, binary, options, report, bytes, clock);
        counts = ProfileConversion.Inferred(counts, eventName, binary, options, report, clock);
        var builder = ProfileBuilder.Of(counts, binary.Symbolizer, options.Threads, bytes, binary.Graphs is { } graphs ? new BranchKinds(graphs.Branches()) : null);
        builder.Build(new AttributionChoices { ByColumn = true, LargestWeightLeftOut = 0, Pieces = new CodePieces(binary.Graphs) }, options.MinimumCount);
        var functions = builder.Functions();
        var code = CodeAccount.Of(bytes);
        report.Code = code;
        clock.End("attribute", () => $"{counts.Ranges.Count} ranges", () => $"{functions.Count} functions, {code.InPositions} of {code.Executed} executed bytes in positions");
        binary.Symbolizer.EnsureSplitUnchanged();
        report.FilesRead = [.. binary.Files.Paths, .. binary.Symbolizer.SplitFiles()];
        report.Functions = functions.Count;
        return functions;
    }
}
