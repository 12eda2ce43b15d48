using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// A fleet in ClickHouse. Each table is a <c>MergeTree</c> on every shard (<c>branch_local</c>) and a <c>Distributed</c> one over them (<c>branch</c>). All rows of a recording are on one shard, and
/// its row in <c>recording</c> is inserted last: what a push that failed has left is never read.
/// </summary>
public sealed class ClickHouseCluster : FleetStore
{
    private const string Local = "_local";

    private readonly List<ClickHouseServer> _shards;
    private readonly string _cluster;
    private readonly string _database;
    private bool _hasTables;

    /// <summary>Names the servers; nothing is asked yet.</summary>
    /// <param name="shards">The HTTP interfaces, one of each shard.</param>
    /// <param name="cluster">The cluster's name in the servers' configuration (<c>remote_servers</c>).</param>
    /// <param name="database">The database, which must be there.</param>
    public ClickHouseCluster(IEnumerable<Uri> shards, string cluster = "fleet", string database = "default")
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentException.ThrowIfNullOrEmpty(cluster);
        ArgumentException.ThrowIfNullOrEmpty(database);
        (_cluster, _database) = (cluster, database);
        _shards = [.. shards.Select(s => new ClickHouseServer(s, database))];
        ArgumentOutOfRangeException.ThrowIfZero(_shards.Count, nameof(shards));
    }

    /// <inheritdoc/>
    public override PushResult Push(IReadOnlyCollection<PushedRecording> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        MakeTables();
        var known = Known(recordings);
        var fresh = recordings.DistinctBy(r => r.Id).Where(r => !known.Contains(r.Id)).Select(r => (Recording: r, Part: FleetKeys.NewPart())).ToList();
        long rows = 0;
        foreach (var table in FleetTable.All)
        {
            foreach (var shard in fresh.GroupBy(r => r.Part % (ulong)_shards.Count))
            {
                rows += Insert(_shards[(int)shard.Key], table, shard);
            }
        }

        return new PushResult(fresh.Count, recordings.Count - fresh.Count, rows);
    }

    /// <inheritdoc/>
    public override PulledCounts Pull(FleetSelection selection) => Of(selection).Pull();

    /// <inheritdoc/>
    public override IReadOnlyList<FleetBinary> Top(FleetSelection selection) => Of(selection).Top();

    /// <inheritdoc/>
    public override IReadOnlyList<DayOverlap> Drift(FleetSelection selection) => Overlaps.Of(Of(selection).PullDays());

    /// <inheritdoc/>
    public override int Prune(DateOnly? before)
    {
        MakeTables();
        var days = new HashSet<string>(StringComparer.Ordinal);
        // What failed pushes have left goes with its day: to look for it would find what is being pushed as well.
        foreach (var (shard, table) in _shards.SelectMany(s => FleetTable.All.Reverse().Select(t => (s, t))).Where(_ => before is not null))
        {
            var partitions = new List<string>();
            using (var rows = shard.Query($"SELECT DISTINCT day FROM {table.Name}{Local} WHERE day < {SqlDialect.ClickHouse.Day(before!.Value)}"))
            {
                while (rows.Read())
                {
                    partitions.Add(rows.Text(0));
                }
            }

            foreach (string day in partitions)
            {
                shard.Run($"ALTER TABLE {table.Name}{Local} DROP PARTITION '{day}'");
                days.Add(day);
            }
        }

        return days.Count;
    }

    /// <summary>The statements that make the tables.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="database">The database.</param>
    public static IReadOnlyList<string> Schema(string cluster = "fleet", string database = "default") =>
        [.. FleetTable.All.SelectMany(table => (string[])
        [
            $"CREATE TABLE IF NOT EXISTS {table.Name}{Local} (day Date, {Columns(table)}) ENGINE = MergeTree() PARTITION BY day ORDER BY ({Order(table)})",
            $"CREATE TABLE IF NOT EXISTS {table.Name} (day Date, {Columns(table)}) ENGINE = Distributed({cluster}, {database}, {table.Name}{Local})",
        ])];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _shards.ForEach(s => s.Dispose());
        }

        base.Dispose(disposing);
    }

    private static string Columns(FleetTable table) => string.Join(", ", table.Columns.Select(c => $"{c.Name} {(c.Kind == ColumnKind.Number ? "UInt64" : "String")}"));

    private static string Order(FleetTable table) =>
        table == FleetTable.Recording ? "id" : string.Join(", ", ((string[])["build_id", "binary_key"]).Concat(table.Keys).Append("part"));

    private CountsOfRows Of(FleetSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        MakeTables();
        return new CountsOfRows(_shards[0].Query, SqlDialect.ClickHouse, selection.Normal(), onlyCommitted: false);
    }

    private void MakeTables()
    {
        foreach (var shard in _hasTables ? [] : _shards)
        {
            foreach (string statement in Schema(_cluster, _database))
            {
                shard.Run(statement);
            }
        }

        _hasTables = true;
    }

    private HashSet<string> Known(IReadOnlyCollection<PushedRecording> recordings)
    {
        const int AtOnce = 1000;
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in recordings.Select(r => r.Id).Chunk(AtOnce))
        {
            using var rows = _shards[0].Query($"SELECT id FROM recording WHERE id IN ({string.Join(", ", some.Select(SqlDialect.ClickHouse.Text))})");
            while (rows.Read())
            {
                known.Add(rows.Text(0));
            }
        }

        return known;
    }

    private static long Insert(ClickHouseServer server, FleetTable table, IEnumerable<(PushedRecording Recording, ulong Part)> recordings)
    {
        const long MostBytes = 64L << 20;
        long count = 0;
        var bytes = new MemoryStream();
        var writer = new StreamWriter(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        foreach (var (recording, part) in recordings)
        {
            foreach (object[] row in FleetRows.Of(table, recording, part))
            {
                TabSeparated.Write(writer, recording.Day, row);
                count++;
                if (bytes.Length > MostBytes)
                {
                    Flush();
                }
            }
        }

        Flush();
        return count;

        void Flush()
        {
            writer.Flush();
            if (bytes.Length > 0)
            {
                server.Insert(table.Name + Local, bytes);
                // The request has closed the stream.
                bytes = new MemoryStream();
                writer = new StreamWriter(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            }
        }
    }
}
