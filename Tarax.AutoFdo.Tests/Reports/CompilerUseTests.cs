using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Tests.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Reports;

/// <summary>What compilers say of a profile; the reports have the form that GCC 16.2 and Clang 22 write.</summary>
public sealed class CompilerUseTests
{
    private const string Dump = """
        Annotating BB profile of int f(int)/12

        _Z1fi total:130 head:5
          1: 40
          2.3: 0  _Z1gv:7
          4: next total:90
            0: 60
            1: _ZN1SC4Ev total:30
              2: 30

         Looking up AFDO count of bb 2
          count 40 in stmt: x_1 = 3;
        ;; 1 loops found

        Annotating BB profile of void rare()/14

        _Z4rarev total:7 head:1
          1: 7

        No afdo samples found; Setting global count to afdo0
        No afdo profile for void other()/15
        """;

    private const string Record = """
        --- !Analysis
        Pass:            sample-profile-impl
        Name:            AppliedSamples
        DebugLoc:        { File: 'tree.c', Line: 57, 
                           Column: 10 }
        Function:        f
        Args:
          - String:          'Applied '
          - NumSamples:      '40'
          - String:          ' samples from profile (offset: '
          - LineOffset:      '2'
        ...
        --- !Passed
        Pass:            sample-profile-inline
        Name:            Inlined
        Function:        g
        Args:
          - NumSamples:      '4000'
        ...
        """;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [Test]
    public void Positions_in_the_tree_of_a_gcc_dump_are_used()
    {
        var profile = LlvmFormatTests.ReadText("_Z1fi:100:4\n 1: 40\n 9: 10\n 4: next:90\n  0: 60\n  1: _ZN1SC2Ev:30\n   2: 30\n");
        var use = CompilerUse.Of(profile, [Save("a.afdo", Dump)]);
        Assert.That(use.Functions.Select(f => (f.Name, f.Count, f.UsedCount)), Is.EqualTo(new[] { ("_Z1fi", 50ul, 40ul), ("_ZN1SC2Ev", 30ul, 30ul), ("next", 60ul, 60ul) }));
        Assert.That((use.Count, use.UsedCount, use.UnseenCount, use.ColdCount), Is.EqualTo((140ul, 130ul, 0ul, 0ul)));
        Assert.That(use.UsedShare, Is.EqualTo(130.0 / 140));
    }

    [Test]
    public void Functions_that_gcc_takes_for_cold_or_does_not_mention_are_told()
    {
        var profile = LlvmFormatTests.ReadText("_Z4rarev:7:1\n 1: 7\n_Z4gonev:5:1\n 1: 5\n");
        var use = CompilerUse.Of(profile, [Save("a.afdo", Dump)]);
        Assert.That(use.Functions.Select(f => (f.Name, f.IsSeen, f.IsTakenForCold)), Is.EqualTo(new[] { ("_Z4gonev", false, false), ("_Z4rarev", true, true) }));
        Assert.That((use.ColdCount, use.UnseenCount), Is.EqualTo((7ul, 5ul)));
    }

    [Test]
    public void Names_that_are_no_symbols_are_found_by_the_dump_of_the_pass_before()
    {
        var profile = LlvmFormatTests.ReadText("main:1:1\n 2: step:40\n  1: 40\n");
        string dump = Save("a.afdo", Dump);
        Assert.That(() => CompilerUse.Of(profile, [dump]), Throws.InstanceOf<ConversionException>());
        string offline = Save("b.afdo_offline", "Max count in profile 40\nAdding dwarf->symbol rename step -> _Z1fi\n");
        Assert.That(CompilerUse.Of(profile, [dump, offline]).UsedShare, Is.EqualTo(1));
    }

    [Test]
    public void Function_that_several_files_have_is_used_as_much_as_in_the_one_that_uses_most_of_it()
    {
        var profile = LlvmFormatTests.ReadText("_Z1fi:100:4\n 1: 60\n");
        Assert.That(CompilerUse.Of(profile, [Save("a.afdo", Dump), Save("b.afdo", Dump)]).UsedCount, Is.EqualTo(40));
    }

    [Test]
    public void Function_is_cold_only_where_it_is_so_in_all_files()
    {
        var profile = LlvmFormatTests.ReadText("_Z4rarev:7:1\n 1: 7\n");
        string warm = Save("b.afdo", "Annotating BB profile of void rare()/14\n\n_Z4rarev total:7 head:1\n  1: 7\n\n");
        Assert.That(CompilerUse.Of(profile, [Save("a.afdo", Dump), warm]).ColdCount, Is.Zero);
    }

