using System.Text.RegularExpressions;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>The executable behind links with the names of google/autofdo's tools, beside those tools themselves (Debian's 0.19).</summary>
public sealed class AutofdoToolTests
{
    private readonly string _folder = TestEnvironment.NewFolder();
    private readonly string _recording = TestEnvironment.Data("programs/cmulti-d4-nopie/perf.data");
    private readonly string _binary = TestEnvironment.Data("programs/cmulti-d4-nopie/cmulti-d4");

    [OneTimeSetUp]
    public void MakeLinks()
    {
        string executable = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax");
        TestEnvironment.Require(File.Exists(executable), "the executable is not beside the tests");
        foreach (string tool in (string[])["create_gcov", "dump_gcov", "profile_merger", "profile_diff", "sample_merger", "create_llvm_prof"])
        {
            File.CreateSymbolicLink(At(tool), executable);
        }
    }

    /// <summary>gcc/c/Make-lang.in of GCC 15, create_fdas_for_cc1 and cc1.fda: one dash, values behind spaces, flags behind files.</summary>
    [Test]
    public void Command_lines_of_gccs_makefiles_work()
    {
        foreach (string part in (string[])["cc1_a.fda", "cc1_b.fda"])
        {
            Good("create_gcov", "-binary", _binary, "-gcov", At(part), "-profile", _recording, "-gcov_version", "2");
        }

        Good("profile_merger", At("cc1_a.fda"), At("cc1_b.fda"), "--output_file", At("cc1.fda"), "-gcov_version", "2");
        var merged = SampleProfile.Load(At("cc1.fda"));
        Assert.That(merged.Format, Is.EqualTo(ProfileFormat.GcovV2));
        Assert.That(ProfileText.Of(merged), Is.EqualTo(ProfileText.Of(SampleProfile.Load(At("cc1_a.fda")).Times(2))));
    }

    [Test]
    public void Create_gcov_agrees_with_debians_in_what_that_does_right()
    {
        // Their differences one by one are those of the reference profiles; here, that both take the same words for the same thing.
        Good("create_gcov", "--binary=" + _binary, "--profile=" + _recording, "--gcov=" + At("ours.afdo"), "--gcov_version=1", "--use_lbr=true", "--profiler=perf", "--alsologtostderr", "--minloglevel=2");
        Theirs("create_gcov", "--binary=" + _binary, "--profile=" + _recording, "--gcov=" + At("theirs.afdo"), "--gcov_version=1", "--use_lbr=true", "--profiler=perf", "--minloglevel=2");
        var (ours, theirs) = (SampleProfile.Load(At("ours.afdo")), SampleProfile.Load(At("theirs.afdo")));
        Assert.That(ours.Functions.Select(f => f.Name), Is.EqualTo(theirs.Functions.Select(f => f.Name)));
        Assert.That(SampleProfile.Diff(ours, theirs).Overlap, Is.GreaterThan(0.98));
    }

    [Test]
    public void Dump_has_the_lines_of_debians()
    {
        string profile = TheirProfile();
        string[] ours = Lines(Good("dump_gcov", profile, "-gcov_version=1"));
        string[] theirs = Lines(Theirs("dump_gcov", profile, "-gcov_version=1"));
        Assert.That(ours.Select(InOrder), Is.EqualTo(theirs.Select(InOrder)), "but for the order of targets with the same count");
    }

    [Test]
    public void Merger_adds_up_as_debians_but_for_call_targets_which_that_one_overwrites()
    {
        string profile = TheirProfile();
        Good("convert", () => TestEnvironment.Tarax("convert", _recording, "--binary", _binary, "--gcov-version", "1", "-o", At("second.afdo")));
        Good("profile_merger", profile, At("second.afdo"), $"--output_file={At("ours-sum.afdo")}", "--gcov_version=1");
        Theirs("profile_merger", profile, At("second.afdo"), $"--output_file={At("their-sum.afdo")}", "--gcov_version=1");
        Assert.That(Canonical(At("ours-sum.afdo")), Is.EqualTo(Canonical(At("their-sum.afdo"))));
        Assert.That(
            SampleProfile.Load(At("ours-sum.afdo")).Functions.Single(f => f.Name == "tree_insert").Body.Positions.SelectMany(p => p.Targets).Single(t => t.Name == "tree_insert").Count,
            Is.EqualTo(2 * SampleProfile.Load(profile).Functions.Single(f => f.Name == "tree_insert").Body.Positions.SelectMany(p => p.Targets).Single(t => t.Name == "tree_insert").Count));
    }

