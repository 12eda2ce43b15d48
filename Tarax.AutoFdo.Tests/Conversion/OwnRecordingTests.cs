using System.Globalization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>Recordings that this machine's perf makes of a program, in every way it can store them. They have no branch records.</summary>
public sealed class OwnRecordingTests
{
    private const int DataSizeOffset = 48;
    private const int FeaturesOffset = 72;
    private const int FeaturesLength = 32;

    private const string Source = """
        #include <stdio.h>
        #include <stdlib.h>
        static volatile unsigned sink;
        __attribute__((noinline)) static unsigned mix(unsigned x) { for (int i = 0; i < 16; i++) x = x * 1664525u + (x >> 7); return x; }
        int main(int argc, char **argv) {
            unsigned long rounds = argc > 1 ? strtoul(argv[1], 0, 10) : 1;
            for (unsigned long i = 0; i < rounds; i++) sink += mix((unsigned)i);
            return 0;
        }
        """;

    private string _folder = "";
    private string _program = "";

    [OneTimeSetUp]
    public void CompileProgram()
    {
        _folder = TestEnvironment.NewFolder();
        _program = Path.Combine(_folder, "program");
        File.WriteAllText(_program + ".c", Source);
        TestEnvironment.Run("gcc-12", "-O2", "-g", "-o", _program, _program + ".c");
    }

    [TestCase("regular", "")]
    [TestCase("chains", "-g")]
    [TestCase("dwarf", "--call-graph dwarf,1024")]
    [TestCase("machine", "-a")]
    [TestCase("threads", "--threads")]
    [TestCase("events", "-e page-faults")]
    [TestCase("mmap-ids", "--buildid-mmap")]
    [TestCase("switches", "--switch-events")]
    [TestCase("compressed", "-z")]
    [TestCase("compressed-threads", "-z --threads")]
    public void Recording_holds_what_perf_counts_and_converts(string name, string options)
    {
        string recording = Record(name, options);
        using (var file = PerfDataFile.Open(recording))
        {
            Assert.That(PerfTool.OurRecordsByType(file), Is.EqualTo(PerfTool.RecordsByType(recording)));
            Assert.That(file.Form.LostBytes, Is.Zero);
        }

        AssertConverts(recording);
    }

    [Test]
    public void Recording_to_a_pipe_holds_what_perf_counts_and_converts()
    {
        string recording = Path.Combine(_folder, "pipe");
        TestEnvironment.Run("bash", "-c", $"{Command("-", "")} >{recording}");
        using (var file = PerfDataFile.Open(recording))
        {
            Assert.That(file.Form.IsPipe, Is.True);
            Assert.That(PerfTool.OurRecordsByType(file), Is.EqualTo(PerfTool.RecordsByType(recording)));
        }

        AssertConverts(recording);
    }

