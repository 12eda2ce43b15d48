using System.Globalization;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>Layouts of a recorded program: Clang and lld take them, and the program is as they say.</summary>
public sealed class CodeLayoutTests
{
    private const string Linker = "-fuse-ld=lld -static -Wl,--build-id";
    private string _folder = "";

    [OneTimeSetUp]
    public void Record()
    {
        _folder = TestEnvironment.NewFolder();
        MappedProgram.Write(_folder);
        MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-address-map {Linker}");
        SimulatedRecording.Record(At("recording"), 53, At("program"));
    }

    [TestCase("", "")]
    [TestCase("--cluster-version 0", "")]
    [TestCase("--all-modules", "")]
    [TestCase("", "-ffunction-sections")]
    public void Clang_and_lld_build_what_the_layout_says(string choices, string options)
    {
        Good($"tarax layout recording --binary program -o laid {choices}");
        string warnings = MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-sections=list=laid_cc_profile.txt {options} {Linker} -Wl,--symbol-ordering-file=laid_ld_profile.txt", "laid");
        Assert.That(warnings, Is.Empty);
        AssertOrder("laid", "laid_ld_profile.txt");
        Assert.That(TakenBranches("laid"), Is.LessThan(0.85 * TakenBranches("program")));
    }

    [Test]
    public void Thin_lto_builds_what_the_layout_says()
    {
        MappedProgram.Build(_folder, "clang-22", $"-flto=thin {Linker} -Wl,--lto-basic-block-address-map", "thin-mapped");
        SimulatedRecording.Record(At("thin-recording"), 53, At("thin-mapped"));
        Good("tarax layout thin-recording --binary thin-mapped -o thin");
        string warnings = MappedProgram.Build(
            _folder, "clang-22", $"-flto=thin {Linker} -Wl,--lto-basic-block-sections=thin_cc_profile.txt -Wl,--symbol-ordering-file=thin_ld_profile.txt", "thin");
        Assert.That(warnings, Is.Empty);
        AssertOrder("thin", "thin_ld_profile.txt");
        Assert.That(TakenBranches("thin"), Is.LessThan(0.9 * TakenBranches("thin-mapped")));
    }

    [Test]
    public void Hashes_and_counts_stand_in_the_profile_where_the_map_has_hashes()
    {
        MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-address-map -mllvm -emit-bb-hash {Linker}", "hashed");
        SimulatedRecording.Record(At("hashed-recording"), 53, At("hashed"));
        Good("tarax layout hashed-recording --binary hashed -o hashed");
        string profile = File.ReadAllText(At("hashed_cc_profile.txt"));
        Assert.That(profile, Does.Contain("\nh 0:").And.Contain("\ng 0:"));
        string warnings = MappedProgram.Build(
            _folder, "clang-22", $"-fbasic-block-sections=list=hashed_cc_profile.txt -mllvm -emit-bb-hash {Linker} -Wl,--symbol-ordering-file=hashed_ld_profile.txt", "hashed-laid");
        Assert.That(warnings, Is.Empty);
        AssertOrder("hashed-laid", "hashed_ld_profile.txt");
        Assert.That(File.ReadAllText(At(Layout("recording", "program") + "_cc_profile.txt")), Does.Not.Contain("\nh "), "compilers that write no hashes need not know the lines");
    }

    /// <summary>A build that was laid out may have a map, too: its functions lie in several sections.</summary>
    [Test]
    public void Layout_of_a_program_that_was_laid_out_is_as_good()
    {
        string first = Layout("recording", "program");
        MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-sections=list={first}_cc_profile.txt -fbasic-block-address-map {Linker} -Wl,--symbol-ordering-file={first}_ld_profile.txt", "again");
        SimulatedRecording.Record(At("again-recording"), 53, At("again"));
        string second = Layout("again-recording", "again");
        MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-sections=list={second}_cc_profile.txt {Linker} -Wl,--symbol-ordering-file={second}_ld_profile.txt", "twice");
        Assert.That(TakenBranches("twice"), Is.LessThan(1.01 * TakenBranches("again")));
    }

    [Test]
    public void Statics_of_one_name_have_their_modules()
    {
        string[] profile = File.ReadAllLines(At(Layout("recording", "program") + "_cc_profile.txt"));
        Assert.That(profile[0], Is.EqualTo("v1"));
        Assert.That(profile[1], Does.StartWith("#Profiled binary build ID: "));
        int[] steps = [.. Enumerable.Range(0, profile.Length).Where(i => profile[i] == "f step")];
        Assert.That(steps.Select(i => profile[i - 1]), Is.EquivalentTo(["m work.c", "m other.c"]));
        Assert.That(profile[Array.IndexOf(profile, "f main") - 1], Does.Not.StartWith("m "));
    }

