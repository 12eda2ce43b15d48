using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Profiles.Formats;

public sealed class GcovTests
{
    [Test]
    public void Version_2_has_the_bytes_of_the_formats_description()
    {
        var profile = new SampleProfile(
        [
            new("leaf", "", 8000, 0, new FunctionBody([new(new(0, 0), 7000, [])], [])),
            new("work", "", 0, 0, new FunctionBody(
                [new(new(2, 2), 1000, []), new(new(4, 0), 1000, [new("leaf", 1000)])],
                [new(new(3, 0), "mid", "", new FunctionBody([new(new(1, 0), 5, [])], []))])),
        ]);
        string head = Convert.ToHexStringLower(Write(profile, ProfileFormat.GcovV2).AsSpan(0, 12 + 12 + 5 + 9 + 8 + 9 + 12 + 12 + 8 + 16));
        Assert.That(head, Is.EqualTo(
            "616463670200000000000000" // magic, version, 0
            + "000000aa0b00000004000000" // names: tag, 11 words, 4 names
            + "0100000000" + "050000006c65616600" + "040000006d696400" + "05000000776f726b00"
            + "000000ac" + Words(1 + 4 + (3 + 4) + (3 + 8 + 1 + 5) + (3 + 4)) + "02000000"
            + "401f000000000000" + "01000000" // head 8000, name 1
            + "01000000" + "00000000" // 1 position, 0 calls
            + "0000000000000000581b000000000000")); // line 0, 0 targets, 7000
    }

    [TestCase("gcov-1", 1600)]
    [TestCase("gcov-2", 1597)]
    public void Empty_profile_has_the_size_that_is_known_for_it(string format, int size) =>
        Assert.That(Write(new SampleProfile([]), TestEnvironment.Format(format)), Has.Length.EqualTo(size));