    [Test]
    public void Recording_comes_from_standard_input_as_perf_writes_it()
    {
        string output = Path.Combine(_folder, "stdin.afdo");
        string tarax = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax.dll");
        var run = TestEnvironment.Execute("bash", null, "-c", $"set -o pipefail; {Command("-", "-z")} | dotnet {tarax} convert - --no-lbr --binary {_program} -o {output}");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("addresses-only"));
        Assert.That(new FileInfo(output).Length, Is.Positive);
    }

    [Test]
    public void Recording_whose_perf_was_killed_is_read_as_far_as_it_was_written()
    {
        string recording = Path.Combine(_folder, "killed");

        // Small buffers are written out often, so that something is there when perf dies.
        TestEnvironment.Execute("bash", null, "-c", $"{Command(recording, "-m 4 -F 20000", rounds: 2_000_000_000, before: "timeout 4 ")} & perf=$!; sleep 2; kill -9 $perf; wait");
        var inspection = RecordingInspection.Of(recording);
        Assert.That(inspection.Diagnostics.Select(d => d.Id), Has.Member(DiagnosticId.UnfinishedRecording));
        Assert.That(inspection.Samples, Is.GreaterThan(100));
        AssertConverts(recording);

        // perf refuses an unfinished file; with the size and the lack of features that it did not come to write, it reads the same.
        string finished = recording + "-finished";
        byte[] bytes = File.ReadAllBytes(recording);
        using var file = PerfDataFile.Open(recording);
        BitConverter.TryWriteBytes(bytes.AsSpan(DataSizeOffset), file.DataEnd - file.DataStart);
        bytes.AsSpan(FeaturesOffset, FeaturesLength).Clear();
        File.WriteAllBytes(finished, bytes[..(int)file.DataEnd]);
        Assert.That(PerfTool.OurRecordsByType(file), Is.EqualTo(PerfTool.RecordsByType(finished)));
    }

    [Test]
    public void Profile_of_addresses_equals_create_gcov_without_branch_stacks()
    {
        string recording = Record("reference", "");
        var counts = Recording.Count(recording, new ConversionOptions { UseBranchStacks = false, Inference = InferenceMode.Off, Format = ProfileFormat.GcovV2 }).Convert(_program).Counts;
        Assert.That(counts.Branches, Is.Empty);
        Assert.That(counts.Ranges.Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(counts.Samples.Select(s => (s.Address, s.Address, s.Count))));

        // The same samples as text, since Debian's create_gcov does not read every recording.
        string text = Path.Combine(_folder, "counts.txt");
        CountsText.Save(new BinaryCounts(null, [], [], counts.Samples, []), text);
        string theirs = Path.Combine(_folder, "theirs.afdo");
        string old = Path.Combine(_folder, "program-dwarf4");
        TestEnvironment.Run("gcc-12", "-O2", "-g", "-gdwarf-4", "-o", old, _program + ".c");
        TestEnvironment.Run("create_gcov", "--profiler=text", $"--profile={text}", $"--binary={old}", $"--gcov={theirs}", "--gcov_version=1", "--use_lbr=false");
        var ours = AutoFdoConverter.Convert(text, old, new ConversionOptions { Input = InputKind.CountsText, UseBranchStacks = false, Inference = InferenceMode.Off, Format = ProfileFormat.GcovV1, Discriminators = DiscriminatorHandling.Keep }).Profile;
        string path = Path.Combine(_folder, "ours.afdo");
        ours.Save(path, ProfileFormat.GcovV1);
        Assert.That(CanonicalProfile.Differences(Canonical(path), Canonical(theirs)), Is.Empty);
        Assert.That(Canonical(theirs).Keys, Has.Member("mix head"));
    }

    private static SortedDictionary<string, string> Canonical(string path) =>
        CanonicalProfile.Parse(TestEnvironment.Run("python3", TestEnvironment.DataTool("afdo_canon.py"), path));

    private string Record(string name, string options)
    {
        string recording = Path.Combine(_folder, name);
        TestEnvironment.Run("bash", "-c", Command(recording, options));
        return recording;
    }

    private string Command(string recording, string options, long rounds = 20_000_000, string before = "") =>
        $"perf record -q -e cpu-clock -F 5000 {options} -o {recording} -- {before}{_program} {rounds.ToString(CultureInfo.InvariantCulture)} 2>/dev/null";

    private void AssertConverts(string recording)
    {
        var inspection = RecordingInspection.Of(recording);
        Assert.That(inspection.CountedEvent, Is.EqualTo("cpu-clock").Or.EqualTo("type 1 config 0x0"));
        Assert.That(inspection.Problem, Does.Contain("no branch stacks").And.Contain("--no-lbr"));

        // In a recording of the whole machine something else may have run more, and then the next step is to get what that one lacks.
        bool isHottest = inspection.Binaries[0].Recorded.Name == _program;
        Assert.That(inspection.NextStep, isHottest ? Does.Contain("--no-lbr") : Does.Contain("--no-lbr").Or.Contain("debuginfo"));
        Assert.That(inspection.Binaries.Select(b => b.Recorded.Name), Has.Member(_program));
        Assert.That(inspection.Binaries.Single(b => b.Recorded.Name == _program).DebugInformation, Is.EqualTo(DebugInformationState.Found));
        var result = AutoFdoConverter.Convert(recording, _program, new ConversionOptions { UseBranchStacks = false });
        Assert.That(result.Report.Samples, Is.EqualTo(inspection.CountedSamples));
        Assert.That(result.Report.SamplesInBinary, Is.GreaterThan(100));
        Assert.That(result.Profile.Functions.Select(f => f.Name), Has.Member("mix"));
        Assert.That(result.Report.Diagnostics.Select(d => d.Id), Has.Member(DiagnosticId.AddressesOnly));
    }
}
