using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests.Targets;

/// <summary>A format and a compiler that the library does not know: one class each, and one line that adds them.</summary>
public sealed class AddedCompilerTests
{
    [OneTimeSetUp]
    public void Add()
    {
        ProfileFormat.Add(new CsvFormat());
        Compilers.Add(new ToyCompiler());
    }

    [Test]
    public void Recording_is_converted_for_a_compiler_that_was_added()
    {
        string output = Path.Combine(TestEnvironment.NewFolder(), "out.csv");
        Assert.That(TargetCompiler.TryParse("/usr/bin/toycc-3", out var toy));
        var report = AutoFdoConverter.Convert(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data"), Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip"), output, new ConversionOptions { ForCompiler = toy, MappedAs = "test.binary" });
        Assert.That((report.Compiler, report.Format.Name), Is.EqualTo((toy, "csv")));
        Assert.That(report.Passes, Is.EqualTo(new[] { new PassResult("toy-even", report.Passes[0].FunctionsChanged) }).And.Not.Empty);

        var profile = SampleProfile.Load(output);
        Assert.That(profile.Format, Is.InstanceOf<CsvFormat>());
        Assert.That(profile.Functions, Has.Count.EqualTo(report.Functions).And.Count.GreaterThan(5));
        Assert.That(profile.Functions.SelectMany(f => f.Body.Positions).Select(p => p.Count % 2), Is.All.Zero);

        string again = Path.Combine(TestEnvironment.NewFolder(), "again.csv");
        SampleProfile.Merge([profile]).For(toy!).Save(again, toy!.Format);
        Assert.That(File.ReadAllBytes(again), Is.EqualTo(File.ReadAllBytes(output)));
    }

    [Test]
    public void Pass_of_a_compiler_that_was_added_can_be_switched_off()
    {
        var toy = new TargetCompiler(Compilers.All.Single(f => f.Name == "toycc"), 1);
        var profile = new SampleProfile([new("f", "", 0, 0, new FunctionBody([new(new(1, 0), 5, [])], []))]);
        Assert.That(ProfilePasses.Of(toy).Select(p => p.Id), Is.EqualTo(new[] { "toy-even" }));
        Assert.That(profile.For(toy).TotalCount(), Is.EqualTo(4));
        Assert.That(profile.For(new TargetChoices { Compiler = toy, Format = toy.Format, PassesOff = ["toy-even"] }, out _).TotalCount(), Is.EqualTo(5));
    }

    [Test]
    public void Compiler_that_was_not_added_has_its_passes_all_the_same() =>
        Assert.That(ProfilePasses.Of(new TargetCompiler(new ToyCompiler(), 1)).Select(p => p.Id), Is.EqualTo(new[] { "toy-even" }));

    [Test]
    public void Binary_of_a_compiler_that_was_added_names_it()
    {
        Assert.That(TargetCompiler.TryParseProducer("toycc 7.1", out var compiler));
        Assert.That(compiler!.ToString(), Is.EqualTo("toycc-7"));
    }

    /// <summary>A line for each position: function, line, count.</summary>
    private sealed class CsvFormat : ProfileFormat
    {
        public override string Name => "csv";

        public override string Family => "csv";

        public override bool Recognizes(ReadOnlySpan<byte> bytes) => bytes.StartsWith("function,line,count\n"u8);

        public override SampleProfile Read(ReadOnlySpan<byte> bytes) => new(Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(','))
            .GroupBy(c => c[0]).Select(f => new FunctionProfile(f.Key, "", 0, 0, new FunctionBody(
                [.. f.Select(c => new PositionCount(new SourcePosition(int.Parse(c[1], CultureInfo.InvariantCulture), 0), ulong.Parse(c[2], CultureInfo.InvariantCulture), []))], []))))
        {
            Format = this,
        };

        public override void Write(SampleProfile profile, Stream stream)
        {
            stream.Write("function,line,count\n"u8);
            foreach (var function in profile.WithInlined(InlinedBodies.Flat).WithoutDiscriminators().Functions)
            {
                foreach (var position in function.Body.Positions)
                {
                    stream.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{function.Name},{position.Position.LineOffset},{position.Count}\n")));
                }
            }
        }
    }

    /// <summary>It likes even counts.</summary>
    private sealed class ToyCompiler : CompilerFamily
    {
        private static readonly CsvFormat Csv = new();

        public override string Name => "toycc";

        public override int FirstVersion => 1;

        public override int LastVersion => 9;

        public override IReadOnlyList<ProfilePass> Passes { get; } = [new("toy-even", "counts are even", (compiler, _) => compiler?.Family is ToyCompiler, Even)];

        public override bool IsNamed(string executable) => executable.EndsWith("toycc", StringComparison.Ordinal);

        public override int? VersionOf(string producer) => producer.StartsWith("toycc ", StringComparison.Ordinal) ? producer["toycc ".Length] - '0' : null;

        public override ProfileFormat FormatOf(int version) => Csv;

        public override bool Reads(ProfileFormat format) => format is CsvFormat;

        public override string ProfileOption(string profile) => $"--profile {profile}";

        private static SampleProfile Even(SampleProfile profile) => new(profile.WithInlined(InlinedBodies.Flat).Functions.Select(f => f with
        {
            HeadCount = 0,
            Body = new FunctionBody([.. f.Body.Positions.Select(p => p with { Count = p.Count & ~1UL })], []),
        }));
    }
}
