using System.Globalization;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Bolt;

namespace Tarax.AutoFdo.Tests.Outputs.Bolt;

/// <summary>BOLT makes of our counts what it makes of the recording.</summary>
public sealed partial class BoltProfileTests
{
    [TestCase("cmulti-d5-pie", "cmulti")]
    [TestCase("cmulti-d4-nopie", "cmulti-d4")]
    [TestCase("stlmix-d5-pie", "stlmix")]
    public void Perf2bolt_reads_in_our_text_what_it_reads_in_the_recording(string folder, string name)
    {
        string binary = TestEnvironment.Data($"programs/{folder}/{name}");
        string recording = TestEnvironment.Data($"programs/{folder}/perf.data");
        string output = TestEnvironment.NewFolder();
        string text = Path.Combine(output, "text");
        Recording.Count(recording).BoltProfileOf(binary, BoltFormat.Preaggregated).Profile.Save(text);
        var theirs = Perf2bolt(output, "theirs", binary, "-p", recording);
        var ours = Perf2bolt(output, "ours", binary, "--pa", "-p", text);
        Assert.That(ours.Mismatching, Is.EqualTo(theirs.Mismatching), "ranges that BOLT finds impossible");
        Assert.That(ours.Profile.ShareIn(theirs.Profile), Is.GreaterThan(0.9999), "all but ranges that are divided by their origins where several lead to one address");
        Assert.That(theirs.Profile.ShareIn(ours.Profile), Is.GreaterThan(0.9999));
    }

    /// <summary>Without -Wl,--emit-relocs BOLT leaves functions with split-off parts alone, for which perf2bolt writes no ways between blocks.</summary>
    [TestCase("nopie")]
    [TestCase("pie")]
    [TestCase("shared")]
    public void Llvm_bolt_takes_our_profile_for_that_of_perf2bolt(string kind)
    {
        var (folder, binary, program) = BoltPrograms.Make(kind);
        var recording = Recording.Count(Path.Combine(folder, "perf.data"));
        string direct = Path.Combine(folder, "direct.fdata");
        string text = Path.Combine(folder, "text");
        recording.BoltProfileOf(binary, BoltFormat.Fdata).Profile.Save(direct);
        recording.BoltProfileOf(binary, BoltFormat.Preaggregated).Profile.Save(text);
        var theirs = Perf2bolt(folder, "theirs", binary, "-p", Path.Combine(folder, "perf.data"));
        var throughText = Perf2bolt(folder, "through-text", binary, "--pa", "-p", text);
        var ours = new FdataText(direct);
        Assert.Multiple(() =>
        {
            Assert.That(throughText.Profile.ShareIn(theirs.Profile), Is.GreaterThan(0.9999));
            Assert.That(theirs.Profile.ShareIn(throughText.Profile), Is.GreaterThan(0.9999));
            Assert.That(ours.ShareIn(theirs.Profile), Is.GreaterThan(0.99));
            Assert.That(theirs.Profile.ShareIn(ours), Is.GreaterThan(0.99));
        });
        string expected = TestEnvironment.Run(program);
        string reference = Bolt(folder, binary, Path.Combine(folder, "theirs.fdata"), out _);
        Assert.That(Bolt(folder, binary, direct, out string rewritten), Is.EqualTo(reference), "functions with a profile; none is stale");
        Assert.That(reference, Does.Contain("have non-empty execution profile").And.Not.Contain("stale"));
        File.Copy(rewritten, binary, overwrite: true);
        Assert.That(TestEnvironment.Run(program), Is.EqualTo(expected), "what BOLT made of it by our profile runs as before");
    }

    [Test]
    public void Addresses_alone_are_samples()
    {
        string binary = TestEnvironment.Data("programs/cmulti-d4-nopie/cmulti-d4");
        string perf = TestEnvironment.Data("programs/cmulti-d4-nopie/perf.data");
        string output = TestEnvironment.NewFolder();
        var recording = Recording.Count(perf, new ConversionOptions { UseBranchStacks = false });
        string text = Path.Combine(output, "text");
        string direct = Path.Combine(output, "direct.fdata");
        recording.BoltProfileOf(binary, BoltFormat.Preaggregated).Profile.Save(text);
        var profile = recording.BoltProfileOf(binary, BoltFormat.Fdata).Profile;
        profile.Save(direct);
        Assert.That(profile.IsOfBranches, Is.False);
        Perf2bolt(output, "theirs", binary, "-ba", "-p", perf);
        Perf2bolt(output, "ours", binary, "-ba", "--pa", "-p", text);
        var theirs = Samples(Path.Combine(output, "theirs.fdata"));
        Assert.That(Samples(Path.Combine(output, "ours.fdata")), Is.EqualTo(theirs));
        Assert.That(Samples(direct), Is.EqualTo(theirs.Where(l => !l.Contains("@PLT", StringComparison.Ordinal))));
    }

