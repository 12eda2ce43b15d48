using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>Other viewers read what <c>tarax show --format</c> writes, and say the same.</summary>
public sealed partial class ViewerFormatTests
{
    private const int Shown = 10;

    private string _profile = "";
    private string _binary = "";

    [OneTimeSetUp]
    public void Convert()
    {
        _profile = Path.Combine(TestEnvironment.NewFolder(), "profile.afdo");
        _binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        Assert.That(TestEnvironment.Tarax("convert", TestEnvironment.Data("programs/cmulti-d5-pie/perf.data"), "--binary", _binary, "-o", _profile).ExitCode, Is.Zero);
    }

    [Test]
    public void Pprof_has_the_same_top_ten()
    {
        string file = Show("pprof", "--binary", _binary);
        string top = TestEnvironment.Run("go", "tool", "pprof", "-top", "-nodecount=1000", "-nodefraction=0", file);
        var flat = TopLine().Matches(top).Select(m => (Name: m.Groups["name"].Value, Flat: ulong.Parse(m.Groups["flat"].Value, CultureInfo.InvariantCulture), Sum: ulong.Parse(m.Groups["sum"].Value, CultureInfo.InvariantCulture))).ToList();
        var (self, sum) = Expected(SampleProfile.Load(_profile));
        Assert.That(Top(flat.Select(f => (f.Name, f.Flat))), Is.EqualTo(Top(self.Select(s => (s.Key, s.Value)))));
        Assert.That(Top(flat.Select(f => (f.Name, f.Sum))), Is.EqualTo(Top(sum.Select(s => (s.Key, s.Value)))));
        Assert.That(TestEnvironment.Run("go", "tool", "pprof", "-lines", "-top", file), Does.Match(@"tree_insert .*\.c:\d+"));
    }

    [Test]
    public void Speedscope_has_the_same_top_ten_and_holds_to_its_schema()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Show("speedscope", "--binary", _binary)));
        var frames = file.RootElement.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("name").GetString()!).ToArray();
        var (flat, sums) = (new Dictionary<string, ulong>(), new Dictionary<string, ulong>());
        var profile = file.RootElement.GetProperty("profiles")[0];
        foreach (var (stack, weight) in profile.GetProperty("samples").EnumerateArray().Zip(profile.GetProperty("weights").EnumerateArray()))
        {
            string[] names = [.. stack.EnumerateArray().Select(i => frames[i.GetInt32()])];
            flat[names[^1]] = flat.GetValueOrDefault(names[^1]) + (ulong)weight.GetDouble();
            foreach (string name in names.Distinct())
            {
                sums[name] = sums.GetValueOrDefault(name) + (ulong)weight.GetDouble();
            }
        }

        var (self, sum) = Expected(SampleProfile.Load(_profile));
        Assert.That(Top(flat.Select(s => (s.Key, s.Value))), Is.EqualTo(Top(self.Select(s => (s.Key, s.Value)))));
        Assert.That(Top(sums.Select(s => (s.Key, s.Value))), Is.EqualTo(Top(sum.Select(s => (s.Key, s.Value)))));
        using var schema = JsonDocument.Parse(File.ReadAllText(NodeModules.Path("speedscope/dist/release/file-format-schema.json")));
        Assert.That(new JsonSchema(schema.RootElement).Faults(file.RootElement), Is.Empty);
    }

    [Test]
    public void Tables_of_the_firefox_profiler_are_whole()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Show("firefox-profiler", "--binary", _binary)));
        var thread = file.RootElement.GetProperty("threads")[0];
        int strings = file.RootElement.GetProperty("shared").GetProperty("stringArray").GetArrayLength();
        int Length(string table) => thread.GetProperty(table).GetProperty("length").GetInt32();
        foreach (string table in (string[])["samples", "markers", "stackTable", "frameTable", "funcTable", "resourceTable", "nativeSymbols"])
        {
            Assert.That(thread.GetProperty(table).EnumerateObject().Where(c => c.Value.ValueKind == JsonValueKind.Array).Select(c => c.Value.GetArrayLength()), Has.All.EqualTo(Length(table)), table);
        }

        void Within(string table, string column, int length) =>
            Assert.That(thread.GetProperty(table).GetProperty(column).EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Number).Select(i => i.GetInt32()), Has.All.InRange(0, length - 1), $"{table}.{column}");
        Within("samples", "stack", Length("stackTable"));
        Within("stackTable", "frame", Length("frameTable"));
        Within("frameTable", "func", Length("funcTable"));
        Within("funcTable", "name", strings);
        Within("funcTable", "fileName", strings);
        Assert.That(thread.GetProperty("stackTable").GetProperty("prefix").EnumerateArray().Select((p, i) => p.ValueKind == JsonValueKind.Null || p.GetInt32() < i), Has.All.True, "what is around a stack comes before it");
        Assert.That(thread.GetProperty("samples").GetProperty("weight").EnumerateArray().Aggregate(0UL, (sum, w) => sum + w.GetUInt64()), Is.EqualTo(SampleProfile.Load(_profile).TotalCount()));
    }

    [Test]
    public void Any_profile_is_written() => Prop.ForAll(ProfileGenerator.Profiles.ToArbitrary(), profile =>
    {
        var report = ProfileReport.Of(new ProfileReportInputs(profile));
        foreach (var format in Enum.GetValues<ViewerFormat>())
        {
            using var stream = new MemoryStream();
            report.Write(stream, format);
            Assert.That(stream.Length, Is.GreaterThan(20));
            if (format != ViewerFormat.Pprof)
            {
                stream.Position = 0;
                using var read = JsonDocument.Parse(stream);
                Assert.That(read.RootElement.ValueKind, Is.EqualTo(JsonValueKind.Object));
            }
        }
    }).QuickCheckThrowOnFailure();

    /// <summary>Counts of functions by themselves, and with what is inlined into them, each count once.</summary>
    private static (Dictionary<string, ulong> Self, Dictionary<string, ulong> Sum) Expected(SampleProfile profile)
    {
        var (self, sum) = (new Dictionary<string, ulong>(), new Dictionary<string, ulong>());
        void Add(string name, FunctionBody body, HashSet<string> around)
        {
            bool isFirst = around.Add(name);
            ulong own = body.Positions.Aggregate(0UL, (all, p) => all + p.Count);
            self[name] = self.GetValueOrDefault(name) + own;
            foreach (string each in around)
            {
                sum[each] = sum.GetValueOrDefault(each) + own;
            }

            foreach (var call in body.Calls)
            {
                Add(call.Callee, call.Body, around);
            }

            if (isFirst)
            {
                around.Remove(name);
            }
        }

        foreach (var function in profile.Functions)
        {
            Add(function.Name, function.Body, []);
        }

        return (self, sum);
    }

    private static List<string> Top(IEnumerable<(string Name, ulong Count)> counts) => [.. counts.OrderByDescending(c => c.Count).ThenBy(c => c.Name, StringComparer.Ordinal).Take(Shown).Select(c => $"{c.Count} {c.Name}")];

    private string Show(string format, params string[] options)
    {
        string file = $"{_profile}.{format}";
        var result = TestEnvironment.Tarax(["show", _profile, "--format", format, "-o", file, .. options]);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        return file;
    }

    [GeneratedRegex(@"^ *(?<flat>\d+) +\S+% +\S+% +(?<sum>\d+) +\S+%  (?<name>.+?)(?: \(inline\)| \(partial-inline\))?$", RegexOptions.Multiline)]
    private static partial Regex TopLine();
}
