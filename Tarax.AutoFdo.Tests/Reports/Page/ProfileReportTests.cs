using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Outputs.Propeller;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>A report says what the other commands say of the same inputs, and nothing in it does anything.</summary>
public sealed class ProfileReportTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [TestCase("intel-lbr-2011/perf.data", "intel-lbr-2011/gzip", "--mapped-as test.binary --for gcc-12")]
    [TestCase("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti", "--for gcc-16")]
    [TestCase("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti", "--for clang-22")]
    public void Numbers_are_those_of_show(string recording, string binary, string options)
    {
        string[] inputs = [TestEnvironment.Data(recording), "--binary", TestEnvironment.Data(binary), .. options.Split(' ')];
        Good(["convert", .. inputs, "-o", At("profile")]);
        Good(["report", .. inputs, "-o", At("report.html")]);
        using var report = ReportFile.Data(File.ReadAllText(At("report.html")));
        using var show = JsonDocument.Parse(Good("show", At("profile"), "--json", "--top", "100000"));
        var (summary, all) = (report.RootElement.GetProperty("profile"), show.RootElement);
        foreach (string name in (string[])["functions", "positions", "totalCount", "maximumCount", "maximumHeadCount"])
        {
            Assert.That(summary.GetProperty(name).GetRawText(), Is.EqualTo(all.GetProperty(name).GetRawText()), name);
        }

        Assert.That(summary.GetProperty("cutoffs").EnumerateArray().Select(c => c.ToString()).Select(Squeezed), Is.EqualTo(all.GetProperty("cutoffs").EnumerateArray().Select(c => c.ToString()).Select(Squeezed)));
        var names = all.GetProperty("hottest").EnumerateArray().Select(f => f.GetProperty("name").GetString()!).ToList();
        var functions = ReportFile.Functions(report.RootElement);
        Assert.That(functions.Keys, Is.EqualTo(names), "all functions, in the order of show");
        foreach (string name in names)
        {
            var lines = functions[name].Split('\n');
            var shown = all.GetProperty("hottest").EnumerateArray().First(f => f.GetProperty("name").GetString() == name);
            Assert.That(lines[0], Is.EqualTo($"total {shown.GetProperty("total").GetUInt64()} head {shown.GetProperty("head").GetUInt64()}"), name);
        }

        foreach (string name in names.Where((_, i) => i < 3 || i % 9 == 0))
        {
            using var one = JsonDocument.Parse(Good("show", At("profile"), "--json", "--function", name));
            var function = one.RootElement.GetProperty("hottest").EnumerateArray().First(f => f.GetProperty("name").GetString() == name);
            Assert.That(functions[name], Is.EqualTo(ReportFile.OfShow(function)), name);
        }
    }

    [Test]
    public void Profile_and_recording_give_the_same_functions()
    {
        string[] inputs = [TestEnvironment.Data("intel-lbr-2011/perf.data"), "--binary", TestEnvironment.Data("intel-lbr-2011/gzip"), "--mapped-as", "test.binary", "--for", "gcc-12"];
        Good(["convert", .. inputs, "-o", At("profile")]);
        Good(["report", .. inputs, "--json", "-o", At("recording.json")]);
        Good("report", At("profile"), "--json", "-o", At("profile.json"));
        using var one = JsonDocument.Parse(File.ReadAllText(At("recording.json")));
        using var other = JsonDocument.Parse(File.ReadAllText(At("profile.json")));
        Assert.That(ReportFile.Functions(other.RootElement), Is.EqualTo(ReportFile.Functions(one.RootElement)));
        Assert.That(other.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()), Has.Some.Contains("--binary"));
    }

    [Test]
    public void Instructions_run_as_often_as_the_ranges_over_them()
    {
        string binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        string recording = TestEnvironment.Data("programs/cmulti-d5-pie/perf.data");
        Good("convert", recording, "--binary", binary, "--counts", At("counts"), "-o", At("profile"));
        Good("report", recording, "--binary", binary, "--json", "-o", At("report.json"));
        using var report = JsonDocument.Parse(File.ReadAllText(At("report.json")));
        using var text = File.OpenText(At("counts"));
        var counts = CountsText.Read(text);

        // The program's code is mapped as it lies in the file.
        int instructions = 0;
        foreach (var code in report.RootElement.GetProperty("functions").EnumerateArray().Where(f => f.TryGetProperty("code", out _)).SelectMany(f => f.GetProperty("code").EnumerateArray()))
        {
            ulong start = Convert.ToUInt64(code.GetProperty("start").GetString(), 16);
            ulong end = start + (ulong)code.GetProperty("lengths").EnumerateArray().Sum(l => l.GetInt32());
            ulong address = start;
            foreach (var (length, count) in code.GetProperty("lengths").EnumerateArray().Zip(code.GetProperty("counts").EnumerateArray()))
            {
                ulong expected = counts.Ranges.Where(r => r.Start >= start && r.Start < end && r.Start <= address && address <= r.End).Aggregate(0UL, (sum, r) => sum + r.Count);
                Assert.That(ReportFile.Count(count), Is.EqualTo(expected), $"{address:x}");
                address += (ulong)length.GetInt32();
                instructions++;
            }
        }

        Assert.That(instructions, Is.GreaterThan(1000));
        Assert.That(report.RootElement.GetProperty("functions").EnumerateArray().Sum(f => f.TryGetProperty("samples", out var samples) ? (long)ReportFile.Count(samples) : 0),
            Is.InRange(1, report.RootElement.GetProperty("conversion").GetProperty("samplesInBinary").GetInt64()));
    }

    [TestCase("gcc-12")]
    [TestCase("clang-22")]
    public void Names_that_are_read_once_for_all_of_a_recording_are_those_that_each_step_reads(string compiler)
    {
        string path = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        Assert.That(TargetCompiler.TryParse(compiler, out var target), Is.True);
        var recording = Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data"), new ConversionOptions { ForCompiler = target });
        byte[] Report(Binary binary)
        {
            var result = recording.Convert(binary);
            using var stream = new MemoryStream();
            ProfileReport.Of(new ProfileReportInputs(result.Profile) { Binary = binary, Conversion = result.Report, Counts = result.Counts }).WriteJson(stream);
            return stream.ToArray();
        }

        using var anew = Binary.Open(path);
        using var once = Binary.OpenForOneRecording(path, new DebugFileSearch([]));
        byte[] expected = Report(anew);
        Assert.That(Report(once), Is.EqualTo(expected).And.Length.GreaterThan(10_000));
        Assert.That(Report(once), Is.EqualTo(expected), "and again");
    }

    [TestCase("clang-22", true)]
    [TestCase("gcc-12", false)]
    public void Source_that_is_not_as_it_was_compiled_is_told_where_the_compiler_noted_its_digest(string compiler, bool isNoted)
    {
        MappedProgram.Write(_folder);
        MappedProgram.Build(_folder, compiler, "-gdwarf-5 -static");
        SimulatedRecording.Record(At("recording"), 53, At("program"));
        string[] Changed()
        {
            using var report = JsonDocument.Parse(Good("report", At("recording"), "--binary", At("program"), "--json", "-o", "-"));
            var (files, missing) = (report.RootElement.GetProperty("files"), report.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()!).ToArray());
            string[] changed = [.. report.RootElement.GetProperty("sources").EnumerateArray().Where(s => s.TryGetProperty("isChanged", out _)).Select(s => Path.GetFileName(files[s.GetProperty("file").GetInt32()].GetString()!))];
            Assert.That(missing.Any(m => m.Contains("not as they were compiled", StringComparison.Ordinal)), Is.EqualTo(changed.Length > 0));
            return changed;
        }

        Assert.That(Changed(), Is.Empty);
        File.AppendAllText(At("work.c"), "// later\n");
        Assert.That(Changed(), Is.EqualTo(isNoted ? new[] { "work.c" } : []));
    }

    [TestCase("gcc-12", "if-converted-loops")]
    [TestCase("gcc-16", null)]
    public void Code_whose_counts_a_pass_withheld_is_marked(string compiler, string? pass)
    {
        File.WriteAllText(At("program.c"), """
            __attribute__((noinline)) void run(unsigned short *p, unsigned n, unsigned size) {
            unsigned m;
            do { m = *--p;
            *p = (unsigned short)(m >= size ? m - size : 0);
            } while (--n);
            }
            unsigned short values[1000];
            int main(void) { for (int i = 0; i < 2000; i++) run(values + 500, 400, i); return 0; }
            """);
        TestEnvironment.Run("gcc-12", "-O2", "-g", "-static", "-o", At("program"), At("program.c"));
        SimulatedRecording.Record(At("recording"), 53, At("program"));
        using var report = JsonDocument.Parse(Good("report", At("recording"), "--binary", At("program"), "--for", compiler, "--json", "-o", "-"));
        int name = report.RootElement.GetProperty("names").EnumerateArray().ToList().FindIndex(n => n.GetProperty("name").GetString() == "run");
        var code = report.RootElement.GetProperty("functions").EnumerateArray().First(f => f.GetProperty("name").GetInt32() == name).GetProperty("code").EnumerateArray().Single();
        var withheld = code.TryGetProperty("withheld", out var marks) ? marks.EnumerateArray().Select(w => (Line: code.GetProperty("lines")[w.GetProperty("at").GetInt32()].GetInt32(), Pass: w.GetProperty("pass").GetString())).ToArray() : [];
        Assert.That(withheld.Distinct(), Is.EqualTo(pass is null ? [] : new[] { (3, pass) }), "of the loop's line that selects");
    }

    [Test]
    public void Halves_of_a_recording_are_told_and_have_all_of_its_samples()
    {
        using var report = JsonDocument.Parse(Good("report", TestEnvironment.Data("programs/cmulti-d5-pie/perf.data"), "--binary", TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"), "--json", "-o", "-"));
        var halves = report.RootElement.GetProperty("halves");
        Assert.That(halves.GetProperty("firstSamples").GetUInt64() + halves.GetProperty("secondSamples").GetUInt64(), Is.EqualTo(report.RootElement.GetProperty("conversion").GetProperty("samplesInBinary").GetUInt64()));
        Assert.That(halves.GetProperty("functionOverlap").GetDouble(), Is.InRange(0.95, 1), "the program does the same all the time");
        Assert.That(halves.GetProperty("rangeOverlap").GetDouble(), Is.InRange(0.9, halves.GetProperty("functionOverlap").GetDouble()));
    }

    [Test]
    public void Comparison_is_that_of_diff()
    {
        var (old, now) = (Profile(("f", 10), ("g", 30), ("h", 5)), Profile(("f", 20), ("g", 10), ("i", 5)));
        old.Save(At("old"), ProfileFormat.GcovV2);
        now.Save(At("new"), ProfileFormat.GcovV2);
        Good("report", At("new"), "--compare", At("old"), "--json", "-o", At("report.json"));
        using var report = JsonDocument.Parse(File.ReadAllText(At("report.json")));
        using var diff = JsonDocument.Parse(Good("diff", At("old"), At("new"), "--json", "--top", "100"));
        var comparison = report.RootElement.GetProperty("comparison");
        Assert.That(comparison.GetProperty("overlap").GetDouble(), Is.EqualTo(diff.RootElement.GetProperty("overlap").GetDouble()));
        Assert.That(comparison.GetProperty("appear").GetInt32(), Is.EqualTo(1));
        Assert.That(comparison.GetProperty("vanish").GetInt32(), Is.EqualTo(1));
        var names = report.RootElement.GetProperty("names").EnumerateArray().Select(n => n.GetProperty("name").GetString()).ToArray();
        Assert.That(
            comparison.GetProperty("functions").EnumerateArray().Select(f => $"{names[f.GetProperty("name").GetInt32()]} {f.GetProperty("oldTotal")} {f.GetProperty("newTotal")} {f.GetProperty("oldShare")} {f.GetProperty("oldRank")} {f.GetProperty("newRank")}"),
            Is.EqualTo(diff.RootElement.GetProperty("functions").EnumerateArray().Select(f => $"{f.GetProperty("name")} {f.GetProperty("leftTotal")} {f.GetProperty("rightTotal")} {f.GetProperty("leftShare")} {f.GetProperty("leftRank")} {f.GetProperty("rightRank")}")));
    }

    [Test]
    public void Compilers_use_is_that_of_check()
    {
        Profile(("f", 10), ("g", 30)).Save(At("profile"), ProfileFormat.LlvmText);
        File.WriteAllText(At("record.yaml"), "--- !Analysis\nPass:            sample-profile-impl\nName:            AppliedSamples\nFunction:        f\nArgs:\n  - NumSamples:      '7'\n...\n");
        Good("report", At("profile"), "--compiler-dump", At("record.yaml"), "--json", "-o", At("report.json"));
        using var report = JsonDocument.Parse(File.ReadAllText(At("report.json")));
        using var check = JsonDocument.Parse(Good("check", At("profile"), "--compiler-dump", At("record.yaml"), "--json"));
        foreach (string name in (string[])["count", "usedCount", "coldCount", "unseenCount"])
        {
            Assert.That(report.RootElement.GetProperty("compiler").GetProperty(name).GetUInt64(), Is.EqualTo(check.RootElement.GetProperty(name).GetUInt64()), name);
        }
    }

    [Test]
    public void Same_inputs_give_the_same_bytes()
    {
        string[] inputs = [TestEnvironment.Data("intel-lbr-2011/perf.data"), "--binary", TestEnvironment.Data("intel-lbr-2011/gzip"), "--mapped-as", "test.binary", "--for", "gcc-12"];
        Good(["report", .. inputs, "--threads", "1", "-o", At("one.html")]);
        Good(["report", .. inputs, "--threads", "4", "-o", At("four.html")]);
        Assert.That(File.ReadAllBytes(At("four.html")), Is.EqualTo(File.ReadAllBytes(At("one.html"))));
    }

    [Test]
    public void Source_stands_in_the_report_where_it_is_here()
    {
        string line = new('x', 1_000_000);
        File.WriteAllText(At("f.c"), $"int f(int a)\n{{\n  </script><script>alert(1)</script>\n{line}\n}}\n\u202eint g() {{}}\n");
        var profile = Placed("/build/f.c", 1, (0, 5), (2, 40), (3, 7));
        var here = Read(new ProfileReportInputs(profile) { SourcePaths = [new SourcePath("/build", _folder)] });
        var piece = here.RootElement.GetProperty("sources")[0].GetProperty("pieces")[0];
        Assert.That(piece.GetProperty("first").GetInt32(), Is.EqualTo(1));
        var lines = piece.GetProperty("lines").EnumerateArray().Select(l => l.GetString()!).ToArray();
        Assert.That(lines[2], Is.EqualTo("  </script><script>alert(1)</script>"));
        Assert.That(lines[3], Does.EndWith("more characters)").And.Length.LessThan(600));
        var elsewhere = Read(new ProfileReportInputs(profile));
        Assert.That(elsewhere.RootElement.GetProperty("sources").GetArrayLength(), Is.Zero);
        Assert.That(elsewhere.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()), Has.Some.Contains("/build/f.c").And.Some.Contains("--source-path"));
        Assert.That(Read(new ProfileReportInputs(profile) { SourcePaths = [new SourcePath("/build", _folder)], ShowsSources = false }).RootElement.GetProperty("sources").GetArrayLength(), Is.Zero);
    }

    [Test]
    public void Static_functions_of_one_name_stand_each_in_their_own_file()
    {
        FunctionProfile Caller(string name, ulong count, string file, uint line) => new(name, "/main.c", 1, 0, new FunctionBody(
            [], [new InlinedCall(new SourcePosition(1, 0), "hash", file, new FunctionBody([new PositionCount(new SourcePosition(2, 0), count, [])], [])) { StartLine = line }]));
        using var data = Read(new ProfileReportInputs(new SampleProfile([Caller("f", 9, "/a.c", 10), Caller("g", 5, "/b.c", 20)])));
        var files = data.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetString()).ToArray();
        var inlined = data.RootElement.GetProperty("functions").EnumerateArray().Select(f => f.GetProperty("bodies")[1]).ToArray();
        var name = data.RootElement.GetProperty("names")[inlined[0].GetProperty("name").GetInt32()];
        Assert.That((files[name.GetProperty("file").GetInt32()], name.GetProperty("line").GetUInt32()), Is.EqualTo(("/a.c", 10u)), "that of the function with most counts");
        Assert.That(inlined[0].TryGetProperty("firstLine", out _), Is.False);
        Assert.That((files[inlined[1].GetProperty("file").GetInt32()], inlined[1].GetProperty("firstLine").GetUInt32()), Is.EqualTo(("/b.c", 20u)));
    }

    [Test]
    public void Page_is_not_written_over_a_source_that_it_shows()
    {
        string[] inputs = [TestEnvironment.Data("intel-lbr-2011/perf.data"), "--binary", TestEnvironment.Data("intel-lbr-2011/gzip"), "--mapped-as", "test.binary"];
        using var data = JsonDocument.Parse(Good(["report", .. inputs, "--json", "-o", "-"]));
        string source = data.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetString()!).First(f => f.EndsWith("/deflate.c", StringComparison.Ordinal));
        File.WriteAllText(At("deflate.c"), "int longest_match;\n");
        var result = TestEnvironment.Tarax(["report", .. inputs, "--source-path", $"{source}={At("deflate.c")}", "-o", At("deflate.c")]);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Error);
        Assert.That(File.ReadAllText(At("deflate.c")), Does.StartWith("int longest_match"));
    }

    [Test]
    public void Hashed_names_are_those_of_the_binary_where_it_has_them()
    {
        string[] inputs = [TestEnvironment.Data("programs/cmulti-d5-pie/perf.data"), "--binary", TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"), "--for", "clang-22"];
        Good(["convert", .. inputs, "-o", At("named")]);
        Good(["convert", .. inputs, "--format", "llvm-extbinary", "--md5-names", "-o", At("hashed")]);
        using var hashed = JsonDocument.Parse(Good("report", At("hashed"), "--binary", inputs[2], "--json", "-o", "-"));
        using var named = JsonDocument.Parse(Good("report", At("named"), "--binary", inputs[2], "--json", "-o", "-"));
        Assert.That(ReportFile.Functions(hashed.RootElement), Is.EquivalentTo(ReportFile.Functions(named.RootElement)));
        Assert.That(hashed.RootElement.GetProperty("profile").GetProperty("hasHashedNames").GetBoolean(), Is.True);
        var main = hashed.RootElement.GetProperty("names").EnumerateArray().First(n => n.GetProperty("name").GetString() == "main");
        Assert.That(main.GetProperty("hash").GetString(), Is.EqualTo("15822663052811949562"), "LLVM's hash of main");
        using var alone = JsonDocument.Parse(Good("report", At("hashed"), "--json", "-o", "-"));
        Assert.That(alone.RootElement.GetProperty("names").EnumerateArray().Select(n => n.GetProperty("short").GetString()), Has.All.StartsWith("hash "));
    }

    [Test]
    public void Binary_of_another_program_is_told()
    {
        Profile(("f_of_another", 9), ("g_of_another", 1)).Save(At("profile"), ProfileFormat.GcovV2);
        using var data = JsonDocument.Parse(Good("report", At("profile"), "--binary", TestEnvironment.Data("intel-lbr-2011/gzip"), "--json", "-o", "-"));
        Assert.That(data.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()), Has.Some.Contains("2 of 2 functions").And.Some.Contains("tarax check"));
    }

    [Test]
    public void Names_are_data_whatever_they_hold()
    {
        var name = Gen.Elements("</script>", "<img src=x onerror=alert(1)>", "\"'`${", "\u202e\u2066", "a\0b", "\n\r\t", "\ud83d\ude00", "\udc80", "<!--", "]]>", "&lt;", "f").ListOf(3).Select(string.Concat).Where(n => n.Length > 0);
        string empty = ReportFile.Rest(Html(new ProfileReportInputs(Profile(("f", 1)))));
        Prop.ForAll(name.ListOf(3).ToArbitrary(), names =>
        {
            var profile = Profile([.. names.Distinct().Select((n, i) => (n, (ulong)i + 1))]);
            string html = Html(new ProfileReportInputs(profile) { Title = names.FirstOrDefault() ?? "", ShortName = n => $"{n}<b>" });
            Assert.That(ReportFile.Rest(html), Is.EqualTo(empty), "nothing of the data stands in the page's own text");
            using var data = ReportFile.Data(html);
            Assert.That(data.RootElement.GetProperty("functions").GetArrayLength(), Is.EqualTo(profile.Functions.Count));
            foreach (var (shown, function) in data.RootElement.GetProperty("names").EnumerateArray().Zip(profile.Functions.OrderByDescending(f => f.Body.TotalCount())))
            {
                Assert.That(shown.GetProperty("name").GetString(), Is.EqualTo(function.Name).Or.EqualTo(Text.Printable.Of(function.Name)));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Counts_of_any_size_are_exact() => Prop.ForAll(ProfileGenerator.Profiles.ToArbitrary(), profile =>
    {
        using var data = Read(new ProfileReportInputs(profile));
        var functions = data.RootElement.GetProperty("functions").EnumerateArray().ToDictionary(f => data.RootElement.GetProperty("names")[f.GetProperty("name").GetInt32()].GetProperty("name").GetString()!, f => f);
        foreach (var function in profile.Functions)
        {
            Assert.That(ReportFile.Count(functions[function.Name].GetProperty("total")), Is.EqualTo(function.Body.TotalCount()));
            Assert.That(functions[function.Name].GetProperty("bodies").EnumerateArray().SelectMany(b => b.GetProperty("counts").EnumerateArray()).Select(ReportFile.Count).Order(), Is.EqualTo(Counts(function.Body).Order()));
        }
    }).QuickCheckThrowOnFailure();

    [TestCase("report", "profile", "-o FILE is required")]
    [TestCase("report profile --source-path here -o report.html", "profile", "is not FROM=TO")]
    [TestCase("report profile --counts x -o report.html", "profile", "goes with --binary")]
    [TestCase("report profile -o profile", "profile", "profile")]
    public void Wrong_use_is_told(string line, string name, string message)
    {
        Profile(("f", 1)).Save(At(name), ProfileFormat.GcovV2);
        var result = TestEnvironment.Tarax([.. line.Replace(name, At(name), StringComparison.Ordinal).Split(' '), .. line == "report" ? [At(name)] : Array.Empty<string>()]);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Error);
        Assert.That(result.Error, Does.Contain(message));
    }

    private static IEnumerable<ulong> Counts(FunctionBody body) => body.Positions.Select(p => p.Count).Concat(body.Calls.SelectMany(c => Counts(c.Body)));

    private static SampleProfile Profile(params (string Name, ulong Count)[] functions) =>
        new(functions.Select(f => new FunctionProfile(f.Name, "", 1, 0, new FunctionBody([new PositionCount(new SourcePosition(1, 0), f.Count, [])], []))));

    private static SampleProfile Placed(string file, uint line, params (int Line, ulong Count)[] positions) =>
        new([new FunctionProfile("f", file, 1, 0, new FunctionBody([.. positions.Select(p => new PositionCount(new SourcePosition(p.Line, 0), p.Count, []))], [])) { StartLine = line }]);

    private static string Html(ProfileReportInputs inputs)
    {
        using var stream = new MemoryStream();
        ProfileReport.Of(inputs).WriteHtml(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static JsonDocument Read(ProfileReportInputs inputs) => ReportFile.Data(Html(inputs));

    private static string Squeezed(string json) => string.Concat(json.Where(c => !char.IsWhiteSpace(c)));

    private string At(string name) => Path.Combine(_folder, name);

    private static string Good(params string[] arguments)
    {
        var result = TestEnvironment.Tarax(arguments);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        return result.Output;
    }
}
