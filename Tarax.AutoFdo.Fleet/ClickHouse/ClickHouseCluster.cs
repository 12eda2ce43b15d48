using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// A fleet in ClickHouse. Each table is a <c>MergeTree</c> on every shard (<c>branch_local</c>) and a <c>Distributed</c> one over them (<c>branch</c>). All rows of a part are on one shard, and
/// its row in <c>recording</c> comes last, from the table in which it has arrived: what a push that failed has left is never read.
/// </summary>
public sealed class ClickHouseCluster : FleetStore
{
    private const string Local = "_local";
    private const string Arrived = "recording_arrived";

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
        var fresh = recordings.DistinctBy(r => r.Id).Where(r => !known.Contains(r.Id)).ToList();
        while (fresh.Count > 0)
        {
            var parts = PushedPart.Of(fresh, _ => FleetKeys.NewPart()).GroupBy(p => _shards[(int)(p.Number % (ulong)_shards.Count)]).ToList();
            long rows = FleetTable.All.Sum(table => parts.Sum(shard => Insert(shard.Key, table, shard)));
            using (ClickHouseLock.Take(Lock()))
            {
                var others = Known(fresh);
                if (others.Count == 0)
                {
                    parts.ForEach(shard => Count(shard.Key, shard));
                    return new PushResult(fresh.Count, recordings.Count - fresh.Count, rows);
                }

                // Another push was sooner: what is left is added up anew.
                fresh.RemoveAll(r => others.Contains(r.Id));
            }
        }

        return new PushResult(0, recordings.Count, 0);
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
        foreach (var (shard, table) in _shards.SelectMany(s => FleetTable.All.Select(t => t.Name + Local).Append(Arrived).Reverse().Select(t => (s, t))).Where(_ => before is not null))
        {
            var partitions = new List<string>();
            using (var rows = shard.Query($"SELECT DISTINCT day FROM {table} WHERE day < {SqlDialect.ClickHouse.Day(before!.Value)}"))
            {
                while (rows.Read())
                {
                    partitions.Add(rows.Text(0));
                }
            }

            foreach (string day in partitions)
            {
                shard.Run($"ALTER TABLE {table} DROP PARTITION '{day}'");
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
            OfShard(table, table.Name + Local),
            $"CREATE TABLE IF NOT EXISTS {table.Name} (day Date, {Columns(table)}) ENGINE = Distributed({cluster}, {database}, {table.Name}{Local})",
        ]), OfShard(FleetTable.Recording, Arrived)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _shards.ForEach(s => s.Dispose());
        }

        base.Dispose(disposing);
    }

    private static string OfShard(FleetTable table, string name) => $"CREATE TABLE IF NOT EXISTS {name} (day Date, {Columns(table)}) ENGINE = MergeTree() PARTITION BY day ORDER BY ({Order(table)})";

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
                Make(shard, statement);
            }
        }

        _hasTables = true;
    }

    private static void Make(ClickHouseServer shard, string statement)
    {
        const int Tries = 100;
        for (int tries = 1; ; tries++)
        {
            try
            {
                shard.Run(statement);
                return;
            }
            catch (IOException e) when (ClickHouseLock.IsOfOther(e) && tries < Tries)
            {
                // Another run is about to make it.
                const int Milliseconds = 20;
                Thread.Sleep(Milliseconds);
            }
        }
    }

    private HashSet<string> Known(IReadOnlyCollection<PushedRecording> recordings) =>
        RepeatedParts.Known(_shards[0].Query, SqlDialect.ClickHouse, [.. recordings.Select(r => r.Id)]);

    /// <summary>The server that has the lock: the first shard of the cluster, whatever its addresses are.</summary>
    private ClickHouseServer Lock()
    {
        foreach (var shard in _shards)
        {
            using var rows = shard.Query($"SELECT count() FROM system.clusters WHERE cluster = {SqlDialect.ClickHouse.Text(_cluster)} AND shard_num = 1 AND is_local");
            if (rows.Read() && rows.Number(0) > 0)
            {
                return shard;
            }
        }

        return _shards.MinBy(s => s.Address, StringComparer.Ordinal)!;
    }

    /// <summary>Makes parts count. A request that is cut short inserts what came of it; of a query nothing is left then, so that all recordings of a part count, or none.</summary>
    private static void Count(ClickHouseServer server, IEnumerable<PushedPart> parts)
    {
        string columns = string.Join(", ", FleetTable.Recording.Columns.Select(c => c.Name).Prepend("day"));
        server.Run($"INSERT INTO {FleetTable.Recording.Name}{Local} ({columns}) SELECT {columns} FROM {Arrived} WHERE part IN ({string.Join(", ", parts.Select(p => SqlDialect.Number(p.Number)))})");
    }

    private static long Insert(ClickHouseServer server, FleetTable table, IEnumerable<PushedPart> parts)
    {
        const long MostBytes = 64L << 20;
        long count = 0;
        var bytes = new MemoryStream();
        var writer = new StreamWriter(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        foreach (var part in parts)
        {
            foreach (object[] row in FleetRows.Of(table, part))
            {
                TabSeparated.Write(writer, part.Day, row);
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
                server.Insert(table == FleetTable.Recording ? Arrived : table.Name + Local, bytes);
                // The request has closed the stream.
                bytes = new MemoryStream();
                writer = new StreamWriter(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            }
        }
    }
}
