using System.Text;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>The executable behind links with the names of LLVM's tools for sampled profiles, beside those tools themselves.</summary>
public sealed class LlvmToolTests
{
    private readonly string _folder = TestEnvironment.NewFolder();
    private readonly string _recording = TestEnvironment.Data("programs/cmulti-d5-pie/perf.data");
    private readonly string _binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");

    [OneTimeSetUp]
    public void MakeLinks()
    {
        string executable = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax");
        TestEnvironment.Require(File.Exists(executable), "the executable is not beside the tests");
        foreach (string tool in (string[])["llvm-profgen", "llvm-profgen-22", "llvm-profdata", "create_llvm_prof"])
        {
            File.CreateSymbolicLink(At(tool), executable);
        }
    }

    /// <summary>Documentation/dev-tools/autofdo.rst of Linux 7.2, with its own spelling: the merge without --sample, single dashes, -o behind a space.</summary>
    [Test]
    public void Command_lines_of_linuxs_documentation_work()
    {
        string kernel = TestEnvironment.Data("kernel/vmlinux.xz");
        string recording = TestEnvironment.Data("kernel/kaslr/perf.data");
        Good("llvm-profgen", "--kernel", $"--binary={kernel}", $"--perfdata={recording}", "-o", At("first.prof"));
        Good("create_llvm_prof", $"--binary={kernel}", $"--profile={recording}", "--format=extbinary", $"--out={At("second.prof")}");
        Good("llvm-profdata", "merge", "-o", At("sum.prof"), At("first.prof"), At("second.prof"));
        var sum = SampleProfile.Load(At("sum.prof"));
        Assert.That(sum.TotalCount(), Is.EqualTo(SampleProfile.Load(At("first.prof")).TotalCount() + SampleProfile.Load(At("second.prof")).TotalCount()));
        Assert.That(sum.Functions, Has.Count.GreaterThan(2000));
    }

    [TestCase()]
    [TestCase("--detailed-summary", "--hot-func-list")]
    [TestCase("-topn", "3")]
    [TestCase("--function=merge")]
    [TestCase("--function=none")]
    public void Show_prints_what_llvm_profdata_prints(params string[] options)
    {
        Theirs("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", $"--output={At("shown.prof")}");
        Assert.That(Good("llvm-profdata", ["show", "--sample", .. options, At("shown.prof")]), Is.EqualTo(Theirs("llvm-profdata-22", ["show", "--sample", .. options, At("shown.prof")])));
    }

    [TestCase("--text")]
    [TestCase("--extbinary")]
    [TestCase("--binary")]
    [TestCase("--use-md5")]
    [TestCase("--text", "--function=tree")]
    [TestCase("--text", "--no-function=tree")]
    public void Merge_writes_what_llvm_profdata_writes(params string[] options)
    {
        Theirs("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", $"--output={At("one.prof")}");
        File.WriteAllText(At("other.prof"), "merge:500:1\n 0: 1\n 3: 400 tree_insert:399\nother:10:1\n 1: 10\n");
        File.WriteAllText(At("list"), $"# a list\n\n3,{At("one.prof")}\n{At("other.prof")}\n");
        string[] arguments = ["merge", "--sample", .. options, $"--weighted-input=2,{At("one.prof")}", "-f", At("list"), "-o"];
        Good("llvm-profdata", [.. arguments, At("ours.prof")]);
        Theirs("llvm-profdata-22", [.. arguments, At("theirs.prof")]);

        // Hashes may stand in any order.
        bool hasHashes = options.Contains("--use-md5");
        Assert.That(Content("ours.prof"), Is.EqualTo(Content("theirs.prof")));
        byte[] Content(string file) => hasHashes ? Encoding.UTF8.GetBytes(Theirs("llvm-profdata-22", "merge", "--sample", "--text", At(file))) : File.ReadAllBytes(At(file));
    }

