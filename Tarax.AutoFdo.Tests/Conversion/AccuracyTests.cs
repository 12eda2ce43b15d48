using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>The profile from samples beside the profile from exact execution counts.</summary>
public sealed class AccuracyTests
{
    [TestCase("cmulti-d5-pie", "cmulti")]
    [TestCase("cmulti-d4-nopie", "cmulti-d4")]
    [TestCase("stlmix-d5-pie", "stlmix")]
    [TestCase("threads-d5-pie", "threads")]
    public void Profile_from_samples_overlaps_with_the_one_from_exact_counts(string set, string program)
    {
        string folder = TestEnvironment.Data($"programs/{set}");
        string binary = Path.Combine(folder, program);
        string counts = Path.Combine(TestEnvironment.NewFolder(), "exact.txt");
        TestEnvironment.Run("python3", TestEnvironment.DataTool("exact2text.py"), Path.Combine(folder, "exact-counts.txt"), binary, counts);

        var sampled = AutoFdoConverter.Convert(Path.Combine(folder, "perf.data"), binary).Profile;
        var exact = AutoFdoConverter.Convert(counts, binary, new ConversionOptions { Input = InputKind.CountsText }).Profile;
        double overlap = ProfileOverlap.Of(sampled, exact);
        TestContext.Out.WriteLine($"{set}: overlap {overlap:0.0000}");
        Assert.That(overlap, Is.GreaterThanOrEqualTo(0.985));
    }
}
