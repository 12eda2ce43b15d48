using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Profiles.Formats;

/// <summary>Profiles of programs that GCC made, as LLVM's tools read them.</summary>
public sealed class LlvmTextTests
{
    [TestCase("intel-lbr-2011/perf.data", "intel-lbr-2011/gzip", "test.binary")]
    [TestCase("programs/cmulti-d4-nopie/perf.data", "programs/cmulti-d4-nopie/cmulti-d4", null)]
    [TestCase("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti", null)]
    [TestCase("programs/stlmix-d5-pie/perf.data", "programs/stlmix-d5-pie/stlmix", null)]
    [TestCase("programs/threads-d5-pie/perf.data", "programs/threads-d5-pie/threads", null)]
    [TestCase("kernel/modules/perf.data", "kernel/lib-modules/fs/ext4/ext4.ko", null)]
    public void Text_of_every_recording_is_read(string recording, string binary, string? mappedAs) =>
        AssertRead(TestEnvironment.Data(recording), TestEnvironment.Data(binary), mappedAs);

    [TestCase("kaslr")]
    [TestCase("nokaslr")]
    public void Text_of_a_kernel_is_read(string set) => AssertRead(TestEnvironment.Data($"kernel/{set}/perf.data"), TestEnvironment.Data("kernel/vmlinux.xz"), null);

    private static void AssertRead(string recording, string binary, string? mappedAs)
    {
        string output = Path.Combine(TestEnvironment.NewFolder(), "profile.prof");
        var report = AutoFdoConverter.Convert(recording, binary, output, new ConversionOptions { Format = ProfileFormat.LlvmText, MappedAs = mappedAs });
        string shown = TestEnvironment.Run("llvm-profdata-22", "show", "--sample", output);
        Assert.That(shown.Split('\n').Count(l => l.StartsWith("Function: ", StringComparison.Ordinal)), Is.EqualTo(report.Functions));
        Assert.That((report.Functions, report.Positions), Is.GreaterThan((1, 10)));
        Assert.That(ProfileText.Of(SampleProfile.Load(output)), Has.Length.GreaterThan(1000));
    }
}
