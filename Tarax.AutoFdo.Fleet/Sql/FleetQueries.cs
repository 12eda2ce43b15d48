using System.Globalization;

namespace Tarax.AutoFdo.Fleet;

/// <summary>The queries, which are the same for every engine but for the dialect's words.</summary>
/// <param name="dialect">The engine's.</param>
/// <param name="selection">Which recordings.</param>
/// <param name="onlyCommitted">Whether the tables of counts hold nothing but rows of parts that recordings name.</param>
internal sealed class FleetQueries(SqlDialect dialect, FleetSelection selection, bool onlyCommitted)
{
    /// <summary>Parts that do not count, since recordings of theirs count in other parts.</summary>
    public IReadOnlyList<ulong> Ignored { get; init; } = [];

    /// <summary>Recordings and sums by period.</summary>
    public string Periods =>
        $"SELECT period, COUNT(*), {dialect.Sum("samples")}, {dialect.Sum("samples_with_stack")}, {dialect.Sum("branch_entries")} FROM recording WHERE {Recordings()} GROUP BY period ORDER BY period";

    public string Events => $"SELECT DISTINCT event FROM recording WHERE {Recordings()}";

    public string Days => $"SELECT DISTINCT day FROM recording WHERE {Recordings()} ORDER BY day";

    /// <summary>What changes when recordings come or go.</summary>
    public string State => $"SELECT COUNT(*), MIN(part), MAX(part), {dialect.Sum("samples")} FROM recording WHERE {Recordings()}";

    /// <summary>Parts of whose recordings the condition chooses some, and others not.</summary>
    public string Partial =>
        $"SELECT part FROM recording WHERE {InDays()}{NotIgnored()} GROUP BY part HAVING SUM({Chosen}) > 0 AND SUM({Chosen}) < COUNT(*)";

    /// <summary>Recordings of the whole fleet that are in several parts, with these.</summary>
    public static string Repeated(SqlDialect dialect) => $"SELECT id, part FROM recording WHERE id {dialect.In} (SELECT id FROM recording GROUP BY id HAVING COUNT(*) > 1)";

    /// <summary>The parts of recordings.</summary>
    public static string PartsOf(IEnumerable<string> quotedIds) => $"SELECT id, part FROM recording WHERE id IN ({string.Join(", ", quotedIds)})";

    /// <summary>How many recordings each of some parts is of.</summary>
    public static string SizesOf(IEnumerable<ulong> parts) => $"SELECT part, COUNT(*) FROM recording WHERE part IN ({List(parts)}) GROUP BY part";

    public string Binaries(ulong? period) =>
        $"SELECT binary_key, build_id, name, is_kernel, {string.Join(", ", FleetTable.SumsOfFile.Select(dialect.Sum))} FROM binary_file WHERE {OfParts(period)}{OfBuildId()} GROUP BY binary_key, build_id, name, is_kernel";

    /// <summary>Samples by binary and period, and the days on which it ran.</summary>
    public string BinaryDays(ulong? period) =>
        $"SELECT build_id, MIN(name), MIN(day), MAX(day), {dialect.Sum("samples")} FROM binary_file WHERE {OfParts(period)} GROUP BY build_id{NamesWithoutBuildId}";

    /// <summary>The first day on which each binary ran, in the whole fleet.</summary>
    public string FirstDays => $"SELECT build_id, MIN(name), MIN(day) FROM binary_file{(onlyCommitted ? "" : $" WHERE part {dialect.In} (SELECT part FROM recording)")} GROUP BY build_id{NamesWithoutBuildId}";

    /// <summary>The counts of a table: binary, what is counted, sum and, where the table has it, the earliest time.</summary>
    /// <param name="table">The table.</param>
    /// <param name="period">The period of the recordings; null for any.</param>
    /// <param name="binaries">The binaries; null for all.</param>
    public string Counts(FleetTable table, ulong? period, IReadOnlyCollection<ulong>? binaries)
    {
        string keys = string.Join(", ", table.Keys);
        // Of one binary, which is what is asked most, groups are smaller.
        var (binary, groups) = binaries?.Count == 1 ? (SqlDialect.Number(binaries.First()), keys) : ("binary_key", $"binary_key, {keys}");
        return $"SELECT {binary}, {keys}, {dialect.Sum("count")}{(table.HasTime ? ", MIN(first_time)" : "")} FROM {table.Name} WHERE {OfParts(period)}{(binaries is null ? "" : $" AND binary_key IN ({List(binaries)})")} GROUP BY {groups}";
    }

    /// <summary>Rows whose build-id is not that of their binary.</summary>
    public string Strangers(FleetTable table, IEnumerable<ulong> binaries) =>
        $"SELECT COUNT(*) FROM {table.Name} WHERE {InDays()} AND build_id <> {dialect.Text(selection.BuildId!)} AND binary_key IN ({List(binaries)})";

    private const string NamesWithoutBuildId = ", CASE WHEN build_id = '' THEN name ELSE '' END";

    private string Chosen => $"CASE WHEN ({selection.Where}) THEN 1 ELSE 0 END";

    private string OfBuildId() => selection.BuildId is { } id ? $" AND build_id = {dialect.Text(id)}" : "";

    private string OfParts(ulong? period) =>
        onlyCommitted && period is null && selection.Event is null && selection.Where is null
            ? InDays() + NotIgnored()
            : $"{InDays()} AND part {dialect.In} (SELECT part FROM recording WHERE {Recordings()}{(period is { } p ? $" AND period = {SqlDialect.Number(p)}" : "")})";

    private string Recordings() =>
        InDays() + (selection.Event is { } name ? $" AND event = {dialect.Text(name)}" : "") + (selection.Where is { } where ? $" AND ({where})" : "") + NotIgnored();

    private string NotIgnored() => Ignored.Count == 0 ? "" : $" AND part NOT IN ({List(Ignored)})";

    /// <summary>The condition on days, by which engines leave whole partitions out.</summary>
    private string InDays() =>
        (selection.Since, selection.Until) switch
        {
            ({ } since, { } until) => $"day >= {dialect.Day(since)} AND day <= {dialect.Day(until)}",
            ({ } since, null) => $"day >= {dialect.Day(since)}",
            (null, { } until) => $"day <= {dialect.Day(until)}",
            _ => "1 = 1",
        };

    private static string List(IEnumerable<ulong> numbers) => string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
}
