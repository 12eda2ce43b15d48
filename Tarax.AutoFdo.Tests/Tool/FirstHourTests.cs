using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>What someone meets who has the executable for the first time.</summary>
public sealed class FirstHourTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = TestEnvironment.NewFolder();
        foreach (string file in (string[])["perf.data", "gzip"])
        {
            File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", file), Path.Combine(_folder, file));
        }
    }

    /// <summary>The console block of this folder's README: each command with the answer to it, word for word.</summary>
    [Test]
    public void Ordinary_mistakes_have_the_answers_that_the_readme_shows()
    {
        TestEnvironment.Shell(_folder, "tarax convert perf.data --binary gzip --mapped-as test.binary --for gcc-12 -o gzip.afdo; printf '#!/bin/sh\\n' >run.sh");
        var shown = new StringBuilder();
        int commands = 0;
        foreach (string line in Transcript())
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                commands++;
                var run = TestEnvironment.Shell(_folder, line[2..]);
                shown.Append(line).Append('\n').Append(run.Output).Append(run.Error);
            }
        }

        Assert.That(commands, Is.GreaterThanOrEqualTo(10));
        Assert.That(shown.ToString().TrimEnd(), Is.EqualTo(string.Join('\n', Transcript()).TrimEnd()));
    }

    [TestCase("tarax")]
    [TestCase("tarax convert")]
    [TestCase("tarax convert perf.data --binary gzip -o x --threads many")]
    [TestCase("tarax convert perf.data --binary gzip -o x --gcov-version 4")]
    [TestCase("tarax convert perf.data --binary gzip -o x --min-samples -1")]
    [TestCase("tarax convert perf.data --binary gzip -o x --max-input lots")]
    [TestCase("tarax convert perf.data --binary gzip -o x --inlined sideways")]
    [TestCase("tarax convert perf.data --binary gzip -o x --for gcc-99")]
    [TestCase("tarax convert perf.data --binary gzip -o x --for clang-3")]
    [TestCase("tarax convert perf.data --binary")]
    [TestCase("tarax show x --top -1")]
    [TestCase("tarax merge x -o y --scale-to 0")]
    [TestCase("tarax merge x -o y --weight x=0")]
    [TestCase("tarax merge -o y")]
    [TestCase("tarax diff x")]
    [TestCase("tarax diff x y --fail-under 90")]
    [TestCase("tarax check x --binary gzip --fail-under nan")]
    [TestCase("tarax show x y")]
    public void Wrong_usage_is_told_without_a_word_of_dotnet(string line)
    {
        var run = TestEnvironment.Shell(_folder, line);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Not.Contain("System.").And.Not.Contain("Exception").And.Not.Contain("Nullable").And.Not.Contain("Cannot parse").And.Not.Contain("Parameter"));
        Assert.That(run.Error, Does.Contain("--help"));
    }

    [TestCase("convert")]
    [TestCase("inspect")]
    [TestCase("show")]
    [TestCase("merge")]
    [TestCase("diff")]
    [TestCase("check")]
    [TestCase("counts")]
    public void Help_fits_a_hundred_columns_and_says_how_the_command_ends(string command)
    {
        var run = TestEnvironment.Shell(_folder, $"tarax {command} --help");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("usage: tarax " + command).And.Contain("exit codes: 0 good"));
        Assert.That(run.Output.Split('\n').Where(l => l.Length > 100 && !l.StartsWith("  perf", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Help_of_a_conversion_is_in_groups_with_examples()
    {
        string help = TestEnvironment.Shell(_folder, "tarax convert --help").Output;
        Assert.That(help, Does.Contain("everyday:").And.Contain("for which compiler:").And.Contain("what is read:").And.Contain("expert:"));
        Assert.That(help[help.IndexOf("examples:", StringComparison.Ordinal)..], Does.Match("(?s)tarax convert .*tarax convert .*exit codes: 0 good"));
    }

    [Test]
    public void Each_sample_says_how_it_is_used()
    {
        foreach (string sample in Directory.GetDirectories(Path.Combine(TestEnvironment.Repository, "samples")))
        {
            string page = File.ReadAllText(Path.Combine(sample, "README.md"));
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(page, @"\]\((?!https?:)([^)#]+)"))
            {
                Assert.That(Path.Exists(Path.Combine(sample, link.Groups[1].Value)), $"{sample}/README.md: {link.Groups[1].Value}");
            }

            foreach (System.Text.RegularExpressions.Match project in System.Text.RegularExpressions.Regex.Matches(page, @"--project (\S+)"))
            {
                Assert.That(Directory.Exists(Path.Combine(TestEnvironment.Repository, project.Groups[1].Value)), $"{sample}/README.md: {project.Groups[1].Value}");
            }
        }
    }

    [Test]
    public void Recordings_and_binaries_in_the_repository_are_under_20_megabytes()
    {
        TestEnvironment.RequireTool("git");
        var sizes = TestEnvironment.Shell(TestEnvironment.Repository, "git ls-files -z -- Tarax.AutoFdo.Tests samples | xargs -0 stat -c %s").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(sizes.Select(long.Parse).Sum(), Is.InRange(1_000_000, 20_000_000));
    }

    /// <summary>As at a terminal of 100 columns, which script(1) makes.</summary>
    [Test]
    public void Nothing_wraps_at_a_terminal_and_escape_codes_are_taken_back()
    {
        TestEnvironment.RequireTool("script");
        TestEnvironment.Require(Screen("echo seen").Contains("seen", StringComparison.Ordinal), "there are no pseudo-terminals (/dev/pts is not mounted)");
        string program = TestEnvironment.Data("programs/stlmix-d5-pie");
        TestEnvironment.Shell(_folder, $"tarax convert {program}/perf.data --binary {program}/stlmix -o a.afdo 2>/dev/null; tarax convert {program}/perf.data --binary {program}/stlmix --inlined flat -o b.afdo 2>/dev/null");
        foreach (string line in (string[])["show a.afdo --top 40", "diff a.afdo b.afdo --top 20", $"inspect {program}/perf.data", $"convert {program}/perf.data --binary {program}/stlmix -o c.afdo --inlined flat", $"check a.afdo --binary {program}/stlmix"])
        {
            string screen = Screen($"env -u NO_COLOR TERM=xterm-256color {TestEnvironment.TaraxCommand} {line}");
            string plain = System.Text.RegularExpressions.Regex.Replace(screen, "\u001b\\[[0-9;]*m", "");
            Assert.That(plain.Split('\n').Select(Seen).Where(l => l.Length > 100 || l.Contains("100 %", StringComparison.Ordinal)), Is.Empty, line);
            Assert.That(plain, Does.Not.Contain('\u001b'), line);
            Assert.That(screen.Split('\n').Where(l => l.LastIndexOf("\u001b[", StringComparison.Ordinal) is >= 0 and var last && !l[last..].StartsWith("\u001b[0m", StringComparison.Ordinal)), Is.Empty, "what begins on a line ends there");
            Assert.That(Screen($"env NO_COLOR=1 TERM=xterm {TestEnvironment.TaraxCommand} {line}"), Does.Not.Contain('\u001b'), line);
        }

        Assert.That(Screen($"env TERM=xterm {TestEnvironment.TaraxCommand} show a.afdo"), Does.Contain("Graph::distances").And.Not.Contain("distances(unsigned"));
        Assert.That(Screen($"env TERM=xterm {TestEnvironment.TaraxCommand} show a.afdo --wide"), Does.Match("Graph::distances\\([a-z]"));
        Assert.That(Screen($"env TERM=xterm {TestEnvironment.TaraxCommand} show a.afdo --top 20"), Does.Match(@"std::\w+.*….*\[\.").And.Contain("█"), "the middle is cut, and shares are bars");
        Assert.That(Screen($"env TERM=xterm {TestEnvironment.TaraxCommand} inspect {program}/perf.data"), Does.Match("build-id [0-9a-f]{12}…").And.Not.Match("[0-9a-f]{40}"));
        Assert.That(TestEnvironment.Shell(_folder, "tarax show a.afdo --color always").Output, Does.Contain("\u001b[1;31m"));
        Assert.That(TestEnvironment.Shell(_folder, "tarax show a.afdo").Output, Does.Not.Contain('\u001b'));
    }

    /// <summary>What a line shows in the end: a bar of progress was written over.</summary>
    private static string Seen(string line) => line.TrimEnd('\r') is var whole ? whole[(whole.LastIndexOf('\r') + 1)..] : "";

    [TestCase("main", "main")]
    [TestCase("f(int)", "f")]
    [TestCase("std::vector<int, std::allocator<int> >::push_back(int const&)", "std::vector<int, std::allocator<int> >::push_back")]
    [TestCase("void std::swap<int>(int&, int&)", "std::swap<int>")]
    [TestCase("(anonymous namespace)::Graph::distances(unsigned int) const", "(anonymous namespace)::Graph::distances")]
    [TestCase("std::function<void (int)>::operator()(int) const", "std::function<void (int)>::operator()")]
    [TestCase("main::{lambda(int)#1}::operator()(int) const", "main::{lambda(int)#1}::operator()")]
    [TestCase("operator new(unsigned long)", "operator new")]
    [TestCase("X::operator bool() const", "X::operator bool")]
    [TestCase("std::ostream& operator<< <char>(std::ostream&, char)", "operator<< <char>")]
    [TestCase("bool operator<(A const&, A const&)", "operator<")]
    [TestCase("f(int) [.part.0]", "f [.part.0]")]
    [TestCase("decltype(auto) g<int>(int&&)", "g<int>")]
    public void Names_are_shown_as_people_call_functions(string demangled, string shown) => Assert.That(Tarax.Tool.FunctionName.Short(demangled), Is.EqualTo(shown));

    [Test]
    public void Files_of_counts_can_be_looked_at_and_their_text_is_known()
    {
        var run = TestEnvironment.Shell(_folder, "tarax counts perf.data -o x.counts && tarax inspect x.counts");
        Assert.That(run.Output, Does.Contain("file of counts").And.Contain("/export/hda3/tmp/test.binary").And.Contain("next       tarax convert x.counts"), run.Error);
        run = TestEnvironment.Shell(_folder, "tarax convert perf.data --binary gzip --mapped-as test.binary -o a.afdo --counts a.txt && tarax convert a.txt --binary gzip -o b.afdo && cmp a.afdo b.afdo");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [TestCase("tarax convert perf.data --binary gzip -o x --debug-dir nowhere", 2, "--debug-dir nowhere: there is no such folder")]
    [TestCase("tarax convert perf.data --binary gzip -o x --debug-dir gzip", 2, "is a file, where a folder is expected")]
    [TestCase("tarax merge a.afdo --foo b.afdo -o c.afdo", 2, "has no option --foo")]
    [TestCase("tarax merge a.afdo --ouput c.afdo", 2, "did you mean --output?")]
    [TestCase("tarax counts perf.data -b gzip -o x", 2, "--binary goes with --format")]
    [TestCase("tarax diff a.afdo", 2, "B is missing")]
    [TestCase("tarax convert perf.data --binary gzip -o x --out-dir y", 2, "do not go together")]
    [TestCase("tarax show a.afdo --binary gzip", 2, "--function NAME")]
    [TestCase("tarax convert . --binary gzip -o x", 1, "not one that perf record wrote")]
    [TestCase("cp gzip other; tarax inspect README", 1, "README: there is no such file")]
    [TestCase("head -c 3000 gzip >part; tarax inspect part", 1, "part is a program")]
    [TestCase("echo hello >text; tarax inspect text", 1, "text: perf.data")]
    public void Ways_to_be_wrong_have_an_answer(string line, int code, string answer)
    {
        var run = TestEnvironment.Shell(_folder, line);
        Assert.That(run.ExitCode, Is.EqualTo(code), run.Error);
        Assert.That(run.Error, Does.Contain(answer));
    }

    [Test]
    public void Help_can_be_asked_for_in_both_ways() =>
        Assert.That(TestEnvironment.Shell(_folder, "tarax help merge").Output, Is.EqualTo(TestEnvironment.Shell(_folder, "tarax merge --help").Output).And.Contain("usage: tarax merge"));

    /// <summary>Clang that reads a profile numbers the code of a line, which a build without -fdebug-info-for-profiling does not: it then finds 3 % of the counts.</summary>
    [Test]
    public void Profile_for_clang_of_a_binary_without_its_discriminators_is_warned_of() =>
        Assert.That(TestEnvironment.Shell(_folder, $"tarax convert {TestEnvironment.Data("programs/cmulti-d5-pie")}/perf.data --binary {TestEnvironment.Data("programs/cmulti-d5-pie")}/cmulti --for clang-22 -o x").Error, Does.Contain("warning [no-discriminators]").And.Contain("-fdebug-info-for-profiling"));

    [Test]
    public void Equal_profiles_are_said_to_be_equal() =>
        Assert.That(TestEnvironment.Shell(_folder, "tarax convert perf.data --binary gzip --mapped-as test.binary -o a.afdo 2>/dev/null; cp a.afdo b.afdo; tarax diff a.afdo b.afdo").Output, Does.Contain("say the same"));

    [Test]
    public void Counts_stand_beside_files_and_lines_where_the_binary_is_given()
    {
        var run = TestEnvironment.Shell(_folder, "tarax convert perf.data --binary gzip --mapped-as test.binary -o a.afdo 2>/dev/null; tarax show a.afdo --function longest_match --binary gzip");
        Assert.That(run.Output, Does.Match("\\(deflate\\.c:\\d+\\)"), run.Error);
        run = TestEnvironment.Shell(_folder, "tarax show a.afdo --explain longest_match --binary gzip --counts perf.data --mapped-as test.binary");
        Assert.That(run.Output, Does.Match("\\(deflate\\.c:\\d+\\)"), run.Error);
    }

    /// <summary>Recorded on a server and converted elsewhere: the file lies somewhere in a folder.</summary>
    [TestCase("usr/bin/cmulti")]
    [TestCase("a/b/c/renamed")]
    [TestCase("cmulti.unstripped")]
    public void Binary_is_found_in_a_folder_of_any_layout(string place)
    {
        string data = TestEnvironment.Data("programs/cmulti-d5-pie");
        var run = TestEnvironment.Shell(_folder, $"mkdir -p build/$(dirname {place}); cp {data}/cmulti build/{place}; ln -s loop build/loop; tarax convert {data}/perf.data --all --debug-dir build --out-dir out --min-share 50%");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(File.Exists(Path.Combine(_folder, "out", "cmulti.afdo")));
    }

    [TestCase("debug/cmulti.debug")]
    [TestCase("x/y/something.sym")]
    public void Debug_file_is_found_in_a_folder_of_any_layout(string place)
    {
        TestEnvironment.RequireTool("objcopy");
        string data = TestEnvironment.Data("programs/cmulti-d5-pie");
        var run = TestEnvironment.Shell(_folder, $"mkdir -p build/$(dirname {place}); objcopy --only-keep-debug {data}/cmulti build/{place}; strip -s -o cmulti {data}/cmulti; tarax convert {data}/perf.data --binary cmulti --debug-dir build -o x && tarax convert {data}/perf.data --binary {data}/cmulti -o y && cmp x y");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [Test]
    public void Module_is_found_in_a_build_folder()
    {
        string recording = TestEnvironment.Data("kernel/modules/perf.data");
        string modules = TestEnvironment.Data("kernel/lib-modules");
        var run = TestEnvironment.Shell(_folder, $"tarax convert {recording} --all --keep-going --debug-dir {modules} --out-dir out");
        Assert.That(run.Output + run.Error, Does.Contain("out/ext4.ko.afdo"));
    }

    [Test]
    public void Another_build_in_the_folder_is_not_taken()
    {
        string data = TestEnvironment.Data("programs");
        var search = new DebugFileSearch([_folder]);
        File.Copy(Path.Combine(data, "stlmix-d5-pie", "stlmix"), Path.Combine(_folder, "cmulti"));
        using var elf = ElfFile.Open(Path.Combine(data, "cmulti-d5-pie", "cmulti"));
        Assert.That(search.FindBinary("/nowhere/cmulti", elf.BuildId), Is.Null);
    }

    /// <summary>A real server of elfutils on the loopback, with a cache of its own.</summary>
    [Test]
    public void Debuginfod_is_asked_where_it_is_named()
    {
        TestEnvironment.RequireTool("debuginfod");
        TestEnvironment.RequireTool("strip");
        string data = TestEnvironment.Data("programs/cmulti-d5-pie");
        int port = 20000 + (Environment.ProcessId % 20000);
        TestEnvironment.Shell(_folder, $"mkdir served; cp {data}/cmulti served/; strip -s -o cmulti {data}/cmulti");
        using var server = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("debuginfod", ["-F", "-d", ":memory:", "-p", $"{port}", "-t", "2", Path.Combine(_folder, "served")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            _ = server.StandardError.ReadToEndAsync();
            _ = server.StandardOutput.ReadToEndAsync();
            string asked = $"export DEBUGINFOD_CACHE_PATH={_folder}/cache DEBUGINFOD_TIMEOUT=10";
            string id = "38b6fedbb104e4fe6a6771a45f38dc31fff0386e";
            TestEnvironment.Shell(_folder, $"{asked} DEBUGINFOD_URLS=http://127.0.0.1:{port}; for i in $(seq 60); do rm -rf cache; debuginfod-find debuginfo {id} >/dev/null 2>&1 && break; sleep 0.5; done; rm -rf cache");
            string convert = $"tarax convert {data}/perf.data --binary cmulti -o";
            Assert.That(TestEnvironment.Shell(_folder, $"{asked}; unset DEBUGINFOD_URLS; {convert} x").ExitCode, Is.EqualTo(3), "never without being asked");
            Assert.That(Directory.Exists(Path.Combine(_folder, "cache")), Is.False);
            var run = TestEnvironment.Shell(_folder, $"{asked}; {convert} x --debuginfod http://127.0.0.1:{port}; test -e cache/{id}/debuginfo");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            run = TestEnvironment.Shell(_folder, $"{asked} DEBUGINFOD_URLS=http://127.0.0.1:{port}; rm -rf cache; {convert} y && cmp x y && tarax convert {data}/perf.data --all --min-share 50% --out-dir out && cmp x out/cmulti.afdo");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            run = TestEnvironment.Shell(_folder, $"{asked} DEBUGINFOD_CACHE_PATH={_folder}/other; {convert} z --debuginfod http://127.0.0.1:1");
            Assert.That(run.ExitCode, Is.EqualTo(3));
            Assert.That(run.Error, Does.Contain("debuginfod"));
        }
        finally
        {
            server.Kill();
        }
    }

    private string Screen(string command) => TestEnvironment.Shell(_folder, $"script -qec \"stty cols 100; {command}\" /dev/null </dev/null").Output;

    private static string[] Transcript()
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "README.md"));
        int start = Array.IndexOf(lines, "```console");
        return lines[(start + 1)..Array.IndexOf(lines, "```", start)];
    }
}
