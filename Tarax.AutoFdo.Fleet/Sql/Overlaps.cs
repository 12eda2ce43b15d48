using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet;

/// <summary>What distributions over branches have in common.</summary>
internal static class Overlaps
{
    /// <summary>Each day's overlap with the sum of all.</summary>
    public static IReadOnlyList<DayOverlap> Of(IEnumerable<(DateOnly Day, RecordingCounts Counts)> days)
    {
        var ofDays = days.Select(d => (d.Day, Counts: Distribution(d.Counts))).ToList();
        var sum = new Dictionary<Place, double>();
        foreach (var (place, count) in ofDays.SelectMany(d => d.Counts))
        {
            sum[place] = sum.GetValueOrDefault(place) + count;
        }

        double all = sum.Values.Sum();
        return [.. ofDays.Select(d => Of(d.Day, d.Counts, sum, all))];
    }

    private static DayOverlap Of(DateOnly day, Dictionary<Place, double> counts, Dictionary<Place, double> sum, double all)
    {
        double ofDay = counts.Values.Sum();
        double overlap = ofDay > 0 ? counts.Sum(c => Math.Min(c.Value / ofDay, sum[c.Key] / all)) : 0;
        return new DayOverlap(day, (ulong)ofDay, Math.Min(overlap, 1));
    }

    private static Dictionary<Place, double> Distribution(RecordingCounts counts)
    {
        var result = new Dictionary<Place, double>();
        foreach (var file in counts.Files)
        {
            foreach (var branch in file.Counts.Branches)
            {
                result[new Place(file.Counts.BuildId, file.Name, branch.From, branch.To)] = branch.Count;
            }
        }

        if (result.Count == 0)
        {
            foreach (var file in counts.Files)
            {
                foreach (var sample in file.Counts.Samples)
                {
                    result[new Place(file.Counts.BuildId, file.Name, sample.Address, 0)] = sample.Count;
                }
            }
        }

        return result;
    }

    private readonly record struct Place(string? BuildId, string Name, ulong From, ulong To);
}