    [Test]
    public void Random_profiles_are_read_back_as_written() =>
        Prop.ForAll(ProfileGenerator.Profiles.ToArbitrary(), profile =>
        {
            foreach (var version in GcovProfileFormat.All)
            {
                byte[] bytes = Write(profile, version);
                var read = version.Read(bytes);
                string expected = Describe(profile, version);
                if (Describe(read, version) != expected)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Truncation_at_every_byte_is_told_with_its_offset()
    {
        byte[] whole = Write(ProfileGenerator.Profiles.Sample(30, 3).MaxBy(p => p.Functions.Count)!, ProfileFormat.GcovV3);
        int needed = whole.Length - (1536 + 8 + 8);
        for (int length = 0; length < needed; length++)
        {
            byte[] cut = whole[..length];
            var error = Assert.Throws<InvalidFormatException>(() => GcovReader.Read(cut), $"{length} of {whole.Length} bytes")!;
            Assert.That(error.Offset, Is.InRange(0, length));
        }
    }

    [Test]
    public void Changed_bytes_never_crash_the_reader()
    {
        byte[] whole = Write(ProfileGenerator.Profiles.Sample(30, 3).MaxBy(p => p.Functions.Count)!, ProfileFormat.GcovV3);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length - 1552)] = (byte)random.Next(256);
            try
            {
                GcovReader.Read(damaged);
            }
            catch (InvalidFormatException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(1000));
    }

    [Test]
    public void Names_that_gcc_15_would_cut_to_the_same_are_one()
    {
        var profile = new SampleProfile(
        [
            new("f", "", 3, 0, new FunctionBody([new(new(1, 0), 10, [])], [])),
            new("f.part.0", "", 4, 0, new FunctionBody([new(new(1, 0), 5, []), new(new(2, 0), 6, [])], [])),
            new("g.isra.0", "", 5, 0, new FunctionBody([new(new(1, 0), 7, [new("f.part.0", 4), new("f", 3)])], [])),
        ]);
        var read = RoundTrip(profile, ProfileFormat.GcovV2);
        Assert.That(read.Functions.Select(f => (f.Name, f.HeadCount)), Is.EqualTo(new[] { ("f", 7ul), ("g.isra.0", 5ul) }));
        Assert.That(read.Functions[0].Body.Positions.Select(p => p.Count), Is.EqualTo(new[] { 15ul, 6ul }));
        Assert.That(read.Functions[1].Body.Positions[0].Targets, Is.EqualTo(new[] { new CallTarget("f", 7) }));
        Assert.That(RoundTrip(profile, ProfileFormat.GcovV3).Functions, Has.Count.EqualTo(3), "GCC 16 takes exact names");
    }

    [Test]
    public void Positions_that_fall_together_in_16_bits_keep_the_larger_count()
    {
        var profile = new SampleProfile([new("f", "", 0, 0, new FunctionBody([new(new(3, 0), 10, []), new(new(65539, 0), 20, []), new(new(-1, 0), 5, [])], []))]);
        Assert.That(
            RoundTrip(profile, ProfileFormat.GcovV2).Functions[0].Body.Positions.Select(p => (p.Position.LineOffset, p.Count)),
            Is.EqualTo(new[] { (3, 20ul), (65535, 5ul) }), "a negative offset appears as one near 65536");
    }

    [Test]
    public void Version_3_states_a_file_only_where_the_definitions_of_a_name_agree()
    {
        var body = new FunctionBody([new(new(1, 0), 10, [new("target", 1)])], []);
        var profile = new SampleProfile(
        [
            new("same", "/a/x.c", 0, 0, body), new("same", "/b/x.c", 0, 0, body),
            new("other", "/a/x.c", 0, 0, body), new("other", "/a/y.c", 0, 0, body),
        ]);
        var read = RoundTrip(profile, ProfileFormat.GcovV3);
        Assert.That(read.Functions.Select(f => (f.Name, f.File)), Is.EqualTo(new[] { ("other", ""), ("same", "/a/x.c") }));
        Assert.That(read.Functions.Select(f => f.Body.Positions[0].Count), Has.All.EqualTo(20));
    }

    [Test]
    public void Files_of_one_base_name_are_one_in_version_3()
    {
        // GCC 16.2 says "No afdo profile for g", whichever file it compiles, where both have an entry of their own.
        var body = new FunctionBody([new(new(1, 0), 10, [])], []);
        var read = RoundTrip(new SampleProfile([new("f", "/a/x.c", 0, 0, body), new("g", "/b/x.c", 0, 0, body), new("h", "/b/y.c", 0, 0, body)]), ProfileFormat.GcovV3);
        Assert.That(read.Functions.Select(f => f.File), Is.EqualTo(new[] { "x.c", "x.c", "/b/y.c" }));
    }

    [Test]
    public void Without_discriminators_a_line_has_its_largest_count_and_all_its_targets()
    {
        var profile = new SampleProfile(
        [
            new("f", "", 0, 0, new FunctionBody(
                [new(new(1, 0), 10, [new("a", 1)]), new(new(1, 2), 30, [new("a", 2), new("b", 3)])],
                [new(new(1, 1), "g", "", new FunctionBody([new(new(0, 0), 4, [])], [])), new(new(1, 3), "g", "", new FunctionBody([new(new(0, 1), 9, [])], []))])),
        ]).WithoutDiscriminators();
        var body = profile.Functions.Single().Body;
        Assert.That(body.Positions.Single().Count, Is.EqualTo(30));
        Assert.That(body.Positions.Single().Targets, Is.EqualTo(new[] { new CallTarget("a", 3), new CallTarget("b", 3) }));
        Assert.That(body.Calls.Single().Body.Positions.Single(), Has.Property("Count").EqualTo(9));
    }

    [Test]
    public void Summary_follows_the_formats_description()
    {
        // 90 positions of 1, 9 of 10 and 1 of 820: the total is 1000.
        var positions = Enumerable.Range(0, 90).Select(i => new PositionCount(new(i, 0), 1, []))
            .Concat(Enumerable.Range(100, 9).Select(i => new PositionCount(new(i, 0), 10, [])))
            .Append(new PositionCount(new(200, 0), 820, [])).ToList();
        var summary = ProfileSummary.Of(new SampleProfile([new("f", "", 17, 0, new FunctionBody(positions, []))]));
        Assert.That((summary.TotalCount, summary.MaximumCount, summary.MaximumHeadCount, summary.Positions, summary.Functions), Is.EqualTo((1000ul, 820ul, 17ul, 100ul, 1ul)));
        Assert.That(summary.Rows.Single(r => r.Cutoff == 800_000), Is.EqualTo(new SummaryRow(800_000, 820, 1)));
        Assert.That(summary.Rows.Single(r => r.Cutoff == 900_000), Is.EqualTo(new SummaryRow(900_000, 10, 10)));
        Assert.That(summary.Rows.Single(r => r.Cutoff == 950_000), Is.EqualTo(new SummaryRow(950_000, 1, 100)));
    }

    [Test]
    public void Sums_stay_at_the_largest_number()
    {
        var body = new FunctionBody([new(new(1, 0), ulong.MaxValue - 1, [])], []);
        var profile = new SampleProfile([new("f", "", ulong.MaxValue, 0, body), new("f", "", 5, 0, body)]);
        Assert.That(profile.Functions.Single().HeadCount, Is.EqualTo(ulong.MaxValue));
        Assert.That(profile.Functions.Single().Body.TotalCount(), Is.EqualTo(ulong.MaxValue));
        Assert.That(RoundTrip(profile, ProfileFormat.GcovV3).Functions.Single().HeadCount, Is.EqualTo(ulong.MaxValue));
    }

    internal static byte[] Write(SampleProfile profile, ProfileFormat version)
    {
        using var stream = new MemoryStream();
        profile.Write(stream, version);
        return stream.ToArray();
    }

    private static SampleProfile RoundTrip(SampleProfile profile, ProfileFormat version)
    {
        return version.Read(Write(profile, version));
    }

    private static string Words(uint count) => Convert.ToHexStringLower(BitConverter.GetBytes(count));

    private static string Describe(SampleProfile profile, ProfileFormat version) => string.Join('\n', profile.Functions.Select(f =>
        $"{f.Name} {f.HeadCount} {(version == ProfileFormat.GcovV3 ? $"{f.FirstTime} {f.File}" : "")}{Describe(f.Body)}"));

    private static string Describe(FunctionBody body) =>
        $"({string.Join(',', body.Positions.Select(p => $"{p.Position}={p.Count}{string.Concat(p.Targets.Select(t => $"[{t.Name} {t.Count}]"))}"))};"
        + $"{string.Join(',', body.Calls.Select(c => $"{c.Position} {c.Callee}{Describe(c.Body)}"))})";

    [Test]
    public void Files_of_names_survive_in_any_order()
    {
        static FunctionProfile Function(string name, string file) => new(name, file, 1, 0, new FunctionBody([new PositionCount(new SourcePosition(1, 0), 5, [])], []));
        var profile = new SampleProfile([Function("a", "/z.c"), Function("b", "/a.c"), Function("c", ""), Function("d", "/m.c"), Function("e", "/z.c")]);
        using var stream = new MemoryStream();
        profile.Write(stream, ProfileFormat.GcovV3);
        Assert.That(LlvmFormatTests.Read(stream.ToArray()).Functions.Select(f => f.File), Is.EqualTo(new[] { "/z.c", "/a.c", "", "/m.c", "/z.c" }));
    }
}