    [Test]
    public void Layout_is_the_same_on_any_number_of_threads_and_beside_a_profile()
    {
        string alone = Layout("recording", "program");
        foreach (int threads in (int[])[1, 2, 8])
        {
            Good(string.Create(CultureInfo.InvariantCulture, $"tarax convert recording --binary program --for clang-22 -o profile --propeller beside --threads {threads}"));
            Assert.That(File.ReadAllText(At("beside_cc_profile.txt")), Is.EqualTo(File.ReadAllText(At($"{alone}_cc_profile.txt"))));
            Assert.That(File.ReadAllText(At("beside_ld_profile.txt")), Is.EqualTo(File.ReadAllText(At($"{alone}_ld_profile.txt"))));
        }
    }

    [Test]
    public void Report_for_programs_has_the_layout()
    {
        var run = TestEnvironment.Shell(_folder, "tarax convert recording --binary program --for clang-22 -o profile --propeller beside --report json");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var layout = System.Text.Json.JsonDocument.Parse(run.Error).RootElement.GetProperty("layout");
        Assert.That(layout.GetProperty("functions").GetInt32(), Is.EqualTo(5));
        Assert.That(layout.GetProperty("after").GetProperty("score").GetDouble(), Is.GreaterThan(layout.GetProperty("before").GetProperty("score").GetDouble()).And.LessThanOrEqualTo(1));
        run = TestEnvironment.Shell(_folder, "tarax convert recording --binary program --propeller beside");
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--propeller goes with -o FILE or --out-dir DIR"));
    }

    /// <summary>Without branch records: addresses of samples, from which branches are inferred.</summary>
    [Test]
    public void Addresses_of_samples_give_a_layout_nearly_as_good()
    {
        string exact = Layout("recording", "program");
        Good("tarax layout recording --binary program --no-lbr -o inferred");
        foreach (string layout in (string[])[exact, "inferred"])
        {
            MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-sections=list={layout}_cc_profile.txt {Linker} -Wl,--symbol-ordering-file={layout}_ld_profile.txt", $"by-{layout}");
        }

        double saved = TakenBranches("program") - TakenBranches($"by-{exact}");
        Assert.That(TakenBranches("program") - TakenBranches("by-inferred"), Is.GreaterThan(0.5 * saved));
    }

