using System.Globalization;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Targets.Clang;

/// <summary>Programs that Clang made, recorded, converted, compared with what LLVM's own tool makes of the same recording, and compiled with the profile.</summary>
[TestFixture("cmulti", false)]
[TestFixture("cmulti", true)]
[TestFixture("stlmix", false)]
[TestFixture("stlmix", true)]
public sealed class ClangTests(string program, bool isFlowSensitive)
{
    private const double LeastOverlap = 0.99;

    private static readonly string[] Flags = ["-O2", "-g", "-Wno-deprecated-declarations", "-fdebug-info-for-profiling", "-funique-internal-linkage-names"];
    private static readonly string[] FlowSensitive = ["-mllvm", "-enable-fs-discriminator=true", "-mllvm", "-improved-fs-discriminator=true"];

    private readonly string _compiler = program == "stlmix" ? "clang++-22" : "clang-22";
    private string _folder = "";
    private string _binary = "";
    private string _recording = "";
    private string _profile = "";
    private string[] _sources = [];

    [OneTimeSetUp]
    public void RecordAndConvert()
    {
        _folder = TestEnvironment.NewFolder();
        _binary = Path.Combine(_folder, program);
        _recording = Path.Combine(_folder, "perf.data");
        _profile = Path.Combine(_folder, "ours.prof");
        string sources = TestEnvironment.Data("programs/src");
        _sources = program == "stlmix" ? [Path.Combine(sources, "stlmix.cc")]
            : [.. Directory.GetFiles(Path.Combine(sources, program), "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Compile(["-w", "-fuse-ld=lld", "-Wl,--build-id", "-o", _binary, .. _sources, "-lm"]);
        SimulatedRecording.Record(_recording, 1009, _binary);
        AutoFdoConverter.Convert(_recording, _binary, _profile);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Profile_overlaps_with_that_of_llvm_profgen()
    {
        string theirs = Path.Combine(_folder, "theirs.prof");
        TestEnvironment.Run("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", $"--output={theirs}");
        string report = TestEnvironment.Run("llvm-profdata-22", "overlap", "--sample", theirs, _profile);
        var overlap = Regex.Match(report, @"sample overlap: ([\d.]+)%");
        double ours = ProfileOverlap.Of(SampleProfile.Load(theirs), SampleProfile.Load(_profile));
        TestContext.Out.WriteLine($"{program}{(isFlowSensitive ? ", flow-sensitive" : "")}: overlap {overlap.Groups[1].Value} % by llvm-profdata, {100 * ours:0.000} % by ourselves");
        Assert.That(double.Parse(overlap.Groups[1].Value, CultureInfo.InvariantCulture) / 100, Is.GreaterThan(LeastOverlap));
        Assert.That(ours, Is.GreaterThan(LeastOverlap));
    }

    [Test]
    public void Totals_and_heads_of_all_functions_are_those_of_llvm_profgen()
    {
        string theirs = Path.Combine(_folder, "totals.prof");
        TestEnvironment.Run("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", $"--output={theirs}");
        var totals = TotalsOf(theirs);
        var ours = TotalsOf(_profile);
        Assert.That(ours, Has.Count.GreaterThan(10));
        Assert.That(ours, Is.SubsetOf(totals));

        // What only calls led to has a head and no code there: a total of 0.
        Assert.That(totals.Except(ours).Select(t => t.Total), Is.All.Zero);
    }

    private static List<(string Name, ulong? Total, ulong Head)> TotalsOf(string profile) => [.. SampleProfile.Load(profile).Functions.Select(f => (f.Name, f.Body.StatedTotal, f.HeadCount))];

    [Test]
    public void Clang_chooses_the_extensible_binary_with_the_flag_that_its_discriminators_need()
    {
        var profile = SampleProfile.Load(_profile);
        Assert.That((profile.Format, profile.IsFlowSensitive), Is.EqualTo((ProfileFormat.LlvmExtBinary, isFlowSensitive)));
        Assert.That(profile.SymbolList, Is.Empty);
        Assert.That(TestEnvironment.Run("llvm-profdata-22", "show", "--sample", "--show-sec-info-only", _profile), isFlowSensitive ? Does.Contain("{fs-discriminator}") : Does.Not.Contain("{fs-discriminator}"));
    }

    [Test]
    public void Llvm_profdata_writes_the_same_bytes()
    {
        string again = Path.Combine(_folder, "again.prof");
        TestEnvironment.Run("llvm-profdata-22", "merge", "--sample", "--extbinary", "-o", again, _profile);
        Assert.That(File.ReadAllBytes(again), Is.EqualTo(File.ReadAllBytes(_profile)));
    }

    [Test]
    public void Functions_are_listed_for_those_that_ask()
    {
        string listed = Path.Combine(_folder, "listed.prof");
        AutoFdoConverter.Convert(_recording, _binary, listed, new ConversionOptions { SymbolList = true });
        Assert.That(SampleProfile.Load(listed).SymbolList, Does.Contain("main"));
        Assert.That(TestEnvironment.Run("llvm-profdata-22", "show", "--sample", "--show-prof-sym-list", listed), Does.Contain("main"));
    }

    [TestCase("llvm-text")]
    [TestCase("llvm-binary")]
    [TestCase("llvm-extbinary")]
    public void Compiler_reads_the_profile_and_inlines_hot_calls(string name)
    {
        var format = TestEnvironment.Format(name);
        string profile = Path.Combine(_folder, $"{format}.prof");
        AutoFdoConverter.Convert(_recording, _binary, profile, new ConversionOptions { Format = format });

        // The other formats have no place for the flag.
        string[] flag = isFlowSensitive && format != ProfileFormat.LlvmExtBinary ? ["-mllvm", "-profile-isfs"] : [];
        string messages = "";
        foreach (string source in _sources)
        {
            messages += Compile([$"-fprofile-sample-use={profile}", "-Rpass=sample-profile-inline", .. flag, "-c", "-o", Path.Combine(_folder, "with.o"), source]);
        }

        Assert.That(messages, Does.Not.Contain("warning:"));
        Assert.That(Regex.Count(messages, "inlined into '.*' to match profiling context"), Is.GreaterThan(3));
    }

    private string Compile(string[] arguments)
    {
        var run = TestEnvironment.Execute(_compiler, null, [.. Flags, .. isFlowSensitive ? FlowSensitive : [], .. arguments]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Error;
    }
}
