using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Conversion;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Attribution.Inference;

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

    [Test]
    public void Profile_of_a_kernel_has_at_most_half_of_the_error(
        [Values("kaslr", "nokaslr", "modules")] string set, [Values] SampleModel model, [Values(10_000, 100_000)] int samples)
    {
        var (ours, incumbent) = Overlaps(KernelTests.UnpackedVmlinux, TestEnvironment.Data($"kernel/{set}/exact-counts.txt"), model, samples);
        TestContext.Out.WriteLine($"kernel/{set,-19} {model,-12} {samples,7} samples: inferred {ours:0.0000}, addresses alone {incumbent:0.0000}");
        Assert.That(1 - ours, Is.LessThanOrEqualTo((1 - incumbent) / 2));
    }

    [TestCase("cmulti-d5-pie/cmulti")]
    [TestCase("stlmix-d5-pie/stlmix")]
    public void Targets_of_direct_calls_are_right(string program)
    {
        string path = TestEnvironment.Data($"programs/{program}");
        using var binary = Binary.Open(path, new DebugFileSearch([]));
        var symbolizer = binary.Symbolizer;
        var execution = new ExactExecution(Path.Combine(Path.GetDirectoryName(path)!, "exact-counts.txt"), binary.File);
        var samples = execution.Draw(SampleModel.Uniform, 100_000, seed: 1, a => symbolizer.FindFunction(a)?.Entry ?? 0);
        var exact = TargetsOf(Build(execution.Counts(), binary, new ConversionOptions { CheckRanges = false }));
        var ours = TargetsOf(Build(samples, binary, new ConversionOptions { UseBranchStacks = false }));
        double right = exact.Where(t => ours.ContainsKey(t.Key)).Sum(t => (double)t.Value) / exact.Values.Sum(v => (double)v);
        double common = exact.Keys.Intersect(ours.Keys).Sum(k => Math.Min(exact[k] / exact.Values.Sum(v => (double)v), ours[k] / ours.Values.Sum(v => (double)v)));
        TestContext.Out.WriteLine($"{program}: {right:0.0000} of the direct calls, by weight, have their target; overlap of their counts {common:0.0000}");
        Assert.That(right, Is.GreaterThanOrEqualTo(0.95));
    }

    [TestCase("cmulti-d5-pie/cmulti", "4300")]
    [TestCase("stlmix-d5-pie/stlmix", "2400")]
    public void Profile_of_samples_of_time_is_nearer_the_exact_one_than_addresses_alone(string program, string rounds)
    {
        // What a processor spends on an instruction is not known from outside; the figures stand in docs/accuracy.md.
        string path = TestEnvironment.Data($"programs/{program}");
        string folder = Path.GetDirectoryName(path)!;
        string recording = Path.Combine(TestEnvironment.NewFolder(), "perf.data");
        TestEnvironment.RequireTool("perf");
        TestEnvironment.Run("bash", "-c", $"perf record -q -e cpu-clock -F 4999 -o {recording} -- {path} {rounds} >/dev/null 2>&1");
        using var binary = Binary.Open(path, new DebugFileSearch([]));
        var exact = Build(new ExactExecution(Path.Combine(folder, "exact-counts.txt"), binary.File).Counts(), binary, new ConversionOptions { CheckRanges = false });
        var ours = AutoFdoConverter.Convert(recording, path, new ConversionOptions { UseBranchStacks = false }).Profile;
        var alone = AutoFdoConverter.Convert(recording, path, new ConversionOptions { UseBranchStacks = false, Inference = InferenceMode.Off }).Profile;
        var branches = AutoFdoConverter.Convert(Path.Combine(folder, "perf.data"), path).Profile;
        double overlap = ProfileOverlap.Of(ours, exact);
        TestContext.Out.WriteLine($"{program}: cpu-clock against exact counts: inferred {overlap:0.0000}, addresses alone {ProfileOverlap.Of(alone, exact):0.0000}; against branch records: {ProfileOverlap.Of(ours, branches):0.0000}");
        Assert.That(overlap, Is.GreaterThanOrEqualTo(ProfileOverlap.Of(alone, exact) + 0.1));
    }

    [TestCase("cmulti-d5-pie/cmulti")]
    [TestCase("stlmix-d5-pie/stlmix")]
    public void Control_flow_keeps_what_branch_records_say(string program)
    {
        string path = TestEnvironment.Data($"programs/{program}");
        string folder = Path.GetDirectoryName(path)!;
        using var binary = Binary.Open(path, new DebugFileSearch([]));
        var exact = Build(new ExactExecution(Path.Combine(folder, "exact-counts.txt"), binary.File).Counts(), binary, new ConversionOptions { CheckRanges = false });
        double Of(InferenceMode mode) => ProfileOverlap.Of(AutoFdoConverter.Convert(Path.Combine(folder, "perf.data"), path, new ConversionOptions { Inference = mode }).Profile, exact);
        TestContext.Out.WriteLine($"{program}: branch records as they are {Of(InferenceMode.Off):0.0000}, made consistent {Of(InferenceMode.Flow):0.0000}");
        Assert.That(Of(InferenceMode.Flow), Is.GreaterThanOrEqualTo(Of(InferenceMode.Off) - 0.005));
    }

    /// <summary>Counts of targets by the place of the call.</summary>
    private static Dictionary<string, ulong> TargetsOf(SampleProfile profile)
    {
        var targets = new Dictionary<string, ulong>();
        void Add(string path, FunctionBody body)
        {
            foreach (var position in body.Positions)
            {
                foreach (var target in position.Targets)
                {
                    targets[$"{path}/{position.Position} {target.Name}"] = target.Count;
                }
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

        return targets;
    }

    private static (double Ours, double Incumbent) Overlaps(string path, string exactCounts, SampleModel model, int number)
    {
        using var binary = Binary.Open(path, new DebugFileSearch([]));
        var symbolizer = binary.Symbolizer;
        var execution = new ExactExecution(exactCounts, binary.File);
        var samples = execution.Draw(model, number, seed: 1, a => symbolizer.FindFunction(a)?.Entry ?? 0);
        var exact = Build(execution.Counts(), binary, new ConversionOptions { CheckRanges = false });
        var ours = Build(samples.OfAddressesOnly(), binary, new ConversionOptions { UseBranchStacks = false });
        var incumbent = Build(samples.OfAddressesOnly(), binary, new ConversionOptions { UseBranchStacks = false, Inference = InferenceMode.Off });
        return (ProfileOverlap.Of(ours, exact), ProfileOverlap.Of(incumbent, exact));
    }

    /// <summary>Not shaped for the compiler, which is done with counts of branches only.</summary>
    private static SampleProfile Build(BinaryCounts counts, Binary binary, ConversionOptions options) =>
        ProfileConversion.Build(counts, "", binary, options with { ForCompiler = new TargetCompiler(Compilers.Gcc, 12), PassesOff = RecordedSets.PassesThatChangeCounts }, new ConversionReport()).Profile;
}
