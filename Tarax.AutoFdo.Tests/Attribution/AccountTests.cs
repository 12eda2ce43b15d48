using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Conversion;
using Tarax.AutoFdo.TraceEvent;

namespace Tarax.AutoFdo.Tests.Attribution;

/// <summary>Everything that ran is in the profile or left out for a reason that has a name, to the last byte.</summary>
public sealed class AccountTests
{
    private static IEnumerable<TestCaseData> Conversions() =>
        RecordedSets.All.Select(set => new TestCaseData(set.Recording, set.Binary, set.MappedAs).SetArgDisplayNames(Path.GetFileName(set.Binary)));

    [TestCaseSource(nameof(Conversions))]
    public void Account_balances(string recording, string binary, string? mappedAs)
    {
        foreach (string target in (string[])["gcc-11", "gcc-12", "gcc-16", "clang-22"])
        {
            Assert.That(TargetCompiler.TryParse(target, out var compiler), Is.True);
            foreach (bool stacks in (bool[])[true, false])
            {
                AssertBalanced(TestEnvironment.Data(recording), TestEnvironment.Data(binary), new ConversionOptions
                {
                    ForCompiler = compiler,
                    UseBranchStacks = stacks,
                    MappedAs = mappedAs,
                    MinimumSamples = 0,
                });
            }
        }
    }

    [TestCase("kaslr")]
    [TestCase("nokaslr")]
    [TestCase("modules")]
    public void Account_of_a_kernel_balances(string set) =>
        AssertBalanced(TestEnvironment.Data($"kernel/{set}/perf.data"), KernelTests.UnpackedVmlinux, new ConversionOptions());

    [Test]
    public void Account_of_inferred_ranges_balances_too() => AssertBalanced(
        TestEnvironment.Data("programs/stlmix-d5-pie/perf.data"), TestEnvironment.Data("programs/stlmix-d5-pie/stlmix"), new ConversionOptions { Inference = InferenceMode.Flow });

    [Test]
    public void Account_of_a_trace_of_addresses_balances()
    {
        var code = NettraceRecording.Count(TestEnvironment.Data("nettrace/hot-pid.nettrace")).Convert(TestEnvironment.Data("nettrace/hot")).Report.Code;
        Assert.That(code.InPositions + Sum(code), Is.EqualTo(code.Executed).And.GreaterThan((UInt128)0));
    }

    /// <summary>Whatever ranges there are: across functions, in no function, behind the end of the file, from an end to a start.</summary>
    [Test]
    public void Account_of_any_ranges_balances()
    {
        using var binary = ElfFile.Open(TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"));
        using var symbolizer = new Symbolizer(binary);
        ulong size = (ulong)new FileInfo(binary.Path).Length;
        var text = binary.FindSection(".text")!;
        var start = Gen.OneOf(Gen.Choose(0, (int)text.Size).Select(n => text.Offset + (ulong)n), Gen.Choose(0, (int)size * 2).Select(n => (ulong)n));
        var range =
            from first in start
            from length in Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(0, 10_000))
            from count in Gen.OneOf(Gen.Choose(0, 1000).Select(n => (ulong)n), Gen.Constant(ulong.MaxValue), Gen.Constant(1UL << 40))
            select new RangeCount(first, first + (ulong)length, count, 0);
        Prop.ForAll(range.ListOf(20).ToArbitrary(), ranges =>
        {
            RangeCount[] distinct = [.. ranges.DistinctBy(r => (r.Start, r.End)).OrderBy(r => r.Start).ThenBy(r => r.End)];
            var bytes = new ExecutedBytes();
            ProfileBuilder.Of(new BinaryCounts(null, [], distinct, [], []), symbolizer, 1, bytes).Build(new AttributionChoices { CountsIsStmtRows = true });
            var code = CodeAccount.Of(bytes);
            return code.InPositions + Sum(code) == code.Executed && code.Executed == distinct.Aggregate((UInt128)0, (sum, r) => sum + ((UInt128)r.Count * ((UInt128)(r.End - r.Start) + 1)));
        }).QuickCheckThrowOnFailure();
    }

    private static UInt128 Sum(CodeAccount code) => code.LeftOut.Aggregate((UInt128)0, (sum, l) => sum + l.Bytes);

    private static void AssertBalanced(string recording, string binary, ConversionOptions options)
    {
        var code = AutoFdoConverter.Convert(recording, binary, Path.Combine(TestEnvironment.NewFolder(), "profile"), options).Code;
        Assert.That(code.Executed, Is.GreaterThan((UInt128)0));
        Assert.That(code.InPositions, Is.GreaterThan((UInt128)0));
        Assert.That(code.InPositions + Sum(code), Is.EqualTo(code.Executed));
    }
}
