using System.Globalization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Makes counts of what an engine has added up. Each period's sum is multiplied by its weight, so that hosts that take a sample for more events count as much more.</summary>
internal sealed class CountsOfRows(RunQuery run, SqlDialect dialect, FleetSelection selection, bool onlyCommitted)
{
    private const int Tries = 3;

    /// <summary>Adds a part of the fleet up; where it changes meanwhile, again.</summary>
    public PulledCounts Pull()
    {
        for (int i = 0; i < Tries; i++)
        {
            var queries = Queries();
            var before = StateOf(queries);
            var periods = Periods(queries);
            var result = Sum(queries, periods, WeightsOf(periods));
            if (before == StateOf(queries))
            {
                return result;
            }
        }

        throw new IOException("the fleet changed each time it was read: days that are over (--until) change less");
    }

    /// <summary>Adds each day up.</summary>
    public IEnumerable<(DateOnly Day, RecordingCounts Counts)> PullDays()
    {
        var weights = WeightsOf(Periods(Queries()));
        foreach (var day in Days())
        {
            var ofDay = new CountsOfRows(run, dialect, selection with { Since = day, Until = day }, onlyCommitted);
            var queries = ofDay.Queries();
            yield return (day, ofDay.Sum(queries, Periods(queries), weights).Counts);
        }
    }

