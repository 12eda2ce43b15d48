using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;

namespace Tarax.AutoFdo.Tests.Counts;

public sealed class RecordingCountsTests
{
    private readonly string _folder = TestEnvironment.NewFolder();

    [TestCase("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti", null)]
    [TestCase("programs/stlmix-d5-pie/perf.data", "programs/stlmix-d5-pie/stlmix", null)]
    [TestCase("intel-lbr-2011/perf.data", "intel-lbr-2011/gzip", "test.binary")]
    [TestCase("kernel/kaslr/perf.data", "kernel/vmlinux.xz", null)]
    [TestCase("kernel/modules/perf.data", "kernel/lib-modules/fs/ext4/ext4.ko", null)]
    public void Counts_in_either_form_give_the_profile_of_the_recording(string recording, string binary, string? mappedAs)
    {
        var options = new ConversionOptions { Format = ProfileFormat.GcovV3, MappedAs = mappedAs };
        string path = TestEnvironment.Data(recording);
        byte[] expected = Convert(path, binary, options);
        string counts = NewFile();
        string text = NewFile();
        var counted = Recording.Count(path, options).Counts;
        counted.Save(counts);
        counted.SaveText(text);
        Assert.That(Convert(counts, binary, options), Is.EqualTo(expected), "binary form");
        Assert.That(Convert(text, binary, options), Is.EqualTo(expected), "text form");
        Assert.That(new FileInfo(counts).Length, Is.LessThan(new FileInfo(path).Length / 20), "kilobytes for megabytes");
        Assert.That(Bytes(RecordingCounts.Load(text)), Is.EqualTo(File.ReadAllBytes(counts)));
    }

