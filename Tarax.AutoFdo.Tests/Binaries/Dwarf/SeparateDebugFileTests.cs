using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Binaries.Dwarf;

/// <summary>Debug information in other files than the binary gives the profile of a plain build.</summary>
public sealed class SeparateDebugFileTests
{
    private string _folder = "";
    private string _plain = "";

    [SetUp]
    public void Build()
    {
        _folder = TestEnvironment.NewFolder();
        _plain = CompiledProgram.Build("gcc-12", Path.Combine(_folder, "plain"), "-gdwarf-5", "-Wl,--build-id");
    }

    [TestCase("")]
    [TestCase(".debug")]
    public void File_named_by_the_debug_link_is_found_beside_the_binary(string folder)
    {
        string stripped = Strip(Path.Combine(_folder, "program"));
        Directory.CreateDirectory(Path.Combine(_folder, folder));
        string debug = Path.Combine(_folder, folder, "program.debug");
        TestEnvironment.Run("objcopy", "--only-keep-debug", _plain, debug);
        TestEnvironment.Run("objcopy", $"--add-gnu-debuglink={debug}", stripped);
        AssertPlainProfile(stripped);
    }

    [Test]
    public void Another_build_under_the_name_of_the_debug_link_is_not_taken()
    {
        string stripped = Strip(Path.Combine(_folder, "program"));
        string debug = Path.Combine(_folder, "program.debug");
        TestEnvironment.Run("objcopy", "--only-keep-debug", _plain, debug);
        TestEnvironment.Run("objcopy", $"--add-gnu-debuglink={debug}", stripped);
        string other = CompiledProgram.Build("gcc-12", Path.Combine(_folder, "other"), "-gdwarf-5", "-O1");
        TestEnvironment.Run("objcopy", "--only-keep-debug", other, debug);
        Assert.That(() => Profile(stripped), Throws.InstanceOf<ConversionException>().With.Message.Contains("debug information"));
    }

    [Test]
    public void Debug_link_without_build_ids_is_checked_by_its_checksum()
    {
        string plain = CompiledProgram.Build("gcc-12", Path.Combine(_folder, "nobuildid"), "-gdwarf-5", "-Wl,--build-id=none");
        string stripped = Path.Combine(_folder, "program");
        TestEnvironment.Run("strip", "-o", stripped, plain);
        string debug = Path.Combine(_folder, "program.debug");
        TestEnvironment.Run("objcopy", "--only-keep-debug", plain, debug);
        TestEnvironment.Run("objcopy", $"--add-gnu-debuglink={debug}", stripped);
        Assert.That(Profile(stripped).Functions, Is.Not.Empty);
        File.AppendAllText(debug, "changed");
        Assert.That(() => Profile(stripped), Throws.InstanceOf<ConversionException>());
    }

    [Test]
    public void Debug_file_is_found_by_build_id_in_a_debug_folder()
    {
        string stripped = Strip(Path.Combine(_folder, "program"));
        using var elf = ElfFile.Open(_plain);
        string id = elf.BuildId.ToString();
        string debug = Path.Combine(_folder, "debug", ".build-id", id[..2], id[2..] + ".debug");
        Directory.CreateDirectory(Path.GetDirectoryName(debug)!);
        TestEnvironment.Run("objcopy", "--only-keep-debug", _plain, debug);
        AssertPlainProfile(stripped, Path.Combine(_folder, "debug"));
    }

    [Test]
    public void Debug_file_in_place_of_the_binary_is_told()
    {
        string debug = Path.Combine(_folder, "program.debug");
        TestEnvironment.Run("objcopy", "--only-keep-debug", _plain, debug);
        var recording = new Builders.PerfDataBuilder().Event().Sample(1, 2, 3, new BranchEntry(1, 2, 0)).Save(Path.Combine(_folder, "perf.data"));
        Assert.That(() => AutoFdoConverter.Convert(recording, debug), Throws.InstanceOf<ConversionException>().With.Message.Contains("debug information only"));
    }

    [Test]
    public void Dwz_within_one_file_gives_the_same_profile()
    {
        string compressed = Path.Combine(_folder, "compressed");
        TestEnvironment.Run("dwz", _plain, "-o", compressed);
        AssertPlainProfile(compressed);
    }

    [Test]
    public void Dwz_across_files_gives_the_same_profile()
    {
        // dwz moves what two files share to a third one.
        string first = Path.Combine(_folder, "first");
        string second = Path.Combine(_folder, "second");
        File.Copy(_plain, first);
        CompiledProgram.Build("gcc-12", second, "-gdwarf-5", "-DOTHER");
        TestEnvironment.Run("dwz", "-m", Path.Combine(_folder, "common.debug"), "-M", "common.debug", first, second);
        Assert.That(TestEnvironment.Run("readelf", "-S", "-W", first), Does.Contain(".gnu_debugaltlink"));
        AssertPlainProfile(first);
    }

