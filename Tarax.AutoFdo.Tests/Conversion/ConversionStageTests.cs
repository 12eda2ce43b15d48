using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>What a tool that embeds the library asks of a conversion beside its result.</summary>
public sealed class ConversionStageTests
{
    private static readonly string Input = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data");
    private static readonly string Binary = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip");

    [Test]
    public void Every_step_and_pass_says_what_came_in_and_what_went_out()
    {
        var stages = new Stages();
        var report = AutoFdoConverter.Convert(Input, Binary, new ConversionOptions { MappedAs = "test.binary", Trace = stages }).Report;
        string[] passes = [.. report.Passes.Where(p => p.FunctionsChanged is not null).Select(p => p.Id)];
        Assert.That(stages.Seen.Select(s => s.Name), Is.EqualTo(new[] { "count", "open", "check-ranges", "symbolize", "attribute", "prepare" }.Concat(passes)));
        Assert.That(stages.Seen.Select(s => s.Input.Length * s.Output.Length), Is.All.Positive);
        Assert.That(stages.Seen[0].Output, Does.StartWith($"{report.Samples} samples"));
    }

    [Test]
    public void Executable_prints_them()
    {
        var run = TestEnvironment.Tarax("convert", Input, "--binary", Binary, "--mapped-as", "test.binary", "-o", Path.Combine(TestEnvironment.NewFolder(), "x.afdo"), "--trace");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error.Split('\n').Count(l => l.StartsWith("trace ", StringComparison.Ordinal)), Is.GreaterThan(5));
    }

    [Test]
    public void Conversion_ends_where_it_is_not_wanted_any_more()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => AutoFdoConverter.Convert(Input, Binary, new ConversionOptions { MappedAs = "test.binary", CancellationToken = source.Token }), Throws.InstanceOf<OperationCanceledException>());

        using var later = new CancellationTokenSource();
        var stages = new Stages { After = s => { if (s.Name == "symbolize") { later.Cancel(); } } };
        Assert.That(
            () => AutoFdoConverter.Convert(Input, Binary, new ConversionOptions { MappedAs = "test.binary", CancellationToken = later.Token, Trace = stages }), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(stages.Seen[^1].Name, Is.EqualTo("symbolize"));
    }

    [Test]
    public void Counts_of_a_binary_need_no_file()
    {
        var recording = Recording.Count(Input, new ConversionOptions { MappedAs = "test.binary" });
        var recorded = recording.Binaries.First(b => b.Name.EndsWith("test.binary", StringComparison.Ordinal));
        var without = recording.Counts.Of(recorded);
        var with = recording.CountsOf(Binary);
        Assert.That(without.Ranges, Is.EqualTo(with.Ranges).And.Not.Empty);
        Assert.That(without.Branches, Is.EqualTo(with.Branches));
        Assert.That(() => recording.Counts.Of(recorded with { Name = "/no/such" }), Throws.InstanceOf<ConversionException>().With.Message.Contains("has no counts here"));
        foreach (var kernel in recording.Binaries.Where(b => b.Name.StartsWith('[')))
        {
            Assert.That(() => recording.Counts.Of(kernel), Throws.InstanceOf<ConversionException>());
        }
    }

    [Test]
    public void Binary_that_is_open_serves_many_recordings_and_threads()
    {
        var options = new ConversionOptions { MappedAs = "test.binary" };
        byte[] expected = Bytes(AutoFdoConverter.Convert(Input, Binary, options).Profile);
        using var binary = AutoFdo.Binaries.Binary.Open(Binary);
        using var ofStream = AutoFdo.Binaries.Binary.Of(File.OpenRead(Binary), "/tmp/test.binary");
        Assert.That(ofStream.BuildId, Is.EqualTo(binary.BuildId));
        Parallel.For(0, 8, i =>
        {
            using var input = AutoFdo.Inputs.Input.Open(Input);
            Assert.That(Bytes(AutoFdoConverter.Convert(input, i % 2 == 0 ? binary : ofStream, options).Profile), Is.EqualTo(expected));
        });
    }

    [Test]
    public void Binary_or_input_that_is_used_after_its_end_is_refused()
    {
        var options = new ConversionOptions { MappedAs = "test.binary" };
        var recording = Recording.Count(Input, options);
        var binary = AutoFdo.Binaries.Binary.Open(Binary);
        recording.Convert(binary);
        binary.Dispose();
        binary.Dispose();
        Assert.That(() => recording.Convert(binary), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => recording.CountsOf(binary), Throws.InstanceOf<ObjectDisposedException>());

        using var input = AutoFdo.Inputs.Input.Open(Input);
        Recording.Count(input, options);
        Assert.That(() => Recording.Count(input, options), Throws.InstanceOf<ObjectDisposedException>().With.Message.Contains("read once"));
        input.Dispose();
        Assert.That(() => Recording.Count(input, options), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Binary_that_is_disposed_while_it_is_used_lasts_until_the_end()
    {
        var options = new ConversionOptions { MappedAs = "test.binary" };
        byte[] expected = Bytes(AutoFdoConverter.Convert(Input, Binary, options).Profile);
        var binary = AutoFdo.Binaries.Binary.Open(Binary);
        var stages = new Stages { After = s => { if (s.Name == "open") { binary.Dispose(); } } };
        using var input = AutoFdo.Inputs.Input.Open(Input);
        Assert.That(Bytes(AutoFdoConverter.Convert(input, binary, options with { Trace = stages }).Profile), Is.EqualTo(expected));
    }

    [Test]
    public void Stream_that_is_no_binary_is_refused_by_its_first_bytes() =>
        Assert.That(() => AutoFdo.Binaries.Binary.Of(File.OpenRead("/dev/zero"), "zeros"), Throws.InstanceOf<InvalidFormatException>().With.Message.StartsWith("zeros: ELF: magic"));

    private static byte[] Bytes(SampleProfile profile)
    {
        using var stream = new MemoryStream();
        profile.Write(stream, ProfileFormat.GcovV3);
        return stream.ToArray();
    }

    [Test]
    public void All_that_the_library_says_of_inputs_has_one_base()
    {
        Type[] own = [.. typeof(AutoFdoConverter).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Exception)))];
        Assert.That(own.Where(t => t != typeof(AutoFdoException) && !t.IsSubclassOf(typeof(AutoFdoException))), Is.Empty);
        Assert.That(own, Has.Member(typeof(ConversionException)).And.Member(typeof(InvalidFormatException)).And.Member(typeof(ProfileNotExpressibleException)));
    }

    private sealed class Stages : IProgress<ConversionStage>
    {
        public List<ConversionStage> Seen { get; } = [];

        public Action<ConversionStage>? After { get; init; }

        public void Report(ConversionStage value)
        {
            Seen.Add(value);
            After?.Invoke(value);
        }
    }
}
