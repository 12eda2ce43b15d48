using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Reports;

/// <summary>How much the first and the second half of a recording have in common: how stable its counts are.</summary>
/// <param name="FirstSamples">Samples of the binary in the first half.</param>
/// <param name="SecondSamples">The same of the second.</param>
/// <param name="Functions">What both have in common by functions, each by the bytes of it that ran: 0 to 1.</param>
/// <param name="Ranges">The same by ranges, which is finer.</param>
internal sealed record HalvesOverlap(ulong FirstSamples, ulong SecondSamples, double Functions, double Ranges)
{
    /// <summary>Compares the halves of what ran in a binary.</summary>
    /// <returns>Null where they were not counted apart, or one of them has nothing.</returns>
    public static HalvesOverlap? Of(CountedRecording recorded, Binary binary, ConversionOptions options)
    {
        if (recorded.FirstHalf is not { } firstHalf)
        {
            return null;
        }

        var layout = new BinaryLayout(binary.File);
        var files = BinaryMatch.Find(recorded.Counted.MappedFiles, binary.Path, binary.File.BuildId, layout.IsKernel, options.MappedAs).Files;
        var (first, whole) = (firstHalf.TallyOf(files, layout), recorded.Counted.Counts.TallyOf(files, layout));
        var ranges = Halves(Code(first, options), Code(whole, options));
        var byFunction = new Dictionary<CodeFunction, (double First, double Second)>();
        ulong until = 0;
        CodeFunction? function = null;
        foreach (var (start, weights) in ranges)
        {
            if (!binary.Symbolizer.TryGetVirtualAddress(start, out ulong address))
            {
                continue;
            }

            if (address >= until)
            {
                var found = binary.Symbolizer.FindFunctionRange(address);
                (function, until) = (found.Function, found.End);
            }

            if (function is not null)
            {
                var sum = byFunction.GetValueOrDefault(function);
                byFunction[function] = (sum.First + weights.First, sum.Second + weights.Second);
            }
        }

        return Overlap(ranges.Select(r => r.Weights)) is { } byRange && Overlap(byFunction.Values) is { } common
            ? new HalvesOverlap(first.Sums.Samples, whole.Sums.Samples - first.Sums.Samples, common, byRange) : null;
    }

    /// <summary>What ran: ranges, or the addresses of samples where there are none.</summary>
    private static IEnumerable<(ulong Start, ulong End, ulong Count)> Code(FileCounts counts, ConversionOptions options) =>
        options.UseBranchStacks ? counts.Ranges.ToList().Select(r => (r.Start, r.End, r.Count)) : counts.Samples.ToList().Select(s => (s.Address, s.Address, s.Count));

    /// <summary>Bytes that ran in each half: the second is what the whole has more than the first. Both are in order, and the whole has all of the first.</summary>
    private static List<(ulong Start, (double First, double Second) Weights)> Halves(IEnumerable<(ulong Start, ulong End, ulong Count)> first, IEnumerable<(ulong Start, ulong End, ulong Count)> whole)
    {
        var halves = new List<(ulong, (double, double))>();
        using var early = first.GetEnumerator();
        bool isLeft = early.MoveNext();
        foreach (var (start, end, count) in whole)
        {
            ulong ofFirst = 0;
            if (isLeft && (early.Current.Start, early.Current.End) == (start, end))
            {
                ofFirst = early.Current.Count;
                isLeft = early.MoveNext();
            }

            double bytes = (end - start) + 1.0;
            halves.Add((start, (ofFirst * bytes, (count - Math.Min(ofFirst, count)) * bytes)));
        }

        return halves;
    }

    private static double? Overlap(IEnumerable<(double First, double Second)> weights)
    {
        var (first, second) = (weights.Sum(w => w.First), weights.Sum(w => w.Second));
        return first > 0 && second > 0 ? Math.Min(weights.Sum(w => Math.Min(w.First / first, w.Second / second)), 1) : null;
    }
}