    [TestCase("gcc-12", "-gdwarf-5")]
    [TestCase("gcc-12", "-gdwarf-4")]
    [TestCase("clang-22", "-gdwarf-5")]
    [TestCase("clang-22", "-gdwarf-4")]
    public void Split_dwarf_gives_the_profile_of_a_plain_build(string compiler, string version)
    {
        string plain = CompiledProgram.Build(compiler, Path.Combine(_folder, "whole"), version);
        string split = SplitBuild(compiler, version);
        CompiledProgram.AssertSameProfile(plain, split);
    }

    [TestCase("clang-22", "-gdwarf-5")]
    [TestCase("clang-22", "-gdwarf-4")]
    public void Package_of_split_dwarf_gives_the_profile_of_a_plain_build(string compiler, string version)
    {
        string plain = CompiledProgram.Build(compiler, Path.Combine(_folder, "whole"), version);
        string split = SplitBuild(compiler, version);
        TestEnvironment.Run("llvm-dwp-22", "-e", split, "-o", split + ".dwp");
        foreach (string file in Directory.GetFiles(_folder, "*.dwo"))
        {
            File.Delete(file);
        }

        CompiledProgram.AssertSameProfile(plain, split);
    }

    [Test]
    public void Missing_split_files_are_told()
    {
        string split = SplitBuild("gcc-12", "-gdwarf-5");
        foreach (string file in Directory.GetFiles(_folder, "*.dwo").Take(3))
        {
            File.Delete(file);
        }

        string counts = Path.Combine(_folder, "counts.txt");
        CountsText.Save(CompiledProgram.CountsOf(_plain), counts);
        var report = AutoFdoConverter.Convert(counts, split, new ConversionOptions { Input = InputKind.CountsText }).Report;
        Assert.That(report.Diagnostics.Single(d => d.Id == DiagnosticId.MissingSplitFiles).Message, Does.StartWith("3 files"));
    }

    /// <summary>The names of split files stand in the binary, and opening a pipe waits for whoever writes into it.</summary>
    [Test]
    public void Split_files_that_are_pipes_are_missing()
    {
        string split = SplitBuild("gcc-12", "-gdwarf-5");
        foreach (string file in Directory.GetFiles(_folder, "*.dwo"))
        {
            File.Delete(file);
            TestEnvironment.Run("mkfifo", file);
        }

        TestEnvironment.Run("mkfifo", split + ".dwp");
        string counts = Path.Combine(_folder, "counts.txt");
        CountsText.Save(CompiledProgram.CountsOf(_plain), counts);
        var run = TestEnvironment.Shell(_folder, $"timeout 600 {TestEnvironment.TaraxCommand} convert {counts} --profiler text --binary {split} -o x");
        Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
        Assert.That(run.Error, Does.Contain("split debug information are not at hand"));
    }

    private string SplitBuild(string compiler, string version)
    {
        string sources = TestEnvironment.Data("programs/src/cmulti");
        var objects = new List<string>();
        foreach (string source in CompiledProgram.Sources(sources))
        {
            objects.Add(Path.Combine(_folder, Path.GetRelativePath(sources, source).Replace('/', '-') + ".o"));
            TestEnvironment.Run(compiler, "-O2", "-w", version, "-gsplit-dwarf", "-c", "-I", sources, source, "-o", objects[^1]);
        }

        string split = Path.Combine(_folder, "split");
        TestEnvironment.Run(compiler, [.. objects, "-o", split]);
        return split;
    }

    private string Strip(string path)
    {
        TestEnvironment.Run("strip", "-o", path, _plain);
        return path;
    }

    private void AssertPlainProfile(string binary, string? debugFolder = null) =>
        Assert.That(GcovTests.Write(Profile(binary, debugFolder), ProfileFormat.GcovV3), Is.EqualTo(GcovTests.Write(Profile(_plain), ProfileFormat.GcovV3)));

    private SampleProfile Profile(string binary, string? debugFolder = null)
    {
        string counts = Path.Combine(_folder, "counts.txt");
        CountsText.Save(CompiledProgram.CountsOf(_plain), counts);
        return AutoFdoConverter.Convert(counts, binary, new ConversionOptions
        {
            Input = InputKind.CountsText,
            DebugDirectories = debugFolder is null ? [] : [debugFolder],
        }).Profile;
    }
}
