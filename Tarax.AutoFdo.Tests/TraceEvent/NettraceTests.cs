using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;
using Tarax.AutoFdo.TraceEvent;

namespace Tarax.AutoFdo.Tests.TraceEvent;

/// <summary>Recordings of dotnet-trace collect-linux.</summary>
public sealed class NettraceTests
{
    private static string Trace => TestEnvironment.Data("nettrace/hot-pid.nettrace");

    private static string Program => TestEnvironment.Data("nettrace/hot");

    [Test]
    public void Samples_lie_in_the_functions_that_trace_event_finds()
    {
        // By TraceEvent's own addresses and nm: 3,804 samples, 2,180 in heavy and 1,520 in mix.
        var counts = NettraceRecording.Count(Trace).CountsOf(Program);
        ulong Between(ulong start, ulong end) => counts.Samples.Where(s => s.Address >= start && s.Address < end).Aggregate(0UL, (sum, s) => sum + s.Count);
        Assert.That(NettraceRecording.Read(Trace).Samples, Is.EqualTo(3804));
        Assert.That((Between(0x12c0, 0x1312), Between(0x1220, 0x123f)), Is.EqualTo((2180UL, 1520UL)));
    }

    [Test]
    public void Damaged_traces_end_in_success_or_in_a_message()
    {
        byte[] whole = File.ReadAllBytes(Trace);
        string damaged = Path.Combine(TestEnvironment.NewFolder(), "damaged.nettrace");
        var random = new Random(1);
        int refused = 0;
        const int Inputs = 100;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] bytes = i % 4 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int j = random.Next(20); j >= 0 && bytes.Length > 0; j--)
            {
                bytes[random.Next(i % 2 == 0 ? Math.Min(2000, bytes.Length) : bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(damaged, bytes);
            try
            {
                NettraceRecording.Read(damaged);
            }
            catch (Exception e) when (e is InvalidFormatException or ConversionException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(Inputs / 10));
    }

    [Test]
    public void Profile_of_a_trace_is_accepted_by_gcc()
    {
        string folder = TestEnvironment.NewFolder();
        string profile = Path.Combine(folder, "hot.afdo");
        var result = NettraceRecording.Count(Trace).Convert(Program);
        Assert.That(result.Report.Identification, Is.EqualTo(BinaryIdentification.BuildId));
        result.Profile.Save(profile, result.Report.Format);
        var run = TestEnvironment.Execute("gcc-12", null, "-O2", "-g", "-c", $"-fauto-profile={profile}", $"-fdump-ipa-afdo={folder}/dump", "-o", $"{folder}/hot.o", TestEnvironment.Data("nettrace/hot.c"));
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(File.ReadAllText($"{folder}/dump"), Does.Match(@"\[count: [1-9]"));
    }

    [Test]
    public void Profile_of_a_trace_equals_one_of_perf_within_noise()
    {
        // Another machine, with its own times of instructions: 0.96 was seen. Functions of one sample may be in one and not in the other.
        string recording = Path.Combine(TestEnvironment.NewFolder(), "perf.data");
        TestEnvironment.Run("perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-o", recording, "--", Program, "30");
        var perf = AutoFdoConverter.Convert(recording, Program, new ConversionOptions { UseBranchStacks = false }).Profile;
        var trace = NettraceRecording.Count(Trace).Convert(Program).Profile;
        double overlap = ProfileOverlap.Of(trace, perf);
        TestContext.Out.WriteLine($"overlap of the trace and of a recording by perf: {overlap:0.0000}");
        Assert.That(overlap, Is.GreaterThanOrEqualTo(0.85));
        foreach (var profile in (SampleProfile[])[trace, perf])
        {
            Assert.That(profile.Functions.Select(f => f.Name), Is.SupersetOf((string[])["heavy.constprop.0", "mix", "cmp"]));
        }
    }

    [Test]
    public void Counts_of_a_trace_give_the_same_profile()
    {
        string file = Path.Combine(TestEnvironment.NewFolder(), "trace.counts");
        NettraceRecording.Read(Trace).Save(file);
        var saved = Recording.Count(file, new ConversionOptions { UseBranchStacks = false }).Convert(Program).Profile;
        Assert.That(ProfileOverlap.Of(saved, NettraceRecording.Count(Trace).Convert(Program).Profile), Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void Tool_converts_and_inspects_a_trace()
    {
        string output = Path.Combine(TestEnvironment.NewFolder(), "hot.afdo");
        var converted = TestEnvironment.Tarax("convert", Trace, "--binary", Program, "-o", output);
        Assert.That(converted.ExitCode, Is.Zero, converted.Error);
        Assert.That(SampleProfile.Load(output).Functions.Select(f => f.Name), Has.Member("mix"));
        var inspected = TestEnvironment.Tarax("inspect", Trace);
        Assert.That(inspected.Output, Does.Contain(".nettrace").And.Contain("3,804 of cpu").And.Contain("/usr/local/bin/hot").And.Contain("next "));
    }

    [Test]
    public void Damaged_trace_is_told()
    {
        string folder = TestEnvironment.NewFolder();
        byte[] bytes = File.ReadAllBytes(Trace);
        string damaged = Path.Combine(folder, "damaged.nettrace");
        File.WriteAllBytes(damaged, [.. bytes[..20], .. Enumerable.Repeat((byte)0xff, 200)]);
        Assert.That(() => NettraceRecording.Read(damaged), Throws.TypeOf<InvalidFormatException>());
        string other = Path.Combine(folder, "other.nettrace");
        File.WriteAllText(other, "no trace");
        Assert.That(() => NettraceRecording.Read(other), Throws.TypeOf<InvalidFormatException>());
        Assert.That(() => NettraceRecording.Read(Path.Combine(folder, "missing")), Throws.InstanceOf<IOException>());
        Assert.That(TestEnvironment.Tarax("convert", damaged, "--binary", Program, "-o", Path.Combine(folder, "out")).ExitCode, Is.EqualTo(1));
        Assert.That(Directory.GetFiles(Path.GetTempPath(), "tarax-*.etlx"), Is.Empty, "nothing is left behind");
    }
}
