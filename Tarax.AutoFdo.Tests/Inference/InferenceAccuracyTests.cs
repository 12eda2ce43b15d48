using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Samples;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo.Tests.Inference;

/// <summary>Profiles from samples of addresses beside those from exact execution counts, and beside what counting the addresses alone gives.</summary>
public sealed class InferenceAccuracyTests
{
    [Test]
    public void Profile_is_near_the_exact_one(
        [Values("cmulti-d5-pie/cmulti", "cmulti-d4-nopie/cmulti-d4", "stlmix-d5-pie/stlmix", "threads-d5-pie/threads")] string program,
        [Values] SampleModel model, [Values(10_000, 100_000)] int samples)
    {
        string binary = TestEnvironment.Data($"programs/{program}");
        var (ours, incumbent) = Overlaps(binary, Path.Combine(Path.GetDirectoryName(binary)!, "exact-counts.txt"), model, samples);
        TestContext.Out.WriteLine($"{program,-26} {model,-12} {samples,7} samples: inferred {ours:0.0000}, addresses alone {incumbent:0.0000}");
        if (model == SampleModel.Uniform)
        {
            Assert.That(ours, Is.GreaterThanOrEqualTo(samples == 10_000 ? 0.92 : 0.97));
        }

        Assert.That(1 - ours, Is.LessThanOrEqualTo((1 - incumbent) / 2));
    }

    private static (double Ours, double Incumbent) Overlaps(string path, string exactCounts, SampleModel model, int number)
    {
        using var files = BinaryFiles.Open(path, new DebugFileSearch([]));
        using var symbolizer = new Symbolizer(files);
        var execution = new ExactExecution(exactCounts, files.Binary);
        var samples = execution.Draw(model, number, seed: 1, a => symbolizer.FindFunction(a)?.Entry ?? 0);
        var exact = Build(execution.Counts(), files, new ConversionOptions { CheckRanges = false });
        var ours = Build(samples.OfAddressesOnly(), files, new ConversionOptions { UseBranchStacks = false });
        var incumbent = Build(samples.OfAddressesOnly(), files, new ConversionOptions { UseBranchStacks = false, Inference = InferenceMode.Off });
        return (ProfileOverlap.Of(ours, exact), ProfileOverlap.Of(incumbent, exact));
    }

    private static SampleProfile Build(BinaryCounts counts, BinaryFiles files, ConversionOptions options) =>
        ProfileConversion.Build(counts, files, options with { ForCompiler = new TargetCompiler(CompilerFamily.Gcc, 12) }, new ConversionReport()).Profile;
}
