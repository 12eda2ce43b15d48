using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>Small programs that converters get wrong easily, each with the value that is right (cases/README.md).</summary>
public sealed class CaseTests
{
    [TestCase("lam", "main/0:_ZZ4mainENKUliE_clEi")]
    [TestCase("omp", "total._omp_fn.0")]
    public void Functions_whose_first_line_only_the_compiler_knows_have_positions(string program, string expected)
    {
        var converted = Convert($"no-start-line/{program}", program);
        Assert.That(LeftOut(converted, "no-start-line"), Is.EqualTo((UInt128)0));
        string name = expected.Split(':')[^1];
        Assert.That(ProfileNames.Of(converted.Profile), Has.Member(name));
    }

    [Test]
    public void Outlined_function_of_openmp_counts_from_the_line_of_its_directive()
    {
        // Line 7 is the directive, line 9 the step, line 10 the inner loop.
        var function = Convert("no-start-line/omp", "omp").Profile.Functions.Single(f => f.Name == "total._omp_fn.0");
        Assert.That(function.Body.Positions.Select(p => p.Position.LineOffset).Distinct(), Is.SubsetOf((int[])[0, 1, 2, 3, 4, 5, 6, 8]));
        Assert.That(function.Body.Positions.Where(p => p.Position.LineOffset == 4).Max(p => p.Count), Is.EqualTo(function.Body.Positions.Max(p => p.Count)), "the inner loop runs most");
    }

    [Test]
    public void Code_of_line_tables_alone_is_told()
    {
        var converted = Convert("no-start-line/mixed", "mixed");
        double share = (double)LeftOut(converted, "no-start-line") / (double)converted.Report.Code.Executed;
        Assert.That(share, Is.GreaterThan(0.99));
        Assert.That(converted.Report.Diagnostics.Single(d => d.Id == DiagnosticId.NoStartLine).Message, Does.Contain("step, heavy").And.Contain("-fdebug-info-for-profiling"));
    }

    [TestCase("full", "full")]
    [TestCase("cfi", "cfi")]
    public void Clang_is_told_the_names_before_link_time(string program, string recording)
    {
        var profile = Convert($"clang-names/{recording}", program).Profile;
        Assert.That(profile.Functions.Select(f => f.Name), Is.EquivalentTo((string[])["pick", "helper", "main"]));
    }

    [Test]
    public void Calls_from_a_cold_part_of_a_function_to_itself_are_calls()
    {
        var walk = Convert("recursion-between-parts/cold", "cold").Profile.Functions.Single(f => f.Name == "walk");
        Assert.That(walk.HeadCount, Is.EqualTo(46 + 1396));
        var target = walk.Body.Positions.Single(p => p.Position.LineOffset == 6 && p.Targets.Any(t => t.Name == "walk")).Targets.Single(t => t.Name == "walk");
        Assert.That(target.Count, Is.EqualTo(1396));
    }

    [Test]
    public void Loop_that_begins_with_its_function_does_not_call_it()
    {
        var spin = Convert("loop-at-entry/loopentry", "loopentry").Profile.Functions.Single(f => f.Name == "spin");
        Assert.That(spin.HeadCount, Is.EqualTo(48));
        Assert.That(spin.Body.Positions.SelectMany(p => p.Targets), Is.Empty);
    }

    [Test]
    public void Inlined_member_of_a_class_that_others_cannot_see_has_the_name_by_which_gcc_looks_it_up()
    {
        var profile = Convert("gcc-member-names/st2", "st2").Profile;
        Assert.That(ProfileNames.Of(profile), Has.Member("_ZNK12_GLOBAL__N_11Q2goEi").And.Member("_ZL6helperii"));
    }

    [Test]
    public void Program_in_memory_alone_is_found_by_its_build_id()
    {
        string folder = TestEnvironment.Data("cases/memfd");
        var report = AutoFdoConverter.Convert(
            Path.Combine(folder, "memfd.data.gz"), Path.Combine(folder, "prog"), Path.Combine(TestEnvironment.NewFolder(), "x.afdo"), new ConversionOptions { UseBranchStacks = false });
        Assert.That(report.Identification, Is.EqualTo(BinaryIdentification.BuildId));
        Assert.That((double)report.SamplesInBinary / report.Samples, Is.EqualTo(0.93).Within(0.005));
    }

    private static UInt128 LeftOut(ConversionResult converted, string id) => converted.Report.Code.LeftOut.FirstOrDefault(l => l.Id == id)?.Bytes ?? 0;

    private static ConversionResult Convert(string recording, string binary)
    {
        string full = TestEnvironment.Data($"cases/{recording}.data.gz");
        var converted = AutoFdoConverter.Convert(full, Path.Combine(Path.GetDirectoryName(full)!, binary), new ConversionOptions { PassesOff = RecordedSets.PassesThatChangeCounts });
        var code = converted.Report.Code;
        Assert.That(code.InPositions + code.LeftOut.Aggregate((UInt128)0, (sum, l) => sum + l.Bytes), Is.EqualTo(code.Executed), "the account balances");
        return converted;
    }
}
