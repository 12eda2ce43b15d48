using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The first half of a conversion where the counts are already there.</summary>
internal static class CountsConversion
{
    /// <exception cref="ConversionException">The text has nothing to count.</exception>
    public static BinaryCounts Read(Input input, Binary binary, ConversionOptions options, ConversionReport report)
    {
        var counts = input.ReadCountsText(out bool isUnsymbolized);
        if (isUnsymbolized)
        {
            counts = UnsymbolizedProfile.ByFileOffset(counts, binary.File, out ulong outside);
            report.Drop("outside of the executable segments", outside);
        }

        counts = options.UseBranchStacks ? counts : counts.OfAddressesOnly();
        if (counts.Ranges.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyRecording, $"{input.Name}: has no {(options.UseBranchStacks ? "ranges" : "samples")} to count");
        }

        report.RangeExecutions = counts.Ranges.Aggregate(0UL, (sum, range) => SaturatingSum.Of(sum, range.Count));
        report.SamplesInBinary = counts.Samples.Aggregate(0UL, (sum, sample) => SaturatingSum.Of(sum, sample.Count));
        return counts;
    }
}