    [Test]
    public void Several_recordings_are_converted_as_the_counts_of_all()
    {
        string recording = TestEnvironment.Data("programs/cmulti-d5-pie/perf.data");
        string binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        string counts = NewFile();
        Counted("programs/cmulti-d5-pie/perf.data").Save(counts);
        var (one, two) = (NewFile(), NewFile());
        Assert.That(TestEnvironment.Tarax("convert", recording, counts, recording, "--binary", binary, "-o", one).ExitCode, Is.Zero);
        Assert.That(TestEnvironment.Tarax("counts", recording, counts, recording, "-o", counts + ".sum").ExitCode, Is.Zero);
        Assert.That(TestEnvironment.Tarax("convert", counts + ".sum", "--binary", binary, "-o", two).ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes(one), Is.EqualTo(File.ReadAllBytes(two)));
        var run = TestEnvironment.Tarax("convert", recording, recording, "--binary", binary, "--profiler", "text", "-o", one);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain("--profiler text goes with one INPUT only"));
        Assert.That(TestEnvironment.Tarax("convert", recording, one, "--binary", binary, "-o", one).ExitCode, Is.Not.Zero, "an output is no input");
    }

    [Test]
    public void Sum_does_not_depend_on_order_grouping_or_threads()
    {
        var a = Counted("programs/cmulti-d5-pie/perf.data");
        var b = Counted("programs/threads-d5-pie/perf.data");
        var c = Counted("programs/cmulti-d4-nopie/perf.data");
        byte[] sum = Bytes(RecordingCounts.Merge([a, b, c]));
        Assert.That(Bytes(RecordingCounts.Merge([c, a, b])), Is.EqualTo(sum));
        Assert.That(Bytes(RecordingCounts.Merge([a, RecordingCounts.Merge([b, c])])), Is.EqualTo(sum));
        string[] files = [.. new[] { a, b, c }.Select(x =>
        {
            string file = NewFile();
            x.Save(file);
            return file;
        })];
        foreach (int threads in (int[])[1, 3])
        {
            Assert.That(Bytes(RecordingCounts.Load(files, threads)), Is.EqualTo(sum), $"{threads} threads");
        }
    }

    [Test]
    public void Profile_of_the_sum_of_counts_lies_below_the_sum_of_profiles_only_where_a_position_has_several_pieces_of_code()
    {
        // Another run of the program: every third range and branch.
        string recording = TestEnvironment.Data("programs/cmulti-d5-pie/perf.data");
        string binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var whole = Recording.Count(recording).CountsOf(binary);
        var other = new BinaryCounts(
            whole.BuildId, [.. whole.Branches.Where((_, i) => i % 3 == 0)], [.. whole.Ranges.Where((_, i) => i % 3 == 0)], whole.Samples, whole.Entries);
        var joint = ProfileOf(BinaryCounts.Merge([whole, other]), binary);
        var sum = SampleProfile.Merge([ProfileOf(whole, binary), ProfileOf(other, binary)]);
        Assert.That(sum.Functions.Select(f => f.Name), Is.EqualTo(joint.Functions.Select(f => f.Name)));
        Assert.That(SampleProfile.Diff(joint, sum).Overlap, Is.GreaterThan(0.99));
        foreach (var (position, count) in Positions(joint))
        {
            Assert.That(count, Is.LessThanOrEqualTo(Positions(sum)[position]), position);
        }
    }

    [Test]
    public void Damage_is_told_with_file_and_offset()
    {
        string file = NewFile();
        Counted("programs/threads-d5-pie/perf.data").Save(file);
        byte[] bytes = File.ReadAllBytes(file);
        for (int length = 0; length < bytes.Length; length += 1 + (length / 8))
        {
            File.WriteAllBytes(file, bytes[..length]);
            var error = Assert.Throws<InvalidFormatException>(() => RecordingCounts.Load(file), $"{length} bytes")!;
            Assert.That(error.Message, Does.Contain(file).And.Contain("offset"));
        }

        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.That(() => RecordingCounts.Load(file), Throws.InstanceOf<InvalidFormatException>().With.Property("Field").EqualTo("checksum"));
    }

    [TestCase("tarax-counts 2\n", "first line", 1)]
    [TestCase("tarax-counts 1\nsums 1 2 3 4 5 6\n", "line", 2)]
    [TestCase("tarax-counts 1\nbinary xyz user /bin/a\n", "build-id", 2)]
    [TestCase("tarax-counts 1\nbinary - user /bin/a\nbranches 2\n1 2 3\n", "branches", 5)]
    [TestCase("tarax-counts 1\nbinary - user /bin/a\nranges 1\n5 2 3 0\n", "ranges", 4)]
    [TestCase("tarax-counts 1\nbinary - user /bin/a\nsamples 1\n5 x 0\n", "number", 4)]
    public void Text_that_is_not_of_the_form_is_told_with_its_line(string text, string field, long line)
    {
        string file = NewFile();
        File.WriteAllText(file, text);
        var error = Assert.Throws<InvalidFormatException>(() => RecordingCounts.Load(file))!;
        Assert.That((error.Field, error.Offset), Is.EqualTo((field, line)), error.Message);
    }

    [Test]
    public void Any_name_and_any_number_survives_the_text()
    {
        string text = "tarax-counts 1\nevent a\\\\b\ntotals 9223372036854775807 5 5\nbinary - user /x\\nbinary - user /evil\\r\nsums 1 0 0 0 0 0\nsamples 1\n10 1 0\nend\n";
        string file = NewFile();
        File.WriteAllText(file, text);
        var counts = RecordingCounts.Load(file);
        Assert.That(counts.Binaries.Single().Name, Is.EqualTo("/x\nbinary - user /evil\r"));
        var sum = RecordingCounts.Merge([counts, counts]);
        Assert.That(sum.Samples, Is.EqualTo(long.MaxValue));
        sum.SaveText(file);
        Assert.That(Bytes(RecordingCounts.Load(file)), Is.EqualTo(Bytes(sum)));
    }

    [Test]
    public void Explanation_of_a_line_leads_to_its_count()
    {
        string binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var counts = Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")).CountsOf(binary);
        var profile = ProfileOf(counts, binary);
        int explained = 0;
        foreach (var function in profile.Functions.OrderByDescending(f => f.Body.TotalCount()).Take(8))
        {
            foreach (var position in function.Body.Positions.Where(p => p.Count > 0).Take(20))
            {
                var explanation = CountExplanation.Of(counts, binary, function.Name, position.Position.LineOffset, position.Position.Discriminator);
                var own = explanation.Code.Where(c => c.Function == function.Name && c.InlineStack.Count == 0).ToList();
                Assert.That(own.Max(c => c.Count), Is.EqualTo(position.Count), $"{function.Name} {position.Position}");
                Assert.That(own.MaxBy(c => c.Count)!.Ranges, Is.Not.Empty);
                explained++;
            }
        }

        Assert.That(explained, Is.GreaterThan(50));
    }

    [Test]
    public void Profile_matches_the_build_that_it_was_made_of_wholly_and_another_in_part()
    {
        string binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var profile = ProfileOf(Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")).CountsOf(binary), binary);
        var same = ProfileMatch.Of(profile, binary);
        Assert.That((same.FunctionsFound, same.MatchedShare, same.ComparesLinesOnly), Is.EqualTo((profile.Functions.Count, 1.0, false)));
        Assert.That(same.MatchedPositions, Is.EqualTo(same.Positions));

        string changed = Path.Combine(_folder, "changed");
        Directory.CreateDirectory(changed);
        string sources = TestEnvironment.Data("programs/src/cmulti");
        foreach (string source in Directory.GetFiles(sources, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(changed, Path.GetRelativePath(sources, source));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);

            // A line more before the functions changes nothing, one more inside of them moves what follows.
            string text = File.ReadAllText(source);
            File.WriteAllText(copy, Path.GetFileName(source) == "tree.c" ? text.Replace("tree_insert(", "tree_add(", StringComparison.Ordinal) : $"/* new */\n{text}");
        }

        File.WriteAllText(Path.Combine(changed, "common.h"), File.ReadAllText(Path.Combine(changed, "common.h")).Replace("tree_insert(", "tree_add(", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(changed, "main.c"), File.ReadAllText(Path.Combine(changed, "main.c")).Replace("tree_insert(", "tree_add(", StringComparison.Ordinal));
        string[] files = [.. Directory.GetFiles(changed, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string other = Path.Combine(_folder, "other");
        TestEnvironment.Run("gcc-12", ["-O2", "-g", "-I", changed, "-o", other, .. files, "-lm"]);
        var match = ProfileMatch.Of(profile, other);
        Assert.That(match.Functions.Where(f => !f.IsFound).Select(f => f.Name), Is.EqualTo(new[] { "tree_insert" }));
        Assert.That(match.MatchedShare, Is.InRange(0.5, 0.95));
        Assert.That(match.Functions.Single(f => f.Name == "merge").MatchedCount, Is.EqualTo(match.Functions.Single(f => f.Name == "merge").Count), "only lines before it were added");
    }

    private static SampleProfile ProfileOf(BinaryCounts counts, string binary)
    {
        using var files = BinaryFiles.Open(binary, new ConversionOptions().DebugFiles);
        using var symbolizer = new Symbolizer(files);
        return ProfileBuilder.Of(counts, symbolizer).Build(new AttributionChoices());
    }

    private static Dictionary<string, ulong> Positions(SampleProfile profile)
    {
        var positions = new Dictionary<string, ulong>();
        void Add(string path, FunctionBody body)
        {
            foreach (var position in body.Positions)
            {
                positions.Add($"{path}/{position.Position}", position.Count);
            }

            foreach (var call in body.Calls)
            {
                Add($"{path}/{call.Position}:{call.Callee}", call.Body);
            }
        }

        foreach (var function in profile.Functions)
        {
            Add(function.Name, function.Body);
        }

        return positions;
    }

    private static RecordingCounts Counted(string recording) => Recording.Count(TestEnvironment.Data(recording)).Counts;

    private static byte[] Bytes(RecordingCounts counts)
    {
        using var stream = new MemoryStream();
        counts.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Convert(string input, string binary, ConversionOptions options)
    {
        var result = AutoFdoConverter.Convert(input, TestEnvironment.Data(binary), options);
        using var stream = new MemoryStream();
        result.Profile.Write(stream, result.Report.Format);
        return stream.ToArray();
    }

    private string NewFile() => Path.Combine(_folder, Guid.NewGuid().ToString("N"));
}
