using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Inputs.Perf;

/// <summary>Real recordings of perf 2.6 to 6.x, read beside perf itself.</summary>
public sealed class RealRecordingTests
{
    private static readonly string[] Recordings =
    [
        .. new[]
        {
            "arm64-etm-injected-5.4", "armv7-3.4", "branch_stack_hw_index", "busy.0-3.4", "busy.0-3.8", "busy.1-3.4", "callgraph-3.8",
            "callgraph_and_branch-3.4", "ctx_switch_namespaces-4.14", "forkexit-3.8", "group_desc-4.14", "hw_and_sw-3.4", "i686-3.4", "intel_pt-4.14",
            "numatopology-3.2", "piped.ctx_switch_namespaces-4.14", "piped.header_features-4.16", "piped.hw_and_sw-3.4", "piped.lost_samples-4.4",
            "piped.target-3.8", "raw-3.4", "remmap-3.2", "singleprocess-3.8", "systemwide.0-3.8", "throttle-3.8",
        }.Select(n => $"perf-data/perf.data.{n}"),
        "intel-lbr-2011/perf.data",
        "programs/stlmix-d5-pie/perf.data",
        "programs/threads-d5-pie/perf.data",
    ];

    [TestCaseSource(nameof(Recordings))]
    public void Records_by_type_are_as_many_as_perf_counts(string recording)
    {
        string path = TestEnvironment.Data(recording);
        using var file = PerfDataFile.Open(path);
        Assert.That(PerfTool.OurRecordsByType(file), Is.EqualTo(PerfTool.RecordsByType(path)));
    }

    [TestCaseSource(nameof(Recordings))]
    public void Sample_addresses_and_branch_stacks_equal_those_of_perf_script(string recording)
    {
        string path = TestEnvironment.Data(recording);
        using var file = PerfDataFile.Open(path);
        bool Has(SampleType field) => file.Events.Any(e => e.Attribute.SampleType.HasFlag(field));
        string[] chains = Has(SampleType.CallChain) ? ["-G"] : [];
        string[] fields = Has(SampleType.BranchStack) ? ["-F", "ip,brstack"] : ["--no-itrace", "-F", "ip"];
        var theirs = TestEnvironment.Run("perf", ["script", "-i", path, .. chains, .. fields])
            .Split('\n').Where(l => l.Trim().Length > 0).Select(Normalised).ToList();
        var ours = new List<string>();
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
        Assert.That(RecordingScan.Run(file).Samples, Is.EqualTo(theirs.Count));
    }

    [TestCaseSource(nameof(Recordings))]
    public void Build_ids_equal_those_of_perf(string recording)
    {
        string path = TestEnvironment.Data(recording);
        using var file = PerfDataFile.Open(path);
        var ours = file.Features.BuildIds.Select(b => $"{b.BuildId} {b.FileName}").Distinct().ToList();

        // Where the recording has no build-ids, perf lists the files that have samples, without one.
        var theirs = TestEnvironment.Run("perf", "buildid-list", "-i", path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != ' ');
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
