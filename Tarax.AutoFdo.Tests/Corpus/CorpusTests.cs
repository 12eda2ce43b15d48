using System.Text.Json;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests.Corpus;

/// <summary>
/// Small programs, one for each style of code, by each compiler: everything that ran is in the profile or told; line counts are those of an oracle that shares nothing with the converter
/// (exact executions, objdump, llvm-symbolizer); and the compiler finds what was written.
/// </summary>
public sealed partial class CorpusTests
{
    /// <summary>Of what ran, this much may be left out for a reason that is neither the linker's stubs, nor code without debug information, nor for the compiler's sake.</summary>
    private const double MostLeftOut = 0.01;

    private static readonly (string Compiler, string Optimization)[] Builds =
        [("gcc-11", "-O2"), ("gcc-12", "-O2"), ("gcc-12", "-O3"), ("gcc-16", "-O2"), ("gcc-16", "-O3"), ("clang-14", "-O2"), ("clang-22", "-O2")];

    [TestCaseSource(typeof(CorpusProgram), nameof(CorpusProgram.All))]
    public void What_ran_is_in_the_profile_with_the_right_counts_and_the_compiler_finds_it(object made)
    {
        var program = (CorpusProgram)made;
        foreach (var (compiler, optimization) in Builds)
        {
            // Clang's OpenMP library is not installed with it, and Clang 14 does not know this library's coroutines.
            if (CorpusBuild.IsClang(compiler) && (program.Name == "openmp" || (program.Name == "coroutines" && compiler == "clang-14")))
            {
                continue;
            }

            TestContext.Out.WriteLine($"{program.Name} {compiler} {optimization}");
            using var build = CorpusBuild.Make(program, compiler, optimization);
            Assert.That(TargetCompiler.TryParse(compiler, out var target), Is.True);
            var report = AutoFdoConverter.Convert(build.Recording, build.Binary, build.PathOf("profile"), new ConversionOptions { ForCompiler = target, MinimumSamples = 0 });
            AssertBalanced(report.Code);
            Assert.That(report.Diagnostics.Any(d => d.Id == DiagnosticId.SameNames), Is.EqualTo(program.Name == "statics"), "functions of one name in several files");
            AssertLineCounts(build, compiler);
            if (compiler is "gcc-16" or "clang-22")
            {
                AssertUsed(build, compiler, program.LeastUsedByGcc);
            }
        }
    }

    private static void AssertBalanced(CodeAccount code)
    {
        Assert.That(code.InPositions + code.LeftOut.Aggregate((UInt128)0, (sum, l) => sum + l.Bytes), Is.EqualTo(code.Executed));
        var unexpected = code.LeftOut.Where(l => l.Id is not ("linker-stubs" or "thunks" or "no-function" or "suppressed") && (double)l.Bytes > MostLeftOut * (double)code.Executed);
        Assert.That(unexpected, Is.Empty);
    }

    /// <summary>With exact counts for samples, a position has the count of its most executed instruction.</summary>
    private static void AssertLineCounts(CorpusBuild build, string compiler)
    {
        string text = build.PathOf("exact.txt");
        TestEnvironment.Run("python3", TestEnvironment.DataTool("exact2text.py"), build.ExactCounts, build.Binary, text);
        string profile = build.PathOf("exact.prof");

        // Not in a form of LLVM, in which a call has the sum of its targets.
        var converted = AutoFdoConverter.Convert(text, build.Binary, new ConversionOptions
        {
            Input = InputKind.CountsText,
            Format = ProfileFormat.GcovV3,
            Inlined = InlinedBodies.Nested,
            Discriminators = DiscriminatorHandling.Keep,
            MinimumSamples = 0,
        });
        converted.Profile.Save(profile, ProfileFormat.LlvmText);
        string encoding = compiler == "gcc-16" ? "gcc16" : CorpusBuild.IsClang(compiler) ? "clang" : "plain";
        string script = Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Corpus", "line_counts.py");
        using var result = JsonDocument.Parse(TestEnvironment.Run("python3", script, build.ExactCounts, build.Binary, profile, encoding));
        TestContext.Out.WriteLine(result.RootElement.GetRawText());
        Assert.That(result.RootElement.GetProperty("share").GetDouble(), Is.GreaterThanOrEqualTo(0.995), result.RootElement.GetProperty("worst").GetRawText());
    }

    /// <summary>GCC finds nearly all counts; Clang as much as of a profile by llvm-profgen, whose names and positions are those that it asks for.</summary>
    private static void AssertUsed(CorpusBuild build, string compiler, double least)
    {
        string[] reports = build.Rebuild("profile");
        var use = CompilerUse.Of(SampleProfile.Load(build.PathOf("profile")), reports);
        var removed = reports.SelectMany(File.ReadLines).Select(l => RemovedFunction().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        TestContext.Out.WriteLine($"used {use.UsedShare:0.0000}");
        if (compiler == "gcc-16")
        {
            // GCC 16 knows a constructor or destructor that it inlined before it read the profile by a name that none has, and drops its counts.
            var kept = use.Functions.Where(f => !removed.Contains(f.Name)).ToList();
            double share = (double)kept.Sum(f => (long)f.UsedCount) / kept.Sum(f => (long)f.Count);
            TestContext.Out.WriteLine($"without what GCC removed {share:0.0000}");
            Assert.That(share, Is.GreaterThanOrEqualTo(least), string.Join(", ", use.Functions.Take(8).Select(f => $"{f.Name} {f.Count - f.UsedCount}")));
            return;
        }

        TestEnvironment.Run("llvm-profgen-22", $"--binary={build.Binary}", $"--perfdata={build.Recording}", $"--output={build.PathOf("peer")}");
        var ofPeer = CompilerUse.Of(SampleProfile.Load(build.PathOf("peer")), build.Rebuild("peer"));
        Assert.That(use.UsedShare, Is.GreaterThanOrEqualTo(ofPeer.UsedShare - 0.005));
    }

    [GeneratedRegex(@"Removing optimized out function (\S+)")]
    private static partial Regex RemovedFunction();
}