    [TestCase("")]
    [TestCase("--compare_function")]
    public void Diff_prints_what_debians_prints(string option)
    {
        string profile = TheirProfile();
        Good("convert", () => TestEnvironment.Tarax("convert", _recording, "--binary", _binary, "--gcov-version", "1", "-o", At("other.afdo")));
        string[] options = option.Length == 0 ? [] : [option];
        Assert.That(Lines(Good("profile_diff", [profile, At("other.afdo"), .. options])), Is.EqualTo(Lines(Theirs("profile_diff", [profile, At("other.afdo"), "--gcov_version=1", .. options]))));
    }

    [Test]
    public void Sample_merger_adds_to_the_file_that_is_there()
    {
        Good("sample_merger", $"--binary={_binary}", $"--profile={_recording}", $"--output_file={At("samples.txt")}");
        Theirs("sample_merger", $"--binary={_binary}", $"--profile={_recording}", $"--output_file={At("their-samples.txt")}");
        var once = Counts("samples.txt");
        var theirs = Counts("their-samples.txt");
        Assert.That(once.Ranges, Is.EqualTo(theirs.Ranges));
        Assert.That(once.Samples, Is.EqualTo(theirs.Samples));
        Assert.That(once.Branches, Is.EqualTo(theirs.Branches), "entries from other files only we have");
        Good("sample_merger", $"--binary={_binary}", $"--profile={_recording}", $"--output_file={At("samples.txt")}");
        Assert.That(Counts("samples.txt").Ranges.Select(r => r.Count), Is.EqualTo(once.Ranges.Select(r => 2 * r.Count)));
        Good("create_gcov", $"--binary={_binary}", $"--profile={At("samples.txt")}", "--profiler=text", "--gcov_version=2", $"--gcov={At("of-text.afdo")}");
        Assert.That(SampleProfile.Load(At("of-text.afdo")).Functions, Has.Count.GreaterThan(10));
    }

    [TestCase("text", "llvm-text")]
    [TestCase("binary", "llvm-binary")]
    [TestCase("extbinary", "llvm-extbinary")]
    public void Create_llvm_prof_writes_each_of_its_formats(string format, string expected)
    {
        // The kernel's documented command.
        Good("create_llvm_prof", $"--binary={_binary}", $"--profile={_recording}", $"--format={format}", $"--out={At("llvm.prof")}", "--prof_sym_list=false");
        Assert.That(SampleProfile.Load(At("llvm.prof")).Format!.Name, Is.EqualTo(expected));
        TestEnvironment.Run("llvm-profdata-22", "show", "--sample", At("llvm.prof"));
    }

    [Test]
    public void Flags_come_from_files_and_may_be_negated()
    {
        File.WriteAllText(At("flags"), $"# for create_gcov\n--binary={_binary}\n\n-profile={_recording}\n--nouse_lbr\n");
        Good("create_gcov", "--flagfile=" + At("flags"), "--gcov", At("of-file.afdo"), "--gcov_version=2");
        Assert.That(SampleProfile.Load(At("of-file.afdo")).Functions.Sum(f => (long)f.HeadCount), Is.LessThan(100), "without branch stacks no calls are known");
    }

    [Test]
    public void File_of_flags_that_names_itself_or_is_none_is_told()
    {
        File.WriteAllText(At("loop"), $"--flagfile={At("loop")}\n");
        Assert.That(Run("create_gcov", "--flagfile=" + At("loop")).ExitCode, Is.EqualTo(2));
        Assert.That(Run("create_gcov", "--flagfile=" + _folder).ExitCode, Is.EqualTo(1));
        Assert.That(Run("create_gcov", "--flagfile=/nowhere/flags").ExitCode, Is.EqualTo(1));
    }

    [Test]
    public void Profiles_without_anything_are_told()
    {
        File.WriteAllText(At("nothing.prof"), "# nothing\n");
        Assert.That(Run("profile_merger", At("nothing.prof"), "--output_file", At("merged.prof")).ExitCode, Is.EqualTo(3));
        Assert.That(File.Exists(At("merged.prof")), Is.False);
        Assert.That(Good("profile_diff", "--compare_function", At("nothing.prof"), At("nothing.prof")), Does.StartWith("0.0000"));
    }