    [Test]
    public void Constructor_is_itself_before_it_is_any_of_its_kinds()
    {
        string dump = Save("a.afdo", "Annotating BB profile of x/1\n\n_ZN1SC2Ev total:7 head:1\n  1: 7\n\nAnnotating BB profile of x/2\n\n_ZN1SC1Ev total:3 head:1\n  1: 3\n\n");
        Assert.That(CompilerUse.Of(LlvmFormatTests.ReadText("_ZN1SC1Ev:9:1\n 1: 9\n"), [dump]).UsedCount, Is.EqualTo(3));
        Assert.That(CompilerUse.Of(LlvmFormatTests.ReadText("_ZN1SC4Ev:9:1\n 1: 9\n"), [dump]).UsedCount, Is.EqualTo(7));
    }

    [Test]
    public void Applied_samples_of_a_clang_record_are_used_by_the_function_that_they_are_in()
    {
        var profile = LlvmFormatTests.ReadText("f:100:4\n 1: 40\n 2: g:10\n  0: 10\ng:7:1\n 0: 7\n");
        var use = CompilerUse.Of(profile, [Save("a.yaml", Record)]);
        Assert.That(use.Functions.Select(f => (f.Name, f.Count, f.UsedCount)), Is.EqualTo(new[] { ("f", 50ul, 40ul), ("g", 7ul, 0ul) }));
    }

    [Test]
    public void Lines_that_found_code_are_those_that_the_reports_say()
    {
        var ofGcc = CompilerUse.Of(LlvmFormatTests.ReadText("_Z1fi:100:4\n 1: 40\n 9: 10\n 4: next:90\n  0: 60\n"), [Save("a.afdo", Dump)]).Functions.ToDictionary(f => f.Name, f => f.Positions.Select(p => (p.Offset, p.Count, p.File, p.Line)));
        Assert.That(ofGcc["_Z1fi"], Is.EqualTo(new[] { (1, 40ul, (string?)null, 0u), (2, 0ul, null, 0u) }));
        Assert.That(ofGcc["next"], Is.EqualTo(new[] { (0, 60ul, (string?)null, 0u) }));
        var ofClang = CompilerUse.Of(LlvmFormatTests.ReadText("f:100:4\n 2: 40\n"), [Save("a.yaml", Record)]).Functions.Single();
        Assert.That(ofClang.Positions.Select(p => (p.Offset, p.Count, p.File, p.Line)), Is.EqualTo(new[] { (2, 40ul, (string?)"tree.c", 57u) }));
    }

    [Test]
    public void Other_files_are_refused()
    {
        var profile = LlvmFormatTests.ReadText("f:1:1\n 1: 1\n");
        Assert.That(() => CompilerUse.Of(profile, [Save("a.txt", "hello\n")]), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("a.txt"));
        Assert.That(() => CompilerUse.Of(profile, [Save("a.bin", "--- !\0")]), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("NUL"));
        Assert.That(() => CompilerUse.Of(profile, [Save("a.yaml", Record), Save("a.afdo", Dump)]), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("another compiler"));
        Assert.That(() => CompilerUse.Of(profile, [Save("empty", "")]), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("empty"));
        Assert.That(() => CompilerUse.Of(profile, [Save("a.afdo", Dump)]), Throws.InstanceOf<ConversionException>().With.Message.Contains("says nothing"));
        Assert.That(() => CompilerUse.Of(profile.WithHashedNames(), [Save("a.afdo", Dump)]), Throws.InstanceOf<ConversionException>().With.Message.Contains("hashes"));
    }

    [Test]
    public void Lines_of_any_length_are_read() => Assert.That(
        CompilerUse.Of(LlvmFormatTests.ReadText("_Z1fi:100:4\n 1: 60\n"), [Save("a.afdo", new string('x', 1_000_000) + "\n" + Dump)]).UsedCount, Is.EqualTo(40));

    [Test]
    public void Command_ends_with_3_where_less_is_used_than_was_asked_for()
    {
        string profile = Path.Combine(_folder, "p.afdo");
        LlvmFormatTests.ReadText("_Z1fi:100:4\n 1: 60\n").Save(profile, ProfileFormat.GcovV3);
        string dump = Save("a.afdo", Dump);
        Assert.That(TestEnvironment.Tarax("check", profile, "--compiler-dump", dump, "--fail-under", "0.6").Output, Does.Contain("66.67 % used"));
        Assert.That(TestEnvironment.Tarax("check", profile, "--compiler-dump", dump, "--fail-under", "0.7").ExitCode, Is.EqualTo(3));
        Assert.That(TestEnvironment.Tarax("check", profile).ExitCode, Is.EqualTo(2));
        Assert.That(TestEnvironment.Tarax("check", profile, "--compiler-dump", dump, "--json").Output, Does.Contain("\"usedCount\": 40"));
    }

    private string Save(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
