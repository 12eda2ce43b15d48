using System.Globalization;
using System.Text;
using Tarax.AutoFdo.PerfData;

namespace Tarax.AutoFdo.Tests.PerfData;

/// <summary>Real recordings, read beside perf itself.</summary>
public sealed class RealRecordingTests
{
    [TestCase("intel-lbr-2011/perf.data")]
    [TestCase("programs/stlmix-d5-pie/perf.data")]
    [TestCase("programs/threads-d5-pie/perf.data")]
    [TestCase("perf-data/perf.data.branch_stack_hw_index")]
    public void Sample_addresses_and_branch_stacks_equal_those_of_perf_script(string recording)
    {
        string path = TestEnvironment.Data(recording);
        var theirs = TestEnvironment.Run("perf", "script", "-i", path, "-F", "ip,brstack").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => l.Trim().Length > 0).Select(Normalised).ToList();
        var ours = new List<string>();
        using var file = PerfDataFile.Open(path);
        var records = file.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type != RecordType.Sample)
            {
                continue;
            }

            Assert.That(file.EventOf(record.Body).Layout.TryDecode(record.Body, out var sample), Is.True);
            Assert.That(sample.SurplusBytes, Is.Zero);
            var line = new StringBuilder(sample.Ip.ToString("x", CultureInfo.InvariantCulture));
            foreach (ref readonly var entry in sample.BranchStack.Entries)
            {
                line.Append(CultureInfo.InvariantCulture, $" {entry.From:x}/{entry.To:x}");
            }

            ours.Add(line.ToString());
        }

        // perf sorts by time, so the order of the CPUs' buffers is not its order.
        Assert.That(ours.Order(StringComparer.Ordinal), Is.EqualTo(theirs.Order(StringComparer.Ordinal)));
    }

    [TestCase("programs/cmulti-d5-pie/perf.data")]
    [TestCase("perf-data/perf.data.singleprocess-3.8")]
    public void Build_ids_equal_those_of_perf(string recording)
    {
        string path = TestEnvironment.Data(recording);
        using var file = PerfDataFile.Open(path);
        var ours = file.Features.BuildIds.Select(b => $"{b.BuildId} {b.FileName}").ToList();
        var theirs = TestEnvironment.Run("perf", "buildid-list", "-i", path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(ours, Is.Not.Empty);
        Assert.That(ours, Is.EquivalentTo(theirs));
    }

    private static string Normalised(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var result = new StringBuilder(words[0]);
        foreach (string word in words.Skip(1))
        {
            string[] parts = word.Split('/');
            result.Append(CultureInfo.InvariantCulture, $" {Hexadecimal(parts[0])}/{Hexadecimal(parts[1])}");
        }

        return result.ToString();
    }

    private static string Hexadecimal(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
}
