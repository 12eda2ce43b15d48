using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests;

/// <summary>Everything that ran is in the profile or left out for a reason that has a name, to the last byte.</summary>
public sealed class AccountTests
{
    private static readonly (string Recording, string Binary, string? MappedAs)[] Sets =
    [
        ("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti", null),
        ("programs/cmulti-d4-nopie/perf.data", "programs/cmulti-d4-nopie/cmulti-d4", null),
        ("programs/stlmix-d5-pie/perf.data", "programs/stlmix-d5-pie/stlmix", null),
        ("programs/threads-d5-pie/perf.data", "programs/threads-d5-pie/threads", null),
        ("intel-lbr-2011/perf.data", "intel-lbr-2011/gzip", "test.binary"),
        ("kernel/modules/perf.data", "kernel/lib-modules/fs/ext4/ext4.ko", null),
        ("kernel/modules/perf.data", "kernel/lib-modules/drivers/block/loop.ko", null),
    ];

    private static IEnumerable<TestCaseData> Conversions() =>
        Sets.Select(set => new TestCaseData(set.Recording, set.Binary, set.MappedAs).SetArgDisplayNames(Path.GetFileName(set.Binary)));

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

    private static void AssertBalanced(string recording, string binary, ConversionOptions options)
    {
        var code = AutoFdoConverter.Convert(recording, binary, Path.Combine(TestEnvironment.NewFolder(), "profile"), options).Code;
        Assert.That(code.Executed, Is.GreaterThan((UInt128)0));
        Assert.That(code.InPositions, Is.GreaterThan((UInt128)0));
        Assert.That(code.InPositions + code.LeftOut.Aggregate((UInt128)0, (sum, l) => sum + l.Bytes), Is.EqualTo(code.Executed));
    }
}