    [Test]
    public void Focus_chooses_the_name_under_which_the_binary_ran()
    {
        string gzip = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip");
        string recording = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data");
        Good("create_gcov", "--binary=" + gzip, "--profile=" + recording, "--focus_binary_re=.*/test[.]binary$", "--gcov_version=1", "--gcov=" + At("focused.afdo"));
        Assert.That(SampleProfile.Load(At("focused.afdo")).Functions, Has.Count.EqualTo(22));
        Assert.That(Run("create_gcov", "--binary=" + gzip, "--profile=" + recording, "--focus_binary_re=nothing", "--gcov=" + At("none.afdo")).ExitCode, Is.EqualTo(3));
        Assert.That(Run("create_gcov", "--binary=" + gzip, "--profile=" + recording, "--focus_binary_re=(", "--gcov=" + At("none.afdo")).ExitCode, Is.EqualTo(2));
        Assert.That(File.Exists(At("none.afdo")), Is.False);
    }

    [TestCase("create_gcov", "--bogus=1")]
    [TestCase("create_gcov", "--gcov_version")]
    [TestCase("create_gcov", "--use_lbr=maybe")]
    [TestCase("dump_gcov", "")]
    [TestCase("dump_gcov")]
    [TestCase("profile_merger")]
    [TestCase("profile_diff", "one")]
    [TestCase("create_llvm_prof")]
    public void Wrong_usage_ends_with_2(string tool, params string[] arguments)
    {
        var run = Run(tool, arguments);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith(tool + ": "));
    }

    [Test]
    public void Help_and_version_end_with_0()
    {
        Assert.That(Good("create_gcov", "--help"), Does.Contain("--gcov_version"));
        Assert.That(Good("create_gcov", "-version"), Does.Contain("tarax"));
    }

    [TestCase("create_gcov")]
    [TestCase("create_llvm_prof")]
    [TestCase("dump_gcov")]
    [TestCase("profile_merger")]
    [TestCase("profile_diff")]
    [TestCase("sample_merger")]
    public void Every_flag_of_debians_is_taken(string tool)
    {
        // The help itself ends with 1.
        string help = TestEnvironment.Execute($"/usr/bin/{tool}", null, "--helpfull").Output.ReplaceLineEndings(" ");
        var flags = Regex.Matches(help, @" -(\w+) \(.*?type: (\w+)").Where(m => m.Groups[1].Value is not "flagfile").ToList();
        Assert.That(flags, Has.Count.GreaterThan(40));
        string[] words = [.. flags.Select(m => $"--{m.Groups[1].Value}={(m.Groups[2].Value switch { "bool" => "true", "string" => "x", _ => "1" })}")];
        Assert.That(Run(tool, [.. words, "--help"]).ExitCode, Is.Zero, string.Join(' ', words));
    }

    private string TheirProfile()
    {
        string profile = At("their-profile.afdo");
        if (!File.Exists(profile))
        {
            Theirs("create_gcov", $"--binary={_binary}", $"--profile={_recording}", $"--gcov={profile}", "--gcov_version=1");
        }

        return profile;
    }

    private BinaryCounts Counts(string name)
    {
        using var reader = File.OpenText(At(name));
        return CountsText.Read(reader);
    }

    /// <summary>As the independent decoder prints it, without call targets and the section that no compiler reads.</summary>
    private static string[] Canonical(string profile) =>
        [.. Lines(TestEnvironment.Run("python3", TestEnvironment.DataTool("afdo_canon.py"), profile)).Where(l => !l.StartsWith("ws ", StringComparison.Ordinal)).Select(l => Regex.Replace(l, @" \S+:\d+", ""))];

    private static string InOrder(string line) => string.Join("  ", line.Split("  ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Theirs(string tool, params string[] arguments) => TestEnvironment.Run($"/usr/bin/{tool}", arguments);

    private static void Good(string what, Func<(int ExitCode, string Output, string Error)> run)
    {
        var result = run();
        Assert.That(result.ExitCode, Is.Zero, $"{what}: {result.Error}");
    }

    private (int ExitCode, string Output, string Error) Run(string tool, params string[] arguments) => TestEnvironment.Execute(At(tool), null, arguments);

    private string Good(string tool, params string[] arguments)
    {
        var run = Run(tool, arguments);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Output;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