    [Test]
    public void Unsymbolized_profiles_go_both_ways()
    {
        Good("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", "--skip-symbolization", "-o", At("ours.txt"));
        Theirs("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", "--skip-symbolization", "-o", At("theirs.txt"));

        // Theirs leaves out what is not of a function.
        Assert.That(Lines("theirs.txt"), Is.SubsetOf(Lines("ours.txt")));
        Theirs("llvm-profgen-22", $"--binary={_binary}", $"--unsymbolized-profile={At("ours.txt")}", "--format=text", "-o", At("theirs-of-ours.prof"));
        Theirs("llvm-profgen-22", $"--binary={_binary}", $"--perfdata={_recording}", "--format=text", "-o", At("theirs.prof"));
        Assert.That(File.ReadAllText(At("theirs-of-ours.prof")), Is.EqualTo(File.ReadAllText(At("theirs.prof"))));
        Good("llvm-profgen", $"--binary={_binary}", $"--perfdata={_recording}", "--format=text", "-o", At("ours.prof"));
        Good("llvm-profgen", $"--binary={_binary}", "--up", At("theirs.txt"), "--format=text", "-o", At("ours-of-theirs.prof"));
        Assert.That(File.ReadAllText(At("ours-of-theirs.prof")), Is.EqualTo(File.ReadAllText(At("ours.prof"))));

        // Files one behind the other are a sum.
        File.WriteAllText(At("twice.txt"), File.ReadAllText(At("theirs.txt")) + File.ReadAllText(At("theirs.txt")));
        var once = AutoFdoConverter.CountsOf(Input.Open(At("theirs.txt")), _binary);
        var twice = AutoFdoConverter.CountsOf(Input.Open(At("twice.txt")), _binary);
        Assert.That(twice.Ranges, Is.EqualTo(BinaryCounts.Merge([once, once]).Ranges));
        Assert.That(twice.Branches, Is.EqualTo(BinaryCounts.Merge([once, once]).Branches));
    }

    [Test]
    public void Output_of_perf_script_is_read()
    {
        TestEnvironment.RequireTool("perf");
        string script = TestEnvironment.Shell(_folder, $"perf script --show-mmap-events -F ip,brstack -i '{_recording}' 2>/dev/null").Output;
        File.WriteAllText(At("script.txt"), script);
        Good("llvm-profgen", $"--binary={_binary}", $"--perfscript={At("script.txt")}", "--output", At("script.prof"));
        Good("llvm-profgen", $"--binary={_binary}", $"--perfdata={_recording}", "--output", At("data.prof"));
        Assert.That(File.ReadAllBytes(At("script.prof")), Is.EqualTo(File.ReadAllBytes(At("data.prof"))));
    }

    [Test]
    public void Debug_information_of_another_file_is_found()
    {
        TestEnvironment.RequireTool("objcopy");
        string debug = Directory.CreateDirectory(At("debug")).FullName;
        TestEnvironment.Run("objcopy", "--only-keep-debug", _binary, Path.Combine(debug, "any.debug"));
        TestEnvironment.Run("objcopy", "--strip-debug", _binary, At("stripped"));
        Good("llvm-profgen", $"--binary={At("stripped")}", $"--debug-binary={Path.Combine(debug, "any.debug")}", $"--perfdata={_recording}", "-o", At("stripped.prof"));
        Assert.That(SampleProfile.Load(At("stripped.prof")).Functions, Has.Count.GreaterThan(20));
    }

    [TestCase("llvm-profgen", "--pid=3", "perf script --pid")]
    [TestCase("llvm-profgen", "--use-offset=0", "first executable segment")]
    [TestCase("llvm-profgen", "--update-total-samples", "without it")]
    [TestCase("llvm-profgen", "-a", "unknown command line flag 'a'")]
    [TestCase("llvm-profdata", "--json", "tarax show --json")]
    [TestCase("llvm-profdata", "overlap", "tarax diff")]
    public void What_is_not_done_says_what_is_done_instead(string tool, string argument, string instead)
    {
        var run = TestEnvironment.Execute(At(tool), null, argument, $"--output={At("none")}");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.StartWith(tool).And.Contains(instead));
        Assert.That(File.Exists(At("none")), Is.False);
    }

    [Test]
    public void Help_says_what_is_done_what_has_no_effect_and_what_is_not_done()
    {
        string help = Good("llvm-profgen", "--help");
        Assert.That(help, Does.Contain("--unsymbolized-profile").And.Contains("without effect here: ").And.Contains("not done here: --pid"));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string[] Lines(string name) => [.. File.ReadLines(At(name)).Where(l => l.Contains(':', StringComparison.Ordinal))];

    private string Good(string tool, params string[] arguments)
    {
        var run = TestEnvironment.Execute(At(tool), null, arguments);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Output;
    }

    private static string Theirs(string tool, params string[] arguments)
    {
        TestEnvironment.RequireTool(tool);
        return TestEnvironment.Run(tool, arguments);
    }
}
