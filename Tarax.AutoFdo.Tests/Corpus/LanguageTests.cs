using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Corpus;

/// <summary>Programs of other languages, by the compilers that Debian has: each is converted, and all that ran is accounted for, or it is refused with its true cause.</summary>
public sealed class LanguageTests
{
    private const int Period = 211;

    [TestCase("gfortran-12", "gfortran-12 -O2 -g program.f90 -o program", "GNU Fortran")]
    [TestCase("gnatmake-12", "gnatmake-12 -q -O2 -g program.adb", "GNU Ada")]
    [TestCase("nim", "nim c --hints:off -d:release --debugger:native --nimcache:cache -o:program program.nim", "GNU C")]
    [TestCase("ldc2", "ldc2 -O2 -g program.d -of=program", "LDC")]
    [TestCase("rustc", "rustc -O -g program.rs -o program", "rustc")]
    public void Program_of_a_language_whose_compiler_is_gcc_or_llvm_is_converted(string tool, string command, string madeBy)
    {
        var (recording, binary) = Record(tool, command);
        var report = AutoFdoConverter.Convert(recording, binary, Path.ChangeExtension(recording, "profile"), new ConversionOptions { MinimumSamples = 0 });
        Assert.That(report.MadeBy, Does.Contain(madeBy));
        Assert.That(report.Code.InPositions + report.Code.LeftOut.Aggregate((UInt128)0, (sum, l) => sum + l.Bytes), Is.EqualTo(report.Code.Executed));

        // Libraries that the distribution compiled without debug information are in some of the binaries.
        var unknown = report.Code.LeftOut.Where(l => l.Id is not ("linker-stubs" or "no-function" or "suppressed"));
        Assert.That(unknown.Sum(l => (double)l.Bytes), Is.LessThan(0.01 * (double)report.Code.Executed), string.Join(", ", unknown.Select(l => $"{l.Id} {l.Bytes}")));
    }

    [Test]
    public void Rust_has_the_profile_that_llvm_profgen_makes_of_it()
    {
        TestEnvironment.RequireTool("llvm-profgen-22");
        var (recording, binary) = Record("rustc", "rustc -O -g program.rs -o program");
        string theirs = Path.ChangeExtension(recording, "theirs");
        TestEnvironment.Run("llvm-profgen-22", $"--binary={binary}", $"--perfdata={recording}", $"--output={theirs}");
        Assert.That(TargetCompiler.TryParse("clang-22", out var clang), Is.True);
        foreach (var target in (TargetCompiler?[])[clang, null])
        {
            // From a file, since formats have 16 bits for a line.
            string ours = Path.ChangeExtension(recording, "ours");
            AutoFdoConverter.Convert(recording, binary, ours, new ConversionOptions { ForCompiler = target, MinimumSamples = 0 });
            double overlap = SampleProfile.Diff(SampleProfile.Load(ours), SampleProfile.Load(theirs)).Overlap;
            TestContext.Out.WriteLine($"overlap {overlap:0.00000}");
            Assert.That(overlap, Is.GreaterThanOrEqualTo(0.999));
        }
    }

    [Test]
    public void Program_by_go_is_refused_since_its_debug_information_has_no_first_lines()
    {
        var (recording, binary) = Record("go", "HOME=$PWD GOCACHE=$PWD/cache GO111MODULE=off go build -o program program.go");
        var error = Assert.Throws<ConversionException>(() => AutoFdoConverter.Convert(recording, binary, Path.ChangeExtension(recording, "profile"), new ConversionOptions { MinimumSamples = 0 }))!;
        Assert.That(error.Message, Does.Contain("first line is not known").And.Contain("Go cmd/compile").And.Contain("go build -pgo"));
    }

    private static (string Recording, string Binary) Record(string tool, string command)
    {
        TestEnvironment.RequireTool(tool);
        string folder = TestEnvironment.NewFolder();
        foreach (string source in Directory.GetFiles(Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Corpus", "Languages")))
        {
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        }

        TestEnvironment.Run("bash", "-c", $"cd {folder} && {command}");
        string recording = Path.Combine(folder, "recording");
        string binary = Path.Combine(folder, "program");
        SimulatedRecording.Record(recording, Period, binary);
        return (recording, binary);
    }
}
