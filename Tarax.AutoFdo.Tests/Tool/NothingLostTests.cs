using System.Diagnostics;
using System.Text.Json;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>A recording cannot be made again: nothing of the user's is lost, however the executable is called, and wherever it ends.</summary>
public sealed class NothingLostTests
{
    private const string Convert = "tarax convert perf.data --binary gzip --mapped-as test.binary --for gcc-12";

    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = TestEnvironment.NewFolder();
        foreach (string file in (string[])["perf.data", "gzip"])
        {
            File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", file), Path.Combine(_folder, file));
        }

        TestEnvironment.Run("chmod", "644", Path.Combine(_folder, "perf.data"), Path.Combine(_folder, "gzip"));
    }

    [TestCase("-o perf.data")]
    [TestCase("-o gzip")]
    [TestCase("-o ./perf.data")]
    [TestCase("-o link")]
    [TestCase("-o hard")]
    [TestCase("-o sub/../perf.data")]
    [TestCase("-o x --counts perf.data")]
    [TestCase("-o x --counts x")]
    [TestCase("-o - 1<>perf.data")]
    [TestCase("-o /dev/stdout 1<>perf.data")]
    public void Output_of_a_conversion_is_none_of_its_inputs(string options)
    {
        TestEnvironment.Shell(_folder, "ln -s perf.data link; ln perf.data hard; mkdir sub");
        Refused($"{Convert} {options}");
    }

    [TestCase("tarax counts perf.data -o perf.data")]
    [TestCase("tarax counts . -o perf.data")]
    [TestCase("tarax convert - --binary gzip --mapped-as test.binary -o perf.data <perf.data")]
    [TestCase("tarax inspect perf.data 1<>perf.data")]
    [TestCase("tarax inspect ./perf.data >>perf.data")]
    [TestCase("tarax inspect - <perf.data 1<>perf.data")]
    [TestCase("tarax check x --binary=gzip 1<>gzip")]
    [TestCase("ln -s perf.data gzip.afdo; tarax convert perf.data --binary gzip --mapped-as test.binary --out-dir .")]
    [TestCase("ln -s $TARAX create_gcov; ./create_gcov --binary gzip --profile perf.data --gcov perf.data")]
    public void Output_of_no_command_is_an_input(string line) => Refused(line.Replace("$TARAX", Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax"), StringComparison.Ordinal));

    [Test]
    public void Library_does_not_write_over_its_inputs_either()
    {
        string recording = Path.Combine(_folder, "perf.data");
        var error = Assert.Throws<ConversionException>(() => AutoFdoConverter.Convert(recording, Path.Combine(_folder, "gzip"), recording, new ConversionOptions { MappedAs = "test.binary" }))!;
        Assert.That(error.Failure, Is.EqualTo(ConversionFailure.OutputIsInput));
    }

    [Test]
    public void Debug_file_that_was_found_is_an_input_too()
    {
        TestEnvironment.RequireTool("objcopy");
        string folder = TestEnvironment.NewFolder();
        TestEnvironment.Shell(folder, $"cp {TestEnvironment.Data("programs/cmulti-d5-pie/cmulti")} cmulti; chmod 644 cmulti; objcopy --only-keep-debug cmulti cmulti.debug; strip -g cmulti; objcopy --add-gnu-debuglink=cmulti.debug cmulti");
        var run = TestEnvironment.Shell(folder, $"tarax convert {TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")} --binary cmulti -o cmulti.debug");
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(TestEnvironment.Run("readelf", "-S", Path.Combine(folder, "cmulti.debug")), Does.Contain(".debug_info"));
    }

    [Test]
    public void Merging_onto_an_input_stays_allowed()
    {
        var run = TestEnvironment.Shell(_folder, $"{Convert} -o a.afdo && {Convert} -o b.afdo && tarax merge a.afdo b.afdo -o a.afdo && tarax show a.afdo --json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.That(json.RootElement.GetProperty("functions").GetInt32(), Is.EqualTo(22));
    }

    [Test]
    public void Closed_standard_input_is_told()
    {
        var run = TestEnvironment.Shell(_folder, "ulimit -f 100000; timeout 600 " + TestEnvironment.TaraxCommand + " convert - --binary gzip -o x <&-");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("standard input is closed"));
    }

    [TestCase("<&- >&- 2>&-")]
    [TestCase(">&- 2>&-")]
    public void Closed_streams_do_not_get_into_files(string closed)
    {
        var run = TestEnvironment.Shell(_folder, $"{Convert} -o x {closed}; echo $?; {Convert} -o y 2>/dev/null; cmp x y && echo same");
        Assert.That(run.Output, Is.EqualTo("0\nsame\n"));
    }

    [Test]
    public void What_never_ends_and_is_no_recording_is_not_waited_for()
    {
        var run = TestEnvironment.Shell(_folder, "timeout 600 " + TestEnvironment.TaraxCommand + " convert - --binary gzip -o x </dev/zero");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("not a file written by perf record"));
    }

    [TestCase("tarax show nothing 2>/dev/full", 1)]
    [TestCase("tarax show nothing 2>&-", 1)]
    [TestCase("tarax --help >/dev/full", 1)]
    [TestCase("tarax --help >&-", 1)]
    [TestCase("tarax inspect perf.data >/dev/full", 1)]
    [TestCase("tarax convert perf.data 2>/dev/full", 2)]
    [TestCase(Convert + " -o x 2>/dev/full", 0)]
    [TestCase(Convert + " -o - >/dev/full", 1)]
    [TestCase(Convert + " -o - --report json 2>/dev/full >/dev/null", 0)]
    public void Streams_that_take_nothing_end_in_an_exit_code(string line, int code) => Assert.That(TestEnvironment.Shell(_folder, line).ExitCode, Is.EqualTo(code));

    [Test]
    public void Profile_that_its_reader_did_not_take_whole_is_no_success()
    {
        var run = TestEnvironment.Shell(_folder, $"set -o pipefail; {Convert} -o - | (exec <&-; sleep 1)");
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(TestEnvironment.Shell(_folder, $"{Convert} -o x 2>/dev/null; set -o pipefail; tarax show x | (exec <&-; sleep 1)").ExitCode, Is.Zero, "a listing is read as far as its reader likes");
    }

    [Test]
    public void Bytes_behind_a_profile_are_told_with_their_offset()
    {
        var run = TestEnvironment.Shell(_folder, $"{Convert} -o x 2>/dev/null; stat -c %s x; printf tail >>x; tarax show x");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain($"offset {run.Output.Trim()} ").And.Contain("4 more bytes"));
    }

    /// <summary>Shells let what runs in the background ignore SIGINT, and so do what runs tests there.</summary>
    [TestCase("INT")]
    [TestCase("TERM")]
    [TestCase("HUP")]
    public void Signals_leave_nothing_behind(string signal)
    {
        var run = TestEnvironment.Shell(_folder, $"echo old >x; for i in 1 2 3 4 5; do env --default-signal {TestEnvironment.TaraxCommand} convert perf.data --binary gzip --mapped-as test.binary -o x 2>/dev/null & sleep 0.0$((i * 2)); kill -{signal} $!; wait $!; done; ls -A");
        Assert.That(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo((string[])["gzip", "perf.data", "x"]));
    }

    /// <summary>The profile is longer than a pipe holds, so the process waits there, when the other output is written and has no name yet.</summary>
    [TestCase("INT", 130)]
    [TestCase("TERM", 143)]
    [TestCase("HUP", 129)]
    [TestCase("KILL", 137)]
    public void Signals_between_writing_and_naming_leave_the_old_file_and_nothing_else(string signal, int code)
    {
        string data = TestEnvironment.Data("programs/stlmix-d5-pie");
        var run = TestEnvironment.Shell(_folder, $"echo old >x; mkfifo pipe; env --default-signal {TestEnvironment.TaraxCommand} convert {data}/perf.data --binary {data}/stlmix -o pipe --counts x 2>/dev/null & exec 3<pipe; head -c 1 <&3 >/dev/null; kill -{signal} $!; wait $!; echo $?; cat x; ls -A");
        Assert.That(run.Output, Is.EqualTo($"{code}\nold\ngzip\nperf.data\npipe\nx\n"));
    }

    [Test]
    public void Limit_of_a_files_size_is_an_error_that_leaves_nothing_behind()
    {
        var run = TestEnvironment.Shell(_folder, $"echo old >x; export DOTNET_EnableWriteXorExecute=0; ulimit -f 4; {Convert} -o x; echo $?; cat x; ls -A");
        Assert.That(run.Output, Is.EqualTo("1\nold\ngzip\nperf.data\nx\n"), run.Error);
        Assert.That(run.Error, Does.Contain("x: cannot be written: file too large"));
    }

    /// <summary>The old profile or the new one, whenever the process is killed; and after the next run nothing of the killed ones is left.</summary>
    [Test]
    public void Kill_at_any_moment_leaves_the_old_file_or_the_new_one()
    {
        int kills = Environment.GetEnvironmentVariable("CI") == "true" ? 300 : 20;
        string tarax = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax.dll");
        string output = Path.Combine(_folder, "x");
        string[] arguments = [tarax, "convert", Path.Combine(_folder, "perf.data"), "--binary", Path.Combine(_folder, "gzip"), "--mapped-as", "test.binary", "-o", output, "--for"];
        var (oldBytes, newBytes) = (BytesFor("gcc-12"), BytesFor("gcc-16"));
        Assert.That(oldBytes, Is.Not.EqualTo(newBytes));
        var random = new Random(1);
        int atTheEnd = 0;
        for (int i = 0; i < kills; i++)
        {
            File.WriteAllBytes(output, oldBytes);
            using var process = Process.Start(new ProcessStartInfo("dotnet", [.. arguments, "gcc-16"]) { RedirectStandardError = true })!;

            // Most kills come where it writes, which is at the end of some 300 ms.
            bool hasEnded = process.WaitForExit(random.Next(5) == 0 ? random.Next(250) : 220 + random.Next(200));
            process.Kill();
            process.WaitForExit();
            atTheEnd += hasEnded ? 1 : 0;
            byte[] bytes = File.ReadAllBytes(output);
            Assert.That(bytes.AsSpan().SequenceEqual(oldBytes) || bytes.AsSpan().SequenceEqual(newBytes), $"kill {i}: {bytes.Length} bytes");
        }

        Assert.That(BytesFor("gcc-16"), Is.EqualTo(newBytes));
        Assert.That(Directory.GetFiles(_folder).Select(Path.GetFileName), Is.EquivalentTo((string[])["gzip", "perf.data", "x"]));
        TestContext.Out.WriteLine($"{kills} kills, {atTheEnd} of them after the end");

        byte[] BytesFor(string compiler)
        {
            TestEnvironment.Run("dotnet", [.. arguments, compiler]);
            return File.ReadAllBytes(output);
        }
    }

    [Test]
    public void Files_whose_names_are_not_utf8_work()
    {
        var run = TestEnvironment.Shell(_folder, """
            n=$(printf 'caf\xe9'); mkdir "$n"; cp perf.data "$n/perf.$n"; cp gzip "$n/gzip.$n"
            tarax convert "$n/perf.$n" --binary "$n/gzip.$n" --mapped-as test.binary -o "$n/out.$n" --for gcc-12 && tarax show "$n/out.$n" --top 1 && tarax counts "$n" -o /dev/null; ls "$n" | od -c | head
            """);
        Assert.That(run.Output, Does.Contain("longest_match"), run.Error);
        Assert.That(run.Error, Does.Contain(@"gzip.caf\xe9"));
    }

    [TestCase("x")]
    [TestCase("y")]
    public void Recording_with_branch_stacks_is_not_counted_by_addresses_without_a_word(string output)
    {
        var run = TestEnvironment.Shell(_folder, $"{Convert} --no-lbr -o {output}");
        Assert.That(run.Error, Does.Contain("warning [branch-stacks-unused]").And.Contain("--no-lbr"));
    }

    [Test]
    public void Another_build_is_told_with_both_build_ids()
    {
        string data = TestEnvironment.Data("programs");
        var run = TestEnvironment.Shell(_folder, $"tarax convert {data}/cmulti-d4-nopie/perf.data --binary {data}/cmulti-d5-pie/cmulti --mapped-as cmulti-d4 --check-ranges off -o x");
        Assert.That(run.Error, Does.Contain("warning [other-build]").And.Contain("38b6fedbb104e4fe6a6771a45f38dc31fff0386e").And.Match("cmulti-d4 \\(build-id [0-9a-f]{40}\\)"));
        Assert.That(TestEnvironment.Shell(_folder, $"tarax convert {data}/cmulti-d4-nopie/perf.data --binary {data}/cmulti-d5-pie/cmulti --mapped-as cmulti-d4 -o x").ExitCode, Is.EqualTo(3));
    }

    [Test]
    public void Missing_main_binary_of_all_is_a_failure_and_an_old_profile_does_not_stand_for_a_new_one()
    {
        string recording = TestEnvironment.Data("kernel/modules/perf.data");
        string modules = TestEnvironment.Data("kernel/lib-modules");
        var run = TestEnvironment.Shell(_folder, $"mkdir out; echo old >out/vmlinux.afdo; tarax convert {recording} --all --debug-dir {modules} --out-dir out; echo $?; cat out/vmlinux.afdo.old; ls out");
        Assert.That(run.Output, Does.StartWith("3\nold\n").And.Contain("ext4.ko.afdo\n").And.Not.Contain("vmlinux.afdo\n"));
        Assert.That(run.Error, Does.Contain("out/vmlinux.afdo is of before").And.Contain("--keep-going"));
        Assert.That(TestEnvironment.Shell(_folder, $"tarax convert {recording} --all --debug-dir {modules} --out-dir out --keep-going").ExitCode, Is.Zero);
    }

    /// <summary>What is spilled, and what a name that nobody typed leads to, is a profile or stays as it is.</summary>
    [TestCase("mkdir o; cp perf.data o/test.binary.afdo.old; echo old >o/test.binary.afdo; sum=$(sha256sum <o/test.binary.afdo.old); tarax convert o/test.binary.afdo.old --all --out-dir o; [ \"$sum\" = \"$(sha256sum <o/test.binary.afdo.old)\" ]")]
    [TestCase("mkdir o; cp gzip o/gzip.afdo; tarax convert perf.data --binary gzip --mapped-as test.binary --out-dir o; cmp gzip o/gzip.afdo")]
    [TestCase("mkdir o; cp perf.data o/.tarax-0123456789abcdef.tmp; tarax convert o/.tarax-0123456789abcdef.tmp --binary gzip --mapped-as test.binary -o o/x; cmp perf.data o/.tarax-0123456789abcdef.tmp")]
    [TestCase("ln -s $TARAX create_gcov; echo --binary=gzip >fl; cp fl was; ./create_gcov --flagfile=fl --profile=perf.data --gcov=fl; cmp fl was")]
    public void Files_that_stand_in_the_way_are_still_there(string line) =>
        Assert.That(TestEnvironment.Shell(_folder, line.Replace("$TARAX", Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax"), StringComparison.Ordinal)).ExitCode, Is.Zero);

    [TestCase("-o x --counts folder")]
    [TestCase("-o x --symbol-order folder")]
    [TestCase("-o x --counts y --symbol-order folder")]
    [TestCase("-o - --counts folder")]
    [TestCase("-o x --counts none/y")]
    [TestCase("-o x --counts /dev/full")]
    public void Where_one_output_cannot_be_written_none_is(string outputs)
    {
        var run = TestEnvironment.Shell(_folder, $"mkdir folder; echo old >x; {Convert} {outputs}; echo $?; cat x; ls -A");
        Assert.That(run.Output, Is.EqualTo("1\nold\nfolder\ngzip\nperf.data\nx\n"), run.Error);
        Assert.That(run.Error, Does.Contain("cannot be written"));
    }

    [Test]
    public void Where_the_profile_of_one_binary_cannot_be_written_none_is()
    {
        string data = TestEnvironment.Data("programs/cmulti-d5-pie");
        string convert = $"tarax convert {data}/perf.data --binary {data}/cmulti --binary copy/cmulti --out-dir out";
        var run = TestEnvironment.Shell(_folder, $"mkdir copy; cp {data}/cmulti copy; {convert}; ls out | wc -l; last=$(ls out | tail -n 1); rm -r out; mkdir -p out/$last; {convert}; echo $?; ls -A out | wc -l");
        string[] lines = run.Output.Split('\n');
        Assert.That(lines[..3], Is.EqualTo(new[] { "2", "1", "1" }), run.Error);
    }

    [Test]
    public void Standard_output_is_not_a_second_name_of_another_output() =>
        Assert.That(TestEnvironment.Shell(_folder, $"{Convert} -o - --counts x >x").ExitCode, Is.EqualTo(2));

    private void Refused(string line)
    {
        string before = Checksums();
        var run = TestEnvironment.Shell(_folder, line);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain("would be lost").Or.Contain("written twice"));
        Assert.That(Checksums(), Is.EqualTo(before));
    }

    private string Checksums() => TestEnvironment.Run("sha256sum", Path.Combine(_folder, "perf.data"), Path.Combine(_folder, "gzip"));
}
