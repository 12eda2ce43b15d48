using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests;

/// <summary>The examples on the package's page are this file's code: what stands between the marks is compiled, run, and compared with the page.</summary>
[NonParallelizable]
public sealed class ExampleTests
{
    private const string Mark = "// example";
    private readonly string _before = Environment.CurrentDirectory;

    [SetUp]
    public void GoToARecording()
    {
        Environment.CurrentDirectory = TestEnvironment.NewFolder();
        string sample = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr");
        File.Copy(Path.Combine(sample, "gzip"), "program");

        // The recording knows the program under another name; names end with NUL.
        byte[] recording = File.ReadAllBytes(Path.Combine(sample, "perf.data"));
        for (int at; (at = recording.AsSpan().IndexOf("test.binary"u8)) >= 0;)
        {
            "program\0\0\0\0"u8.CopyTo(recording.AsSpan(at));
        }

        File.WriteAllBytes("perf.data", recording);
    }

    [TearDown]
    public void GoBack() => Environment.CurrentDirectory = _before;

    [Test]
    public void Page_has_the_examples()
    {
        string[] code = File.ReadAllLines(Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "ExampleTests.cs"));
        var examples = new List<string>();
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i].Trim() == Mark)
            {
                int end = Array.FindIndex(code, i + 1, l => l.Trim() == Mark);
                examples.Add(string.Join('\n', code[(i + 1)..end].Select(l => l.Trim())));
                i = end;
            }
        }

        string[] page = File.ReadAllText(Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo", "README.md")).Split("```csharp\n")[1..];
        Assert.That(page.Select(p => p[..p.IndexOf("\n```", StringComparison.Ordinal)]), Is.EqualTo(examples));
        Assert.That(examples, Has.Count.EqualTo(6));
    }

    [Test]
    public void Package_page_has_no_links_that_lead_nowhere_where_it_is_shown() =>
        Assert.That(File.ReadAllText(Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo", "README.md")), Does.Not.Contain("]("));

    [Test]
    public void Files()
    {
        // example
        var report = AutoFdoConverter.Convert("perf.data", "program", "program.afdo");
        Console.WriteLine($"{report.Functions} functions from {report.SamplesInBinary} of {report.Samples} samples; rebuild with {report.Compiler?.RebuildOptions("program.afdo")}");
        Console.WriteLine(string.Join('\n', report.Diagnostics.Select(d => d.Message)));
        // example
        Assert.That(report.Functions, Is.Positive);
    }

    [Test]
    public void Streams()
    {
        using var stream = File.OpenRead("perf.data");
        var cancellation = CancellationToken.None;
        // example
        var clang = new TargetCompiler(Compilers.Clang, 22);
        using var input = Input.Of(stream, "upload 17");
        var options = new ConversionOptions { ForCompiler = clang, MinimumSamples = 1000, CancellationToken = cancellation };
        var result = AutoFdoConverter.Convert(input, "program", options);
        result.Profile.Save("program.prof", result.Report.Format);
        // example
        Assert.That(SampleProfile.Load("program.prof").Format!.Name, Is.EqualTo("llvm-extbinary"));
    }

    [Test]
    public void Fleets()
    {
        Recording.Count("perf.data").Counts.Save("machine-2.counts");
        // example
        Recording.Count("perf.data").Counts.Save("machine-1.counts");
        var fleet = Recording.Of(RecordingCounts.Load(["machine-1.counts", "machine-2.counts"], threads: 4));
        Console.WriteLine(string.Join('\n', fleet.Binaries.Take(5).Select(b => $"{b.Share:0.0 %} {b.Name} {b.BuildId}")));
        fleet.Convert("program").Profile.Save("program.afdo", ProfileFormat.GcovV3);
        // example
        Assert.That(SampleProfile.Load("program.afdo").Functions, Is.Not.Empty);
    }

    [Test]
    public void ManyRecordings()
    {
        string[] recordings = ["perf.data"];
        // example
        using var vmlinux = Binary.Open("program");
        foreach (string path in recordings) { Recording.Count(path).Convert(vmlinux).Profile.Save($"{path}.afdo", ProfileFormat.GcovV2); }
        // example
        Assert.That(SampleProfile.Load("perf.data.afdo").Functions, Is.Not.Empty);
    }

    [Test]
    public void Profiles()
    {
        AutoFdoConverter.Convert("perf.data", "program", "old.afdo");
        AutoFdoConverter.Convert("perf.data", "program", "program.afdo");
        // example
        var merged = SampleProfile.Merge([SampleProfile.Load("old.afdo"), SampleProfile.Load("program.afdo").Times(3)]);
        var kept = merged.Where(f => !f.Name.StartsWith("test_", StringComparison.Ordinal)).WithMinimumCount(10);
        kept.For(new TargetCompiler(Compilers.Gcc, 16)).Save("next.afdo", ProfileFormat.GcovV3);
        Console.WriteLine($"overlap {SampleProfile.Diff(merged, kept).Overlap:0.000}");
        // example
        Assert.That(SampleProfile.Load("next.afdo").Functions, Is.Not.Empty);
    }

    [Test]
    public void OtherTools()
    {
        // example
        var counter = new SampleCounter("my sampler", "cycles");
        counter.Map(process: 1, start: 0x400000, end: 0x410000, fileOffset: 0, path: "/usr/bin/app", buildId: "");
        counter.Sample(process: 1, address: 0x401010, time: 0, stack: [new TakenBranch(From: 0x401030, To: 0x401010), new TakenBranch(From: 0x401030, To: 0x401010)]);
        Console.WriteLine(Recording.Of(counter.ToCounts()).Binaries[0].Name);
        // example
    }
}
