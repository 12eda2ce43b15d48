using System.Text.Json;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>The executable, as people and scripts meet it.</summary>
public sealed class CommandLineTests
{
    private static readonly string Recording = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data");
    private static readonly string Binary = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip");

    private string _folder = "";

    private string Output => Path.Combine(_folder, "out.afdo");

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [Test]
    public void Conversion_reports_what_it_did_and_show_shows_it()
    {
        var run = TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Is.Empty, "data go to files or standard output, the report to standard error");
        Assert.That(run.Error, Does.Contain("9,232 samples of br_inst_exec:taken").And.Contain("22 functions").And.Contain("gcov version 1, of a binary by gcc-4").And.Contain("gcc-4, which made the binary, reads none"));
        var show = TestEnvironment.Tarax("show", Output, "--top", "1");
        Assert.That(show.Output, Does.StartWith("22 functions").And.Contain("longest_match").And.Not.Contain("updcrc"));
        var function = TestEnvironment.Tarax("show", Output, "--function", "ct_tally");
        Assert.That(function.Output, Does.Contain("ct_tally").And.Contain("29: 2047"));
        using var json = JsonDocument.Parse(TestEnvironment.Tarax("show", Output, "--json").Output);
        Assert.That(json.RootElement.GetProperty("hottest")[0].GetProperty("name").GetString(), Is.EqualTo("longest_match"));
    }

    [Test]
    public void Inspection_says_what_a_recording_holds_and_what_to_type_next()
    {
        var run = TestEnvironment.Tarax("inspect", Recording);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("br_inst_exec:taken: 9,232 samples, one in 500,000, user and kernel, branch stacks (any)")
            .And.Contain("MMAP 33, COMM 2, EXIT 2, SAMPLE 9,232").And.Contain("100.0 % with branch stacks of 16.0 entries (at most 16), over 12.612 s")
            .And.Contain("Intel(R) Xeon(R) CPU X5660").And.Contain("97.4 %   97.3 %  /export/hda3/tmp/test.binary (no build-id; not on this machine)"));
        Assert.That(run.Output.TrimEnd().Split('\n')[^1], Is.EqualTo($"next       tarax convert {Recording} --binary PATH/TO/test.binary -o test.binary.afdo"));
        using var json = JsonDocument.Parse(TestEnvironment.Tarax("inspect", Recording, "--json").Output);
        Assert.That(json.RootElement.GetProperty("records").GetProperty("SAMPLE").GetInt64(), Is.EqualTo(9232));
        Assert.That(json.RootElement.GetProperty("binaries")[0].GetProperty("samples").GetInt64(), Is.EqualTo(8989));
        Assert.That(json.RootElement.GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public void Recording_that_cannot_be_converted_can_be_inspected()
    {
        string recording = new PerfDataBuilder().Event().Save(Path.Combine(_folder, "perf.data"));
        var run = TestEnvironment.Tarax("inspect", recording);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("problem    ").And.Contain("no samples").And.Contain("next       perf record -b"));
    }

    [Test]
    public void Report_as_json_is_one_object()
    {
        var run = TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output, "--report", "json");
        using var json = JsonDocument.Parse(run.Error);
        Assert.That(json.RootElement.GetProperty("samples").GetInt64(), Is.EqualTo(9232));
        Assert.That(json.RootElement.GetProperty("functions").GetInt32(), Is.EqualTo(22));
    }

    [TestCase("gcc-16", "-fpeel-loops -funswitch-loops -fprofile-partial-training")]
    [TestCase("gcc-12", "-fvect-cost-model=very-cheap")]
    public void Report_ends_with_the_options_to_rebuild_with(string compiler, string options)
    {
        var run = TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output, "--for", compiler);
        Assert.That(run.Error.TrimEnd().Split('\n')[^1], Is.EqualTo($"next       rebuild with -fauto-profile={Output} {options}"));
    }

    [Test]
    public void Dash_writes_the_profile_to_standard_output()
    {
        TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output);
        var run = TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", "-");
        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output, Does.StartWith("adcg"));
        Assert.That(run.Output, Does.Contain("longest_match"));
    }

    [Test]
    public void Counts_are_written_and_give_the_same_profile_again()
    {
        string counts = Path.Combine(_folder, "counts.txt");
        string again = Path.Combine(_folder, "again.afdo");
        TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output, "--counts", counts);
        Assert.That(TestEnvironment.Tarax("convert", counts, "--profiler", "text", "--binary", Binary, "-o", again).ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes(again), Is.EqualTo(File.ReadAllBytes(Output)));
    }

    [TestCase("1")]
    [TestCase("2")]
    [TestCase("8")]
    public void Any_number_of_threads_gives_the_same_bytes(string threads)
    {
        string first = Path.Combine(_folder, "first.afdo");
        TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", first, "--gcov-version", "3", "--threads", "1");
        TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output, "--gcov-version", "3", "--threads", threads);
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(File.ReadAllBytes(first)));
    }

    [Test]
    public void Wrong_binary_is_told_with_what_was_recorded() =>
        Fails(3, ["was not mapped in this recording", "/export/hda3/tmp/test.binary 97.4 %", "--mapped-as"], "convert", Recording, "--binary", Binary, "-o", Output);

    [Test]
    public void Another_build_is_told_with_both_build_ids()
    {
        string program = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        string renamed = Path.Combine(_folder, "stlmix");
        File.Copy(program, renamed);
        Fails(3, ["another build", "38b6fedbb104e4fe6a6771a45f38dc31fff0386e", "96717b9a45467c32e04cad9e6a828e7f2cf051d0"],
            "convert", TestEnvironment.Data("programs/stlmix-d5-pie/perf.data"), "--binary", renamed, "-o", Output);
    }

    [Test]
    public void Stripped_binary_is_told()
    {
        string stripped = Path.Combine(_folder, "gzip");
        TestEnvironment.Run("strip", "-o", stripped, Binary);
        Fails(3, ["stripped", "-g"], "convert", Recording, "--binary", stripped, "--mapped-as", "test.binary", "-o", Output);
        TestEnvironment.Run("objcopy", "--strip-debug", Binary, stripped);
        Fails(3, ["symbols, but no debug information"], "convert", Recording, "--binary", stripped, "--mapped-as", "test.binary", "-o", Output);
    }

    [Test]
    public void Recording_without_branch_stacks_is_told_with_how_to_record()
    {
        var builder = new PerfDataBuilder().Event(SampleType.Ip | SampleType.Tid).Mmap(1, 0x400000, 0x1000, 0, Binary)
            .Record(RecordType.Sample, 2, b =>
            {
                b.U64(0x400100);
                b.U64(1);
            });
        Fails(3, ["no branch stacks", "perf record -b"], "convert", builder.Save(Path.Combine(_folder, "perf.data")), "--binary", Binary, "-o", Output);
    }

    [Test]
    public void Recording_whose_branch_stacks_are_all_empty_is_told_the_same() =>
        Fails(3, ["no branch stacks", "perf record -b"],
            "convert", new PerfDataBuilder().Event().Sample(1, 2, 3).Save(Path.Combine(_folder, "perf.data")), "--binary", Binary, "-o", Output);

    [Test]
    public void Empty_recording_is_told() =>
        Fails(3, ["no samples", "perf stat"],
            "convert", new PerfDataBuilder().Event().Save(Path.Combine(_folder, "perf.data")), "--binary", Binary, "-o", Output);

    [Test]
    public void Too_few_samples_are_told_with_where_they_lie() =>
        Fails(3, ["8,989 of 9,232", "fewer than the 9000", "--min-samples"],
            "convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "--min-samples", "9000", "-o", Output);

    [Test]
    public void Missing_files_are_told()
    {
        Fails(1, ["nowhere.data: there is no such file"], "convert", Path.Combine(_folder, "nowhere.data"), "--binary", Binary, "-o", Output);
        Fails(1, ["nowhere: there is no such file"], "convert", Recording, "--binary", Path.Combine(_folder, "nowhere"), "-o", Output);
        Fails(1, ["nowhere.afdo: there is no such file"], "show", Path.Combine(_folder, "nowhere.afdo"));
    }

    [Test]
    public void Text_file_as_either_input_is_told()
    {
        string text = Path.Combine(_folder, "text");
        File.WriteAllText(text, "This is a text, not a recording.\n");
        Fails(1, ["perf.data: magic at offset 0", "\"This is \"", "perf record"], "convert", text, "--binary", Binary, "-o", Output);
        Fails(1, ["ELF: magic at offset 0", "not an ELF file"], "convert", Recording, "--binary", text, "-o", Output);
        Fails(1, ["profile: magic at offset 0"], "show", text);
        Fails(1, ["counts text", "line 1"], "convert", text, "--profiler", "text", "--binary", Binary, "-o", Output);
    }

    [Test]
    public void Empty_files_are_told()
    {
        string empty = Path.Combine(_folder, "empty");
        File.WriteAllBytes(empty, []);
        Fails(1, ["the file is empty"], "convert", empty, "--binary", Binary, "-o", Output);
        Fails(1, ["the file is empty"], "convert", Recording, "--binary", empty, "-o", Output);
        Fails(1, ["the file is empty"], "show", empty);
    }

    [Test]
    public void Unknown_event_is_told_with_the_events_there_are() =>
        Fails(3, ["cycles", "br_inst_exec:taken (9,232 samples)"], "convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "--event", "cycles", "-o", Output);

    [Test]
    public void Output_that_cannot_be_written_is_told() =>
        Fails(1, ["no-such-folder"], "convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Path.Combine(_folder, "no-such-folder", "out.afdo"));

    [TestCase("convert")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--for", "gcc-four")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--for", "clang-3")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--format", "gcno")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--format", "llvm-text", "--gcov-version", "2")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--gcov-version", "4")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--threads", "0")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--discriminators", "some")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--report", "xml")]
    [TestCase("convert", "x", "--binary", "y", "-o", "z", "--unknown")]
    [TestCase("unknown")]
    public void Wrong_usage_ends_with_2(params string[] arguments) => Fails(2, ["tarax:"], arguments);

    [TestCase("-o", "")]
    [TestCase("--binary", "")]
    [TestCase("--counts", "")]
    public void Empty_path_ends_with_2(string option, string value)
    {
        string[] arguments = ["convert", Recording, "--mapped-as", "test.binary"];
        arguments = option == "--binary" ? arguments : [.. arguments, "--binary", Binary];
        arguments = option == "-o" ? arguments : [.. arguments, "-o", Output];
        Fails(2, ["is empty"], [.. arguments, option, value]);
    }

    [TestCase("--all")]
    [TestCase("--binary", "a", "--binary", "b", "-o", "c")]
    [TestCase("--binary", "a", "-o", "c", "--out-dir", "d")]
    [TestCase("--all", "--binary", "a", "--out-dir", "d")]
    [TestCase("--all", "--out-dir", "d", "--min-share", "much")]
    public void One_binary_goes_to_a_file_and_several_to_a_folder(params string[] arguments) => Fails(2, ["tarax:"], ["convert", Recording, .. arguments]);

    [Test]
    public void Folder_in_place_of_a_recording_is_told() => Fails(1, ["is a folder"], "convert", _folder, "--binary", Binary, "-o", Output);

    [Test]
    public void Link_to_a_profile_stays_a_link()
    {
        string target = Path.Combine(_folder, "target.afdo");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(Output, target);
        Assert.That(TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", Output).ExitCode, Is.Zero);
        Assert.That(new FileInfo(Output).LinkTarget, Is.EqualTo(target));
        Assert.That(new FileInfo(target).Length, Is.GreaterThan(1000));
    }

    [Test]
    public void Device_is_written_to()
    {
        Assert.That(TestEnvironment.Tarax("convert", Recording, "--binary", Binary, "--mapped-as", "test.binary", "-o", "/dev/null").ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes("/dev/null"), Is.Empty);
    }

    [Test]
    public void Help_and_version_end_with_0()
    {
        Assert.That(TestEnvironment.Tarax("--help").ExitCode, Is.Zero);
        Assert.That(TestEnvironment.Tarax("convert", "--help").Output, Does.Contain("--min-samples"));
        Assert.That(TestEnvironment.Tarax("--version").ExitCode, Is.Zero);
    }

    private void Fails(int exitCode, string[] expected, params string[] arguments)
    {
        string[] before = Directory.GetFileSystemEntries(_folder);
        var run = TestEnvironment.Tarax(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        foreach (string text in expected)
        {
            Assert.That(run.Error, Does.Contain(text));
        }

        Assert.That(run.Error, Does.Not.Contain("   at "), "a message, not a stack trace");
        Assert.That(run.Output, Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(before), "no file is left behind");
    }
}
