using System.Globalization;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Inputs.ArmSpe;

/// <summary>Recordings as processors of Arm make them, beside exact counts of the same run.</summary>
public sealed class Arm64RecordingTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Inputs", "ArmSpe", "Recorded");
    private static readonly string Program = Path.Combine(Folder, "small");

    [TestCase("spe.data.gz")]
    [TestCase("brbe.data.gz")]
    public void Taken_branches_are_recorded_as_often_as_they_ran(string recording)
    {
        var counts = CountsOf(recording);
        var recorded = counts.Branches.ToDictionary(b => (b.From, b.To), b => (double)b.Count);
        AssertSampled(recorded, Edges("taken"));
    }

    [Test]
    public void Branches_that_were_not_taken_are_recorded_as_often_as_they_ran()
    {
        // What runs behind a branch stands for it.
        var recorded = CountsOf("spe.data.gz").Ranges.ToDictionary(r => r.Start, r => (double)r.Count);
        var exact = Edges("not").GroupBy(e => e.Key.From + 4).ToDictionary(g => g.Key, g => g.Sum(e => e.Value));
        AssertSampled(recorded, exact);
    }

    [Test]
    public void Both_kinds_of_recording_give_the_same_profile()
    {
        var spe = Convert("spe.data.gz", out var diagnostics);
        Assert.That(diagnostics, Has.Member(DiagnosticId.SingleBranches).And.No.Member(DiagnosticId.ImpossibleRanges).And.No.Member(DiagnosticId.FilteredBranches));
        var brbe = Convert("brbe.data.gz", out diagnostics);
        Assert.That(diagnostics, Has.No.Member(DiagnosticId.SingleBranches).And.No.Member(DiagnosticId.ImpossibleRanges));
        Assert.That(ProfileOverlap.Of(spe, brbe), Is.GreaterThan(0.96));
    }

    [Test]
    public void What_perf_makes_of_spe_gives_what_its_packets_give()
    {
        // perf 7.2: perf inject --itrace=bl2, with previous targets behind the branches.
        var (packets, injected) = (CountsOf("spe.data.gz"), CountsOf("injected.data.gz"));
        Assert.That(injected.Branches, Is.EqualTo(packets.Branches));
        Assert.That(injected.Ranges.Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(packets.Ranges.Select(r => (r.Start, r.End, r.Count))));
        Convert("injected.data.gz", out var diagnostics);
        Assert.That(diagnostics, Has.Member(DiagnosticId.SingleBranches).And.No.Member(DiagnosticId.FilteredBranches));
    }

    [Test]
    public void Counts_of_single_branches_can_be_saved_and_converted_later()
    {
        var recording = Recording.Count(Path.Combine(Folder, "spe.data.gz"));
        string saved = Path.Combine(TestEnvironment.NewFolder(), "saved.counts");
        recording.Counts.Save(saved);
        var options = new ConversionOptions { ForCompiler = new TargetCompiler(AutoFdo.Conversion.Compilers.Gcc, 12), MinimumSamples = 1 };
        var later = Recording.Of(RecordingCounts.Load(saved), options).Convert(Program).Profile;
        Assert.That(ProfileOverlap.Of(later, Convert("spe.data.gz", out _)), Is.EqualTo(1).Within(1e-9));
    }

    private static BinaryCounts CountsOf(string recording) => Recording.Count(Path.Combine(Folder, recording)).CountsOf(Program);

    private static SampleProfile Convert(string recording, out List<string> diagnostics)
    {
        var options = new ConversionOptions { ForCompiler = new TargetCompiler(AutoFdo.Conversion.Compilers.Gcc, 12), MinimumSamples = 1 };
        var result = AutoFdoConverter.Convert(Path.Combine(Folder, recording), Program, options);
        diagnostics = [.. result.Report.Diagnostics.Select(d => d.Id)];
        return result.Profile;
    }

    /// <summary>Executions of edges by file offset.</summary>
    private static Dictionary<(ulong From, ulong To), double> Edges(string way)
    {
        using var elf = ElfFile.Open(Program);
        ulong OffsetOf(string address)
        {
            ulong value = ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return elf.TryGetFileOffset(value, out ulong offset) ? offset : value;
        }

        return File.ReadLines(Path.Combine(Folder, "exact-edges.txt")).Where(l => l[0] != '#').Select(l => l.Split(' ')).Where(f => f[3] == way)
            .ToDictionary(f => (OffsetOf(f[0]), OffsetOf(f[1])), f => double.Parse(f[4], CultureInfo.InvariantCulture));
    }

    /// <summary>Every count lies within five standard deviations of what so many samples of the exact counts have.</summary>
    private static void AssertSampled<T>(Dictionary<T, double> recorded, Dictionary<T, double> exact)
        where T : notnull
    {
        double samples = recorded.Values.Sum();
        double all = exact.Values.Sum();
        Assert.That(samples, Is.GreaterThan(500));
        Assert.That(recorded.Keys.Except(exact.Keys), Is.Empty);
        foreach (var (edge, count) in exact)
        {
            double expected = samples * count / all;
            Assert.That(recorded.GetValueOrDefault(edge), Is.EqualTo(expected).Within((5 * Math.Sqrt(expected)) + 3), $"{edge}");
        }
    }
}