    [Test]
    public void Profiles_do_not_depend_on_the_number_of_threads()
    {
        string binary = TestEnvironment.Data("programs/stlmix-d5-pie/stlmix");
        string perf = TestEnvironment.Data("programs/stlmix-d5-pie/perf.data");
        foreach (var format in Enum.GetValues<BoltFormat>())
        {
            byte[][] contents = [.. ((int[])[1, 2, 8]).Select(threads => Recording.Count(perf, new ConversionOptions { Threads = threads }).BoltProfileOf(binary, format).Profile.Content.ToArray())];
            Assert.That(contents[1], Is.EqualTo(contents[0]));
            Assert.That(contents[2], Is.EqualTo(contents[0]));
        }
    }

    [Test]
    public void Several_binaries_are_told_apart_by_build_ids()
    {
        string folder = TestEnvironment.NewFolder();
        string binary = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        string perf = TestEnvironment.Data("programs/cmulti-d5-pie/perf.data");
        var (exit, _, error) = TestEnvironment.Tarax("counts", perf, "--format", "bolt-preaggregated", "--build-ids", "--binary", binary, "-o", Path.Combine(folder, "text"));
        Assert.That(exit, Is.Zero, error);
        string[] lines = File.ReadAllLines(Path.Combine(folder, "text"));
        string buildId = Recording.Count(perf).BoltProfileOf(binary, BoltFormat.Preaggregated).Report.BuildId;
        Assert.That(lines.Skip(1), Has.All.Contain($" {buildId}:"));
        var (_, _, again) = TestEnvironment.Tarax("convert", Path.Combine(folder, "text"), "--binary", binary, "--for", "gcc-12", "-o", Path.Combine(folder, "profile"));
        Assert.That(again, Does.Contain("found by its build-id").And.Not.Contain("note [addresses-as-linked]"));
        var (other, _, refused) = TestEnvironment.Tarax("convert", Path.Combine(folder, "text"), "--binary", TestEnvironment.Data("programs/stlmix-d5-pie/stlmix"), "-o", Path.Combine(folder, "other"));
        Assert.That(refused, Does.Contain("is another build than the recorded"));
        Assert.That(other, Is.EqualTo(3));
    }

    [TestCase("--format fdata", "needs --binary FILE")]
    [TestCase("--format fdata --binary {0} --binary {0}", "is of one binary")]
    [TestCase("--format fdata --binary {0} --build-ids", "--build-ids goes with --format bolt-preaggregated")]
    [TestCase("--format fdata --binary {0} --text", "--text goes with --format counts")]
    [TestCase("--binary {0}", "--binary goes with --format bolt-preaggregated or fdata")]
    public void Options_that_say_nothing_together_are_wrong_usage(string options, string message)
    {
        string binary = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip");
        string recording = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data");
        string[] words = string.Format(CultureInfo.InvariantCulture, options, binary).Split(' ');
        var (exit, _, error) = TestEnvironment.Tarax(["counts", recording, "-o", "/dev/null", .. words]);
        Assert.That(error, Does.Contain(message));
        Assert.That(exit, Is.EqualTo(2));
    }

    /// <summary>Runs perf2bolt.</summary>
    private static (string Mismatching, FdataText Profile) Perf2bolt(string folder, string name, string binary, params string[] input)
    {
        TestEnvironment.RequireTool("perf");
        TestEnvironment.RequireTool("perf2bolt-22");
        string output = Path.Combine(folder, $"{name}.fdata");
        var (exit, text, error) = TestEnvironment.Execute("perf2bolt-22", null, [binary, .. input, "-o", output]);
        Assert.That(exit, Is.Zero, error);
        return (Mismatching().Match(text + error).Groups[1].Value, new FdataText(output));
    }

    /// <summary>Rewrites a binary, and says what BOLT reports of functions with profiles.</summary>
    private static string Bolt(string folder, string binary, string profile, out string rewritten)
    {
        TestEnvironment.RequireTool("llvm-bolt-22");
        rewritten = Path.Combine(folder, $"{Path.GetFileName(profile)}.bolted");
        var (exit, text, error) = TestEnvironment.Execute("llvm-bolt-22", null, binary, $"-data={profile}", "-o", rewritten, "-reorder-blocks=ext-tsp", "-reorder-functions=cdsort");
        Assert.That(exit, Is.Zero, error);
        return string.Join('\n', (text + error).Split('\n').Where(l => l.Contains("functions in the binary", StringComparison.Ordinal) || l.Contains("stale", StringComparison.Ordinal)));
    }

    private static string[] Samples(string path) => [.. File.ReadAllLines(path).Skip(1).Order(StringComparer.Ordinal)];

    [GeneratedRegex("mismatching disassembled function contents: (\\d+)")]
    private static partial Regex Mismatching();
}