    public IReadOnlyList<FleetBinary> Top()
    {
        var queries = Queries();
        var periods = Periods(queries);
        var weights = WeightsOf(periods);
        var sums = new Dictionary<string, FleetBinary>(StringComparer.Ordinal);
        foreach (var period in periods)
        {
            using var rows = run(queries.BinaryDays(periods.Count == 1 ? null : period.Period));
            while (rows.Read())
            {
                var (id, name) = (rows.Text(0), rows.Text(1));
                var next = new FleetBinary(id, name, Weighted(Sum(rows, 4), weights[period.Period]), 0, Day(rows, 2), Day(rows, 3));
                string key = KeyOf(id, name);
                sums[key] = sums.TryGetValue(key, out var sum)
                    ? sum with { Samples = Sum(sum.Samples, next.Samples), LastDay = sum.LastDay > next.LastDay ? sum.LastDay : next.LastDay }
                    : next;
            }
        }

        using (var rows = run(queries.FirstDays))
        {
            while (rows.Read())
            {
                string key = KeyOf(rows.Text(0), rows.Text(1));
                if (sums.TryGetValue(key, out var sum))
                {
                    sums[key] = sum with { FirstDay = Day(rows, 2) };
                }
            }
        }

        double all = sums.Values.Sum(s => (double)s.Samples);
        return [.. sums.Values.Select(s => s with { Name = BinaryName.FromColumn(s.Name), Share = all > 0 ? s.Samples / all : 0 })
            .OrderByDescending(s => s.Samples).ThenBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.BuildId, StringComparer.Ordinal)];
    }

    /// <summary>Weights are whole numbers without a common divisor: 1 where there is one period, so that the sum is that of the files.</summary>
    internal static SortedDictionary<ulong, ulong> Weights(IReadOnlyCollection<ulong> periods)
    {
        if (periods.Count > 1 && periods.Contains(0UL))
        {
            throw new InvalidFormatException(FleetFormat.Name, "period", -1, "is known of some of these recordings only, so that they cannot be added up: choose some by a condition (period = 0, or period > 0)");
        }

        ulong divisor = periods.Aggregate(0UL, GreatestCommonDivisor);
        return new SortedDictionary<ulong, ulong>(periods.ToDictionary(p => p, p => divisor == 0 ? 1 : p / divisor));
    }

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    private static string KeyOf(string buildId, string name) => buildId.Length > 0 ? buildId : $"\n{name}";

    private FleetQueries Queries()
    {
        var queries = new FleetQueries(dialect, selection, onlyCommitted) { Ignored = RepeatedParts.OfWhole(run, dialect).Ignored };
        using var partial = selection.Where is null ? null : run(queries.Partial);
        return partial?.Read() != true
            ? queries
            : throw new InvalidFormatException(
                FleetFormat.Name, "condition", -1, $"\"{selection.Where}\" chooses some of recordings that were added up when they were pushed: what chooses between these is their day, {string.Join(", ", FleetTable.Alike)}");
    }

    private (ulong, ulong, ulong, ulong) StateOf(FleetQueries queries)
    {
        using var rows = run(queries.State);
        return rows.Read() && rows.Number(0) is > 0 and var count ? (count, rows.Number(1), rows.Number(2), Sum(rows, 3)) : throw Nothing();
    }

    private List<PeriodSums> Periods(FleetQueries queries)
    {
        var periods = new List<PeriodSums>();
        using var rows = run(queries.Periods);
        int width = dialect.HighAndLow ? 2 : 1;
        while (rows.Read())
        {
            periods.Add(new PeriodSums(rows.Number(0), (long)rows.Number(1), Sum(rows, 2), Sum(rows, 2 + width), Sum(rows, 2 + width + width)));
        }

        return periods.Count > 0 ? periods : throw Nothing();
    }

    private static SortedDictionary<ulong, ulong> WeightsOf(List<PeriodSums> periods) => Weights([.. periods.Select(p => p.Period)]);

    private List<DateOnly> Days()
    {
        var days = new List<DateOnly>();
        using var rows = run(Queries().Days);
        while (rows.Read())
        {
            days.Add(Day(rows, 0));
        }

        return days;
    }

    private PulledCounts Sum(FleetQueries queries, List<PeriodSums> periods, SortedDictionary<ulong, ulong> weights)
    {
        var events = Events(queries);
        var sums = new List<RecordingCounts>();
        foreach (var period in periods)
        {
            ulong? only = periods.Count == 1 ? null : period.Period;
            ulong weight = weights[period.Period];
            var files = Binaries(queries, only, weight);
            if (selection.BuildId is not null && files.Count > 0)
            {
                CheckBuildIds(queries, files.Keys);
            }

            if (selection.BuildId is null || files.Count > 0)
            {
                foreach (var table in FleetTable.OfCounts)
                {
                    Read(queries, table, only, weight, files);
                }
            }

            var totals = new RecordingSums(Signed(period.Samples, weight), Signed(period.SamplesWithStack, weight), Signed(period.BranchEntries, weight));
            sums.Add(RecordingCounts.Create(events, totals, files.Values.Select(f => f.ToCounted())));
        }

        if (selection.BuildId is { } id && sums.All(s => s.Files.Count == 0))
        {
            throw new ConversionException(ConversionFailure.NotRecorded, $"no binary with build-id {id} ran in these recordings");
        }

        return new PulledCounts(sums.Count == 1 ? sums[0] : RecordingCounts.Merge(sums), periods.Sum(p => p.Recordings), weights);
    }

    private SortedSet<string> Events(FleetQueries queries)
    {
        var events = new SortedSet<string>(StringComparer.Ordinal);
        using var rows = run(queries.Events);
        while (rows.Read())
        {
            events.UnionWith(rows.Text(0).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return events;
    }

    private Dictionary<ulong, SummedFile> Binaries(FleetQueries queries, ulong? period, ulong weight)
    {
        var files = new Dictionary<ulong, SummedFile>();
        using var rows = run(queries.Binaries(period));
        int width = dialect.HighAndLow ? 2 : 1;
        while (rows.Read())
        {
            string id = BuildIdColumn.Check(rows.Text(1), "binary_file");
            ulong At(int number) => Weighted(Sum(rows, 4 + (number * width)), weight);
            var file = new SummedFile(id, BinaryName.FromColumn(rows.Text(2)), rows.Number(3) != 0, new CountedFileSums(At(0), At(1), At(2), At(3), At(4), At(5)));
            ulong key = rows.Number(0);
            if (!files.TryAdd(key, file) || key != FleetKeys.OfBinary(id, rows.Text(2), file.IsKernel))
            {
                throw new InvalidFormatException(FleetFormat.Name, "table binary_file, column binary_key", -1, $"is {key}, which is not that of {file.Name} with build-id {(id.Length == 0 ? "unknown" : id)}");
            }
        }

        return files;
    }

    private void CheckBuildIds(FleetQueries queries, IEnumerable<ulong> binaries)
    {
        foreach (var table in FleetTable.OfCounts)
        {
            using var rows = run(queries.Strangers(table, binaries));
            if (rows.Read() && rows.Number(0) is > 0 and var count)
            {
                throw new InvalidFormatException(FleetFormat.Name, $"table {table.Name}, column build_id", -1, $"is in {count} rows not the {selection.BuildId} of their binary_key");
            }
        }
    }

    private void Read(FleetQueries queries, FleetTable table, ulong? period, ulong weight, Dictionary<ulong, SummedFile> files)
    {
        using var rows = run(queries.Counts(table, period, selection.BuildId is null ? null : files.Keys));
        int sum = 1 + table.Keys.Count;
        int time = sum + (dialect.HighAndLow ? 2 : 1);
        while (rows.Read())
        {
            ulong key = rows.Number(0);
            if (!files.TryGetValue(key, out var file))
            {
                throw new InvalidFormatException(FleetFormat.Name, $"table {table.Name}, column binary_key", -1, string.Create(CultureInfo.InvariantCulture, $"is {key}, which no row of binary_file describes"));
            }

            ulong count = Weighted(Sum(rows, sum), weight);
            switch (table.Name)
            {
                case "branch": file.Branches.Add(new BranchCount(rows.Number(1), rows.Number(2), count)); break;
                case "range": file.Ranges.Add(Range(rows.Number(1), rows.Number(2), count, rows.Number(time))); break;
                case "sample": file.Samples.Add(new AddressCount(rows.Number(1), count, rows.Number(time))); break;
                default: file.Entries.Add(new AddressCount(rows.Number(1), count, rows.Number(time))); break;
            }
        }
    }

    private static RangeCount Range(ulong start, ulong end, ulong count, ulong time) =>
        end >= start ? new RangeCount(start, end, count, time) : throw new InvalidFormatException(FleetFormat.Name, "table range, column end_offset", -1, $"is 0x{end:x}, before the range's begin at 0x{start:x}");

    private static DateOnly Day(IRows rows, int column) =>
        FleetFormat.TryDay(rows.Text(column), out var day) ? day : throw new InvalidFormatException(FleetFormat.Name, "day", -1, $"is \"{rows.Text(column)}\", not a day");

    private ulong Sum(IRows rows, int column)
    {
        if (!dialect.HighAndLow)
        {
            return rows.Number(column);
        }

        const int HalfBits = 32;
        return (ulong)UInt128.Min(((UInt128)rows.Number(column) << HalfBits) + rows.Number(column + 1), ulong.MaxValue);
    }

    private static ulong Weighted(ulong count, ulong weight) => (ulong)UInt128.Min((UInt128)count * weight, ulong.MaxValue);

    private static ulong Sum(ulong left, ulong right) => (ulong)UInt128.Min((UInt128)left + right, ulong.MaxValue);

    private static long Signed(ulong count, ulong weight) => (long)Math.Min(Weighted(count, weight), long.MaxValue);

    private static ConversionException Nothing() => new(ConversionFailure.EmptyRecording, "no recording in the fleet is of these days and conditions");

    private sealed record PeriodSums(ulong Period, long Recordings, ulong Samples, ulong SamplesWithStack, ulong BranchEntries);

    private sealed record SummedFile(string BuildId, string Name, bool IsKernel, CountedFileSums Sums)
    {
        public List<BranchCount> Branches { get; } = [];

        public List<RangeCount> Ranges { get; } = [];

        public List<AddressCount> Samples { get; } = [];

        public List<AddressCount> Entries { get; } = [];

        public CountedFile ToCounted() => new(Name, IsKernel, Sums, new BinaryCounts(BuildId.Length == 0 ? null : BuildId, Branches, Ranges, Samples, Entries));
    }
}
