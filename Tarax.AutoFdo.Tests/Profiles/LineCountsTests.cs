using System.Text.Json;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Tests.Attribution.Inference;

namespace Tarax.AutoFdo.Tests.Profiles;

/// <summary>Lines of an optimized program beside what gcov counts where nothing is optimized.</summary>
public sealed class LineCountsTests
{
    [Test]
    public void Lines_run_as_often_as_gcov_counts_where_statements_tell_it()
    {
        var truth = GcovOf("programs/src/cmulti", "10");
        var (byCode, byStatement) = (CountsOf(countsStatements: false), CountsOf(countsStatements: true));
        string[] lines = [.. byCode.Keys.Intersect(truth.Keys)];
        Assert.That(lines, Has.Length.GreaterThan(200));
        Assert.That(byStatement.Keys, Is.EquivalentTo(byCode.Keys));
        ulong TooMany(Dictionary<string, ulong> counts) => (ulong)lines.Sum(l => Math.Max(0, (decimal)counts[l] - truth[l]));
        Assert.That(TooMany(byStatement), Is.LessThan(TooMany(byCode) * 4 / 5), "moved code is counted no more");

        string[] Right(Dictionary<string, ulong> counts) => [.. lines.Where(l => Math.Abs((decimal)counts[l] - truth[l]) <= truth[l] / 100m)];
        Assert.That(Right(byStatement), Has.Length.GreaterThan(Right(byCode).Length));
        Assert.That(Right(byCode).Except(Right(byStatement)), Is.Empty, "what was right stays so");
    }

    /// <summary>Counts by function and line, from that of the function, over all its copies.</summary>
    private static Dictionary<string, ulong> CountsOf(bool countsStatements)
    {
        using var elf = ElfFile.Open(TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"));
        using var symbolizer = new Symbolizer(elf);
        var counts = new ExactExecution(TestEnvironment.Data("programs/cmulti-d5-pie/exact-counts.txt"), elf).Counts();
        var profile = ProfileBuilder.Of(counts, symbolizer).Build(new AttributionChoices { CountsIsStmtRows = countsStatements });
        var lines = new Dictionary<string, ulong>();
        foreach (var function in profile.Functions)
        {
            Add(function.Name.Split('.')[0], function.Body);
        }

        return lines;

        void Add(string name, FunctionBody body)
        {
            foreach (var line in body.Positions.GroupBy(p => p.Position.LineOffset))
            {
                string key = $"{name}:{line.Key}";
                lines[key] = lines.GetValueOrDefault(key) + line.Max(p => p.Count);
            }

            foreach (var call in body.Calls)
            {
                Add(call.Callee, call.Body);
            }
        }
    }

    /// <summary>What GCC's own counters say, in the same form.</summary>
    private static Dictionary<string, ulong> GcovOf(string sources, string argument)
    {
        TestEnvironment.Require(TestEnvironment.IsInstalled("gcov-12"), "gcov-12 is not here");
        string folder = TestEnvironment.NewFolder();
        string program = Path.Combine(folder, "program");
        string[] files = Directory.GetFiles(TestEnvironment.Data(sources), "*.c", SearchOption.AllDirectories);
        for (int i = 0; i < files.Length; i++)
        {
            // Two files have one base name, after which gcov's would be called.
            TestEnvironment.Run("gcc-12", "-O0", "-g", "--coverage", "-w", $"-I{TestEnvironment.Data(sources)}", "-c", "-o", Path.Combine(folder, $"{i}.o"), files[i]);
        }

        TestEnvironment.Run("gcc-12", ["--coverage", "-o", program, .. Directory.GetFiles(folder, "*.o")]);
        TestEnvironment.Run(program, argument);
        var lines = new Dictionary<string, ulong>();
        foreach (string json in TestEnvironment.Run("gcov-12", ["--json-format", "--stdout", .. Directory.GetFiles(folder, "*.gcda")]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var file in JsonDocument.Parse(json).RootElement.GetProperty("files").EnumerateArray())
            {
                var starts = file.GetProperty("functions").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!, f => f.GetProperty("start_line").GetInt32());
                foreach (var line in file.GetProperty("lines").EnumerateArray())
                {
                    string name = line.TryGetProperty("function_name", out var function) ? function.GetString()! : "";
                    if (starts.TryGetValue(name, out int start))
                    {
                        string key = $"{name}:{line.GetProperty("line_number").GetInt32() - start}";
                        lines[key] = lines.GetValueOrDefault(key) + line.GetProperty("count").GetUInt64();
                    }
                }
            }
        }

        return lines;
    }
}