    [Test]
    public void Flow_of_blocks_is_what_ran()
    {
        using var binary = Binary.Open(At("program"));
        using var input = Input.Open(At("recording"));
        var report = AutoFdoConverter.LayoutOf(input, binary).Layout.Report;
        Assert.That(report.Functions, Is.EqualTo(5), "main, work, other and two of step");
        Assert.That(report.Before.Score, Is.LessThan(report.After.Score));
        Assert.That(report.Before.TakenBranches, Is.GreaterThan(report.After.TakenBranches));
        Assert.That(report.Unplaced.Where(u => u.Reason.Contains("middle", StringComparison.Ordinal) || u.Reason.Contains("end of a block", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("tarax layout recording --binary program -o pair")]
    [TestCase("tarax convert recording --binary program --for clang-22 -o pair.prof --propeller pair")]
    [TestCase("tarax create_llvm_prof --binary=program --profile=recording --format=propeller --out=pair_cc_profile.txt --propeller_symorder=pair_ld_profile.txt")]
    public void Where_one_file_of_a_layout_cannot_be_written_none_is(string line)
    {
        string tool = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax");
        line = line.Replace("tarax create", $"ln -sf {tool} create_llvm_prof && ./create", StringComparison.Ordinal);
        var run = TestEnvironment.Shell(_folder, $"rm -rf pair*; mkdir pair_ld_profile.txt; {line}; echo $?; ls -d pair*");
        Assert.That(run.Output, Is.EqualTo("1\npair_ld_profile.txt\n"), run.Error);
    }

    [TestCase("-fno-basic-block-sections", "has no address map of its blocks (.llvm_bb_addr_map). Build it with Clang 17 or later and -fbasic-block-address-map")]
    [TestCase("-Wl,-s", "has no address map of its blocks (.llvm_bb_addr_map), and is stripped: give the same build before that")]
    public void Program_without_a_map_is_told_with_the_next_step(string option, string message)
    {
        string name = $"without{option.Replace(',', '-')}";
        MappedProgram.Build(_folder, "clang-22", $"{(option[1] == 'f' ? "-Wno-unused-command-line-argument" : option)} {Linker}", name);
        SimulatedRecording.Record(At($"{name}.data"), 53, At(name));
        var run = TestEnvironment.Shell(_folder, $"tarax layout {name}.data --binary {name} -o nothing");
        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(File.Exists(At("nothing_cc_profile.txt")), Is.False);
    }

    [Test]
    public void Map_of_an_unknown_version_and_another_build_are_told()
    {
        byte[] bytes = File.ReadAllBytes(At("program"));
        using (var elf = AutoFdo.Binaries.Elf.ElfFile.Open(At("program")))
        {
            bytes[elf.FindSection(".llvm_bb_addr_map")!.Offset] = 9;
        }

        File.WriteAllBytes(At("newer"), bytes);
        var run = TestEnvironment.Shell(_folder, "tarax layout recording --binary newer -o nothing");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("newer: .llvm_bb_addr_map: version at offset").And.Contain("is 9 in the entry of the first function, where 2 to 5 are known"));
        MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-address-map -O1 {Linker}", "other-build");
        File.Copy(At("other-build"), Path.Combine(Directory.CreateDirectory(At("elsewhere")).FullName, "program"), overwrite: true);
        run = TestEnvironment.Shell(_folder, "tarax layout recording --binary elsewhere/program -o nothing");
        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Error, Does.Contain("is another build than the recorded"));
    }

    [TestCase("generate_propeller_profiles --binary=program --profile=recording --format=propeller --propeller_output_module_name --out=kernel_cc_profile.txt --propeller_symorder=kernel_ld_profile.txt")]
    [TestCase("generate_propeller_profiles --binary=program --profile=@list --format=propeller --propeller_output_module_name --out=kernel_cc_profile.txt --propeller_symorder=kernel_ld_profile.txt")]
    [TestCase("create_llvm_prof --binary=program --profile=recording --format=propeller --propeller_output_module_name --out=kernel_cc_profile.txt --propeller_symorder=kernel_ld_profile.txt")]
    [TestCase("create_llvm_prof --binary=program --profile=@list --format=propeller --propeller_output_module_name --out=kernel_cc_profile.txt --propeller_symorder=kernel_ld_profile.txt")]
    [TestCase("generate_propeller_profiles --binary=program --profile=recording --profile_type=PERF_LBR --cc_profile=kernel_cc_profile.txt --ld_profile=kernel_ld_profile.txt")]
    public void Commands_of_the_kernels_documentation_run_as_they_stand_there(string command)
    {
        File.WriteAllText(At("list"), "recording\n");
        string tool = command.Split(' ')[0];
        string executable = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax");
        TestEnvironment.Require(File.Exists(executable), "the executable is not beside the tests");
        Good($"rm -f kernel_* && ln -sf {executable} {tool} && ./{command}");
        string[] profile = File.ReadAllLines(At("kernel_cc_profile.txt"));
        Assert.That(profile.Count(l => l.StartsWith("m ", StringComparison.Ordinal)), Is.EqualTo(command.Contains("module_name", StringComparison.Ordinal) ? 5 : 2));
        Assert.That(File.ReadAllLines(At("kernel_ld_profile.txt")), Has.Member("main"));
    }

    /// <summary>Symbols stand in the program in the order of the file; local ones of one name stand together.</summary>
    private void AssertOrder(string program, string order)
    {
        string[] wanted = [.. File.ReadAllLines(At(order)).Distinct()];
        var addresses = TestEnvironment.Run("llvm-nm-22", At(program)).Split('\n').Select(l => l.Split(' ')).Where(f => f.Length == 3)
            .GroupBy(f => f[2]).ToDictionary(g => g.Key, g => g.Min(f => ulong.Parse(f[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        Assert.That(wanted.Where(w => !addresses.ContainsKey(w)), Is.Empty, "all symbols are there");
        Assert.That(wanted.Select(w => addresses[w]), Is.Ordered, string.Join(' ', wanted));
        Assert.That(wanted, Has.Length.GreaterThan(3));
    }

    private double TakenBranches(string program)
    {
        SimulatedRecording.Record(At($"{program}.data"), 9973, At(program));
        string taken = File.ReadAllLines(At($"{program}.data.stats")).Single(l => l.StartsWith("qemu-lbr.taken ", StringComparison.Ordinal));
        return double.Parse(taken.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private string Layout(string recording, string program)
    {
        Good($"tarax layout {recording} --binary {program} -o of-{recording}");
        return $"of-{recording}";
    }

    private void Good(string line)
    {
        var run = TestEnvironment.Shell(_folder, line);
        Assert.That(run.ExitCode, Is.Zero, $"{line}\n{run.Error}");
    }

    private string At(string file) => Path.Combine(_folder, file);
}
