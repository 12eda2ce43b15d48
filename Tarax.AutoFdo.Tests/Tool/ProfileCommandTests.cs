using System.Text.Json;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>The commands that take profiles and counts, as they are typed.</summary>
public sealed class ProfileCommandTests
{
    private string _folder = "";
    private string _recording = "";
    private string _binary = "";
    private string _gcc = "";
    private string _llvm = "";

    [OneTimeSetUp]
    public void Convert()
    {
        _folder = TestEnvironment.NewFolder();
        _recording = TestEnvironment.Data("programs/cmulti-d5-pie/perf.data");
        _binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        (_gcc, _llvm) = (At("gcc.afdo"), At("llvm.prof"));
        Good("convert", _recording, "--binary", _binary, "--discriminators", "keep", "-o", _gcc);
        Good("convert", _recording, "--binary", _binary, "--discriminators", "keep", "--format", "llvm-text", "-o", _llvm);
    }

    [TestCase("llvm-text")]
    [TestCase("llvm-binary")]
    [TestCase("llvm-extbinary")]
    public void Profile_is_converted_into_any_format_and_back(string name)
    {
        string other = At(name);
        Good("merge", _gcc, "--format", name, "-o", other);
        Assert.That(SampleProfile.Load(other).Format!.Name, Is.EqualTo(name));
        Good("merge", other, "--for", "gcc-12", "-o", At("back.afdo"));
        Assert.That(ProfileText.Of(SampleProfile.Load(At("back.afdo"))), Is.EqualTo(ProfileText.Of(SampleProfile.Load(_gcc))));
    }

    [Test]
    public void Weights_scales_and_folders_are_taken()
    {
        string folder = Directory.CreateDirectory(At("many")).FullName;
        File.Copy(_gcc, Path.Combine(folder, "a.afdo"));
        File.Copy(_gcc, Path.Combine(folder, "b.afdo"));
        Good("merge", folder, "--weight", $"{_gcc}=3", "-o", At("sum.afdo"));
        Assert.That(ProfileText.Of(SampleProfile.Load(At("sum.afdo"))), Is.EqualTo(ProfileText.Of(SampleProfile.Load(_gcc).Times(5))));
        Good("merge", At("sum.afdo"), "--scale-to", $"{SampleProfile.Load(_gcc).TotalCount()}", "-o", At("scaled.afdo"));
        Assert.That(ProfileText.Of(SampleProfile.Load(At("scaled.afdo"))), Is.EqualTo(ProfileText.Of(SampleProfile.Load(_gcc))));
        Good("merge", _gcc, At("sum.afdo"), "--equalize", "-o", At("equal.afdo"));
        Assert.That(ProfileText.Of(SampleProfile.Load(At("equal.afdo"))), Is.EqualTo(ProfileText.Of(SampleProfile.Load(_gcc).Times(10))));
        Good("merge", _gcc, "--min-count", "10000", "-o", At("hot.afdo"));
        Assert.That(SampleProfile.Load(At("hot.afdo")).Functions, Has.Count.LessThan(SampleProfile.Load(_gcc).Functions.Count).And.Not.Empty);
    }

    [Test]
    public void Mixed_compilers_are_told_and_discriminators_dropped_where_asked()
    {
        var mixed = TestEnvironment.Tarax("merge", _gcc, _llvm, "-o", At("mixed.afdo"));
        Assert.That(mixed.ExitCode, Is.Zero, mixed.Error);
        Assert.That(mixed.Error, Does.Contain("[mixed-compilers]"));
        Assert.That(SampleProfile.Load(At("mixed.afdo")).Format, Is.EqualTo(ProfileFormat.GcovV2), "that of the first");
        Good("merge", _gcc, _llvm, "--discriminators", "drop", "-o", At("mixed.afdo"));
        Assert.That(SampleProfile.Load(At("mixed.afdo")).Functions.SelectMany(f => f.Body.Positions).Select(p => p.Position.Discriminator), Has.All.Zero);
    }

    [Test]
    public void Overlap_is_shown_and_decides_the_exit_code()
    {
        Good("convert", _recording, "--binary", _binary, "--discriminators", "keep", "--passes", "none", "-o", At("nested.afdo"));
        Assert.That(Good("diff", At("nested.afdo"), _llvm), Does.StartWith("overlap    1.0000").Or.StartWith("overlap    0.99"));
        Good("merge", _gcc, "--discriminators", "drop", "-o", At("dropped.afdo"));
        Assert.That(TestEnvironment.Tarax("diff", _gcc, At("dropped.afdo"), "--fail-under", "0.99").ExitCode, Is.EqualTo(3));
        Assert.That(TestEnvironment.Tarax("diff", _gcc, At("dropped.afdo"), "--fail-under", "0.5").ExitCode, Is.Zero);
        using var json = JsonDocument.Parse(Good("diff", _gcc, At("dropped.afdo"), "--json", "--top", "3"));
        Assert.That(json.RootElement.GetProperty("functions").GetArrayLength(), Is.EqualTo(3));
        Assert.That(json.RootElement.GetProperty("overlap").GetDouble(), Is.InRange(0.5, 0.99));
    }

    [Test]
    public void Match_with_a_build_is_shown_and_decides_the_exit_code()
    {
        Assert.That(Good("check", _gcc, "--binary", _binary, "--fail-under", "0.999"), Does.Contain("100.00 % match"));
        var other = TestEnvironment.Tarax("check", _gcc, "--binary", TestEnvironment.Data("programs/threads-d5-pie/threads"), "--fail-under", "0.9");
        Assert.That(other.ExitCode, Is.EqualTo(3));
        Assert.That(other.Output, Does.Contain("(not in the binary)"));
        using var json = JsonDocument.Parse(Good("check", _llvm, "--binary", _binary, "--json"));
        Assert.That(json.RootElement.GetProperty("matchedShare").GetDouble(), Is.EqualTo(1));
    }

