using System.Text;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>A recording that is brought sample by sample, as another tool would.</summary>
internal static class BroughtRecording
{
    /// <summary>The samples of user space of a recording, dealt out to several counters in turn.</summary>
    /// <param name="path">The recording; no process of it maps two files to one place.</param>
    /// <param name="parts">How many counters.</param>
    public static List<RecordingCounts> Parts(string path, int parts)
    {
        using var file = PerfDataFile.Open(path);
        var counters = Enumerable.Range(0, parts).Select(i => new SampleCounter($"part {i}", "branches")).ToList();
        var mappings = file.Records();
        while (mappings.TryRead(out var record))
        {
            if (record.Type is RecordType.Mmap or RecordType.Mmap2 && MappingRecord.TryRead(record, record.Body, out var mapping) && mapping.FileName.StartsWith("/"u8))
            {
                foreach (var counter in counters)
                {
                    counter.Map(mapping.Pid, mapping.Start, mapping.Start + mapping.Length, mapping.PageOffset, Encoding.UTF8.GetString(mapping.FileName), "");
                }
            }
        }

        var samples = file.Records();
        for (int next = 0; samples.TryRead(out var record);)
        {
            if (record.Type != RecordType.Sample)
            {
                continue;
            }

            Assert.That(file.EventOf(record.Body).Layout.TryDecode(record.Body, out var sample), Is.True);
            var stack = new List<TakenBranch>();
            foreach (ref readonly var entry in sample.BranchStack.Entries)
            {
                stack.Add(new TakenBranch(entry.From, entry.To));
            }

            // Some Intel parts record a doubled first entry, which is dropped where perf's records are counted.
            bool isDoubled = stack.Count > 1 && stack[0] == stack[1] && stack[0].From - stack[0].To > 0x1000;
            counters[next++ % parts].Sample(sample.Pid, sample.Ip, sample.Time, [.. isDoubled ? stack.Skip(1) : stack]);
        }

        return [.. counters.Select(c => c.ToCounts())];
    }
}
