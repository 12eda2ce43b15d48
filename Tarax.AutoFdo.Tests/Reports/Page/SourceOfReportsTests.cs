using System.Text.Json;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>Counts stand at the file that the debug information says, or at none: a profile has distances from a function's first line, and neither files nor which of two static functions it means.</summary>
public sealed class SourceOfReportsTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [TestCase("gcc")]
    [TestCase("clang-22")]
    public void Lines_of_an_included_file_stand_at_that_file(string compiler)
    {
        CountedPrograms.Included(_folder, compiler);
        foreach (string[] inputs in (string[][])[["counts"], ["profile"], ["profile", "--counts", At("counts")]])
        {
            using var report = JsonDocument.Parse(Good(["report", At(inputs[0]), "--binary", At("program"), .. inputs[1..], "--json", "-o", "-"]));
            var body = Body(report.RootElement, "work");
            var files = report.RootElement.GetProperty("files").EnumerateArray().Select(f => Path.GetFileName(f.GetString())).ToArray();
            var elsewhere = body.GetProperty("elsewhere").EnumerateArray().ToList();
            Assert.That(elsewhere.Select(e => files[e.GetProperty("file").GetInt32()]), Has.All.EqualTo("body.inc"), string.Join(' ', inputs));
            Assert.That(elsewhere.Select(e => (At: e.GetProperty("at").GetInt32(), IsAlsoHere: e.GetProperty("isAlsoHere").GetBoolean())).Order(), Is.EqualTo(new[] { (1, false), (12, true) }), "line 1 is before the function, and line 12 is one of it too");
            var sources = report.RootElement.GetProperty("sources").EnumerateArray().ToDictionary(s => files[s.GetProperty("file").GetInt32()]!, s => s.GetProperty("pieces").EnumerateArray().SelectMany(p => p.GetProperty("lines").EnumerateArray()).Select(l => l.GetString()).ToList());
            Assert.That(sources["body.inc"], Has.Some.Contains("first of the include").And.Some.Contains("second of the include"));
        }

        using var recorded = JsonDocument.Parse(Good("report", At("counts"), "--binary", At("program"), "--json", "-o", "-"));
        var function = recorded.RootElement.GetProperty("functions").EnumerateArray().First(f => Name(recorded.RootElement, f) == "work");
        var code = function.GetProperty("code")[0];
        var lines = code.GetProperty("lines").EnumerateArray().Select(l => l.GetInt32()).ToArray();
        Assert.That(code.GetProperty("files").EnumerateArray().Select(f => f.GetInt32()).Chunk(2).Select(f => First("work") + lines[f[0]]).Distinct().Order(), Is.EqualTo(new[] { 1, 12 }));
        string shown = Good("show", At("profile"), "--function", "work", "--binary", At("program"));
        Assert.That(shown, Does.Contain("(body.inc:1)").And.Contain("(main.c:12 and body.inc:12)").And.Not.Contain("(main.c:1)"));
    }

    [Test]
    public void Pprof_has_lines_of_an_included_file_in_that_file()
    {
        CountedPrograms.Included(_folder, "gcc");
        Good("show", At("profile"), "--binary", At("program"), "--format", "pprof", "-o", At("profile.pb.gz"));
        string raw = TestEnvironment.Run("go", "tool", "pprof", "-raw", At("profile.pb.gz"));
        Assert.That(raw, Does.Match(@"work \S*/body\.inc:1\b").And.Not.Match(@"work \S*/main\.c:1\b").And.Not.Match(@"\.(c|inc):12\b"));
    }

    [Test]
    public void Static_functions_of_one_name_stand_at_no_place_where_the_profile_has_them_as_one()
    {
        CountedPrograms.Statics(_folder);
        foreach (string[] inputs in (string[][])[["counts"], ["profile"], ["profile", "--counts", At("counts")]])
        {
            using var report = JsonDocument.Parse(Good(["report", At(inputs[0]), "--binary", At("program"), .. inputs[1..], "--json", "-o", "-"]));
            var name = report.RootElement.GetProperty("names").EnumerateArray().First(n => n.GetProperty("name").GetString() == "step");
            var files = report.RootElement.GetProperty("files").EnumerateArray().Select(f => Path.GetFileName(f.GetString())).ToArray();
            Assert.That(name.TryGetProperty("line", out _) || name.TryGetProperty("file", out _), Is.False, string.Join(' ', inputs));
            Assert.That(name.GetProperty("places").EnumerateArray().Select(p => (files[p.GetProperty("file").GetInt32()], p.GetProperty("line").GetInt32())).Order(), Is.EqualTo(new[] { ("a.c", 2), ("b.c", 7) }));
            Assert.That(Body(report.RootElement, "step").TryGetProperty("firstLine", out _), Is.False);
        }

        string shown = Good("show", At("profile"), "--function", "step", "--binary", At("program"));
        Assert.That(shown, Does.Contain("step is defined in a.c:2 and b.c:7").And.Not.Contain("(a.c:").And.Not.Contain("(b.c:"));
        Good("show", At("profile"), "--binary", At("program"), "--format", "pprof", "-o", At("profile.pb.gz"));
        Assert.That(TestEnvironment.Run("go", "tool", "pprof", "-raw", At("profile.pb.gz")), Does.Match("step ").And.Not.Match(@"step \S*/[ab]\.c"));
    }

    [Test]
    public void Static_function_stands_at_its_place_where_only_one_of_the_name_ran()
    {
        CountedPrograms.Statics(_folder, "fa", "step");
        using var report = JsonDocument.Parse(Good("report", At("counts"), "--binary", At("program"), "--json", "-o", "-"));
        var name = report.RootElement.GetProperty("names").EnumerateArray().First(n => n.GetProperty("name").GetString() == "step");
        Assert.That((Path.GetFileName(report.RootElement.GetProperty("files")[name.GetProperty("file").GetInt32()].GetString()), name.GetProperty("line").GetInt32()), Is.EqualTo(("a.c", 2)));
    }

    [Test]
    public void Functions_that_the_counts_do_not_have_keep_their_place()
    {
        CountedPrograms.Statics(_folder);
        string[] lines = File.ReadAllLines(At("counts"));
        File.WriteAllText(At("one"), $"1\n{lines[1]}\n0\n0\n");
        using var report = JsonDocument.Parse(Good("report", At("profile"), "--binary", At("program"), "--counts", At("one"), "--json", "-o", "-"));
        var placed = report.RootElement.GetProperty("names").EnumerateArray().Where(n => n.TryGetProperty("line", out _)).Select(n => n.GetProperty("name").GetString());
        Assert.That(placed, Does.Contain("fa").And.Contain("fb"));
        Assert.That(report.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()), Has.Some.Contains("did not run by the counts that --counts gave"));
    }

    [Test]
    public void Function_of_a_profile_with_hashes_is_found_by_its_name_where_the_binary_is_given()
    {
        CountedPrograms.Statics(_folder);
        Good("merge", At("profile"), "--format", "llvm-extbinary", "--md5-names", "-o", At("hashed"));
        Assert.That(TestEnvironment.Tarax("show", At("hashed"), "--function", "fa").ExitCode, Is.EqualTo(3));
        Assert.That(Good("show", At("hashed"), "--function", "fa", "--binary", At("program")), Does.Contain("fa").And.Contain("(a.c:4)"));
    }

    /// <summary>A position with a discriminator looks like a time of perf script.</summary>
    [Test]
    public void Profile_in_text_with_discriminators_is_a_profile()
    {
        File.WriteAllText(At("profile.txt"), "foo:30:1\n 1: 20\n 1.2: 20 memcpy:20\n 3.101376: 7\n");
        using var report = JsonDocument.Parse(Good("report", At("profile.txt"), "--json", "-o", "-"));
        Assert.That(report.RootElement.GetProperty("functions").GetArrayLength(), Is.EqualTo(1));
        Assert.That(TestEnvironment.Tarax("convert", At("profile.txt"), "-o", At("out")).Error, Does.Not.Contain("branch stacks"));
    }

    private int First(string function) => File.ReadAllLines(At("main.c")).Index().First(l => l.Item.Contains($"{function}(", StringComparison.Ordinal)).Index + 1;

    private static string Name(JsonElement report, JsonElement function) => report.GetProperty("names")[function.GetProperty("name").GetInt32()].GetProperty("name").GetString()!;

    private static JsonElement Body(JsonElement report, string function) => report.GetProperty("functions").EnumerateArray().First(f => Name(report, f) == function).GetProperty("bodies")[0];

    private string At(string name) => Path.Combine(_folder, name);

    private static string Good(params string[] arguments)
    {
        var result = TestEnvironment.Tarax(arguments);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        return result.Output;
    }
}
