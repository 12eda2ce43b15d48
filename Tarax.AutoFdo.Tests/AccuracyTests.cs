using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests;

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
        double overlap = Overlap(Weights(sampled), Weights(exact));
        TestContext.Out.WriteLine($"{set}: overlap {overlap:0.0000}");
        Assert.That(overlap, Is.GreaterThanOrEqualTo(0.985));
    }

    private static double Overlap(Dictionary<string, ulong> left, Dictionary<string, ulong> right)
    {
        double leftTotal = left.Values.Sum(v => (double)v);
        double rightTotal = right.Values.Sum(v => (double)v);
        return left.Keys.Intersect(right.Keys).Sum(k => Math.Min(left[k] / leftTotal, right[k] / rightTotal));
    }

    private static Dictionary<string, ulong> Weights(SampleProfile profile)
    {
        var weights = new Dictionary<string, ulong>();
        void Add(string path, FunctionBody body)
        {
            foreach (var position in body.Positions)
            {
                weights[$"{path}/{position.Position}"] = position.Count;
            }

            foreach (var call in body.Calls)
            {
                Add($"{path}/{call.Position}:{call.Callee}", call.Body);
            }
        }

        foreach (var function in profile.Functions)
        {
            Add(function.Name, function.Body);
        }

        return weights;
    }
}
