using System.Globalization;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>What the perf tool of this machine says of a recording.</summary>
internal static class PerfTool
{
    /// <summary>Number of records by type, from <c>perf report --stats</c>.</summary>
    public static SortedDictionary<string, long> RecordsByType(string path)
    {
        var result = new SortedDictionary<string, long>(StringComparer.Ordinal);
        bool isTotal = false;
        foreach (string line in TestEnvironment.Run("perf", "report", "--stats", "-i", path).Split('\n'))
        {
            // All events together come first, then each by itself.
            if (line.Contains("stats:", StringComparison.Ordinal))
            {
                isTotal = line.StartsWith("Aggregated", StringComparison.Ordinal);
            }

            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (isTotal && words is [var type, "events:", var count, ..] && type != "TOTAL")
            {
                result.Add(type, long.Parse(count, CultureInfo.InvariantCulture));
            }
        }

        return result;
    }

    /// <summary>The same as read here.</summary>
    public static SortedDictionary<string, long> OurRecordsByType(PerfDataFile file)
    {
        var result = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (type, count) in RecordingScan.Run(file).RecordsByType)
        {
            result.Add(((RecordType)type).Name(), count);
        }

        return result;
    }
}