    [Test]
    public void Counts_of_recordings_and_counts_are_added_up_and_converted()
    {
        Good("counts", _recording, "-o", At("one.counts"));
        Good("counts", _recording, "--text", "-o", At("one.txt"));
        Good("counts", At("one.counts"), At("one.txt"), _recording, "-o", At("three.counts"));
        Good("convert", At("three.counts"), "--binary", _binary, "--discriminators", "keep", "-o", At("three.afdo"));
        Assert.That(ProfileText.Of(SampleProfile.Load(At("three.afdo"))), Does.Contain("main").And.Not.EqualTo(ProfileText.Of(SampleProfile.Load(_gcc))));
        Assert.That(SampleProfile.Diff(SampleProfile.Load(At("three.afdo")), SampleProfile.Load(_gcc)).Overlap, Is.EqualTo(1).Within(1e-9));
    }

    [TestCase("one.counts")]
    [TestCase("text.counts")]
    [TestCase("")]
    public void Count_is_explained_from_any_counts(string counts)
    {
        Good("counts", _recording, "-o", At("one.counts"));
        Good("convert", _recording, "--binary", _binary, "--counts", At("text.counts"), "-o", At("ignored.afdo"));
        string output = Good("show", _gcc, "--explain", "tree_insert:2", "--binary", _binary, "--counts", counts.Length == 0 ? _recording : At(counts));
        Assert.That(output, Does.Contain("tree_insert 2: executed").And.Contain("  range ").And.Contain("    from ").And.Contain("    to "));
    }

    [Test]
    public void Count_that_is_not_that_of_moved_code_is_explained()
    {
        Good("convert", _recording, "--binary", _binary, "-o", At("statements.afdo"));
        Assert.That(Good("show", At("statements.afdo"), "--explain", "merge:10", "--binary", _binary, "--counts", _recording), Does.Match("merge 10: [0-9,]+ in the profile, as often as its statement begins"));
        Assert.That(Good("show", At("statements.afdo"), "--explain", "merge:4", "--binary", _binary, "--counts", _recording), Does.Match("merge 4: [0-9,]+ in the profile\n"));
    }

    [Test]
    public void Show_tells_format_size_and_the_tree()
    {
        Assert.That(Good("show", _llvm), Does.Contain($"llvm-text, {new FileInfo(_llvm).Length:N0} bytes").And.Contain("99.9 % of the counts"));
        Assert.That(Good("show", _llvm, "--function", "tree_insert"), Does.Match(@"tree_insert:\d+:\d+").And.Match(@"\n \d+(\.\d+)?: \w+:\d+\n  \d"));
    }

    [Test]
    public void Names_are_demangled_unless_they_shall_not_be()
    {
        string profile = At("names.prof");
        File.WriteAllText(profile, "_ZN3foo3barEi:10:1\n 1: 10\n");
        Assert.That(Good("show", profile), Does.Contain("foo::bar").And.Not.Contain("foo::bar(int)"));
        Assert.That(Good("show", profile, "--wide"), Does.Contain("foo::bar(int)"));
        Assert.That(Good("show", profile, "--function", "foo::bar"), Does.Contain(" 1: 10"));
        Assert.That(Good("show", profile, "--mangled"), Does.Contain("_ZN3foo3barEi"));
        Assert.That(Good("show", profile, "--function", "foo::bar(int)"), Does.Contain(" 1: 10"));
    }

    [TestCase(2, "merge")]
    [TestCase(2, "merge", "x")]
    [TestCase(2, "merge", "x", "-o", "y", "--weight", "x=0")]
    [TestCase(2, "merge", "x", "-o", "y", "--weight", "x")]
    [TestCase(2, "merge", "x", "-o", "y", "--weight", "x=2", "--weight", "./x=3")]
    [TestCase(2, "show", "")]
    [TestCase(2, "merge", "x", "-o", "")]
    [TestCase(2, "diff", "x")]
    [TestCase(2, "check", "x")]
    [TestCase(2, "counts", "x")]
    [TestCase(2, "show", "x", "--explain", "f")]
    [TestCase(1, "merge", "nowhere", "-o", "y")]
    [TestCase(1, "diff", "nowhere", "nowhere")]
    [TestCase(1, "counts", "nowhere", "-o", "y")]
    public void Wrong_usage_and_missing_files_are_told(int exitCode, params string[] arguments)
    {
        var run = TestEnvironment.Tarax(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        Assert.That(run.Error, Does.StartWith("tarax: ").And.Not.Contain("   at "));
    }

    [Test]
    public void Damaged_profiles_of_every_format_write_nothing()
    {
        Good("merge", _gcc, "--format", "llvm-extbinary", "-o", At("whole.prof"));
        Good("merge", _gcc, "--format", "llvm-binary", "-o", At("binary.prof"));
        foreach (string whole in (string[])[_gcc, _llvm, At("whole.prof"), At("binary.prof")])
        {
            byte[] bytes = File.ReadAllBytes(whole);
            File.WriteAllBytes(At("damaged"), [.. bytes[..(bytes.Length / 2)], (byte)'\n']);
            var run = TestEnvironment.Tarax("merge", At("damaged"), _gcc, "-o", At("nothing.afdo"));
            Assert.That(run.ExitCode, Is.EqualTo(1), $"{whole}: {run.Error}");
            Assert.That(run.Error, Does.Contain("offset").And.Contain(At("damaged")));
            Assert.That(File.Exists(At("nothing.afdo")), Is.False);
        }
    }

    private static string Good(params string[] arguments)
    {
        var run = TestEnvironment.Tarax(arguments);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Output;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
