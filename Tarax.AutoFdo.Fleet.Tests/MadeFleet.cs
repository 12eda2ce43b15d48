using System.Globalization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>
/// Writes a made-up fleet for measurements: each host and day draws executions from the kernel's counts in the test data, as eight classes of hosts weight them; a thousand hosts are one push, and those of
/// a class one part of it, as pushes make it. Three days are drawn, the others have their rows in parts of their own. Needs TARAX_FLEET (a folder), TARAX_FLEET_HOSTS and TARAX_FLEET_DAYS, and for shards TARAX_FLEET_SHARDS (their addresses with commas between).
/// </summary>
[Explicit("writes gigabytes; docs/fleet.md says how")]
public sealed class MadeFleet
{
    private const int Classes = 8;
    private const int Slots = 65536;
    private const int HostsOfPush = 1000;
    private const int DrawnDays = 3;
    private const int DistinctBranches = 20_000;
    private const int SamplesOfDay = 50;
    private const int EntriesOfSample = 32;

    [Test]
    public void Is_written()
    {
        var layout = Layout();
        using var engine = new EmbeddedEngine(threads: 2, memory: 4_000_000_000);
        var kernel = RecordingCounts.Load([.. FleetEnvironment.CountsFiles], threads: 1).Files.Where(f => f.IsKernel).MaxBy(f => f.Counts.Branches.Count)!;
        MakeSlots(engine, "branch", [.. kernel.Counts.Branches.Select(b => (b.From, b.To, b.Count))]);
        MakeSlots(engine, "range", [.. kernel.Counts.Ranges.Select(r => (r.Start, r.End, r.Count))]);
        for (int day = 0; day < Number("TARAX_FLEET_DAYS"); day++)
        {
            for (int push = 0; push < Number("TARAX_FLEET_HOSTS") / HostsOfPush; push++)
            {
                Write(engine, layout, kernel, push, day);
            }
        }

        Assert.That(layout.Pushes(), Is.Not.Empty);
    }

    /// <summary>The fleet of the folder, as a push writes it to shards.</summary>
    [Test]
    public void Is_copied_to_shards()
    {
        var layout = Layout();
        var addresses = Environment.GetEnvironmentVariable("TARAX_FLEET_SHARDS")!.Split(',').Select(a => new Uri(a)).ToList();
        using var engine = new EmbeddedEngine(threads: 2, memory: 4_000_000_000);
        string text = Path.Combine(FleetEnvironment.NewFolder(), "rows");
        foreach (var (address, shard) in addresses.Select((a, i) => (a, i)))
        {
            using var server = new ClickHouseServer(address, "default");
            ClickHouseCluster.Schema().ToList().ForEach(server.Run);
            foreach (var day in layout.Pushes().GroupBy(p => p.Day))
            {
                int number = day.Key.DayNumber - MadeCounts.Day.DayNumber;
                foreach (var table in FleetTable.All)
                {
                    string columns = string.Join(", ", table.Columns.Select(c => c.Name));
                    if (number >= DrawnDays)
                    {
                        string others = string.Join(", ", table.Columns.Select(c => c.Name == "part" ? $"cityHash64(part, {number})" : c.Name == "id" ? $"lower(hex(MD5(concat(id, '/{number}'))))" : c.Name));
                        server.Run($"INSERT INTO {table.Name}_local (day, {columns}) SELECT {SqlDialect.ClickHouse.Day(day.Key)}, {others} FROM {table.Name}_local WHERE day = {SqlDialect.ClickHouse.Day(MadeCounts.Day.AddDays(number % DrawnDays))}");
                        continue;
                    }

                    engine.Run(string.Create(
                        CultureInfo.InvariantCulture,
                        $"COPY (SELECT '{FleetFormat.Of(day.Key)}', {columns} FROM read_parquet({EmbeddedEngine.ListOf(day.Select(p => layout.PathOf(table, p.Day, p.Push)))}, hive_partitioning = false) WHERE part % {addresses.Count} = {shard}) TO {EmbeddedEngine.Quoted(text)} (FORMAT csv, HEADER false, DELIMITER '\t', QUOTE '')"));
                    server.Insert($"{table.Name}_local", new MemoryStream(File.ReadAllBytes(text)));
                }
            }
        }
    }

    private static FolderLayout Layout() => new(Environment.GetEnvironmentVariable("TARAX_FLEET") ?? throw new InvalidOperationException("TARAX_FLEET names no folder"));

    private static void Write(EmbeddedEngine engine, FolderLayout layout, CountedFile kernel, int push, int number)
    {
        var day = MadeCounts.Day.AddDays(number);
        string name = string.Create(CultureInfo.InvariantCulture, $"made-{push}");
        if (layout.Counts(day, name))
        {
            // Another run has written it.
            return;
        }

        if (number >= DrawnDays)
        {
            Copy(engine, layout, number, name);
            return;
        }

        string seed = string.Create(CultureInfo.InvariantCulture, $"{number}, {push}");
        string hosts = string.Create(CultureInfo.InvariantCulture, $"range({HostsOfPush}) t(h)");
        string file = string.Create(CultureInfo.InvariantCulture, $"'{kernel.Counts.BuildId}' AS build_id, {FleetKeys.OfBinary(kernel.Counts.BuildId!, BinaryName.ToColumn(kernel.Name), isKernel: true)}::UBIGINT AS binary_key");
        string part = string.Create(CultureInfo.InvariantCulture, $"hash(h % {Classes}, {seed}, 'part')::UBIGINT AS part");
        string Drawn(string table, string a, string b, int draws, string more) => string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {file}, s.a AS {a}{(b.Length > 0 ? $", s.b AS {b}" : "")}, {part}, count(*)::UBIGINT AS count{more} FROM {hosts}, range({draws}) u(k), slots_{table} s WHERE s.slot = (hash(h, k, {seed}, '{table}') & {Slots - 1}) AND s.class = h % {Classes} GROUP BY s.a{(b.Length > 0 ? ", s.b" : "")}, h % {Classes} ORDER BY ALL");
        string time = string.Create(CultureInfo.InvariantCulture, $", min(hash(s.a, h, {seed}) >> 24)::UBIGINT AS first_time");
        void Write(FleetTable table, string query) => ParquetPush.Write(engine, layout.PathOf(table, day, name), query);
        string Sums(int multiple) => string.Create(CultureInfo.InvariantCulture, $"(count(*) * {multiple})::UBIGINT");

        Write(FleetTable.Branch, Drawn("branch", "from_offset", "to_offset", SamplesOfDay * EntriesOfSample, ""));
        Write(FleetTable.Range, Drawn("range", "begin_offset", "end_offset", SamplesOfDay * (EntriesOfSample - 1), time));
        Write(FleetTable.Sample, Drawn("range", "at_offset", "", SamplesOfDay, time));
        Write(FleetTable.Entry, $"SELECT {file}, 0::UBIGINT AS at_offset, 0::UBIGINT AS part, 0::UBIGINT AS count, 0::UBIGINT AS first_time WHERE false");
        Write(FleetTable.Binary, string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {file}, '{BinaryName.ToColumn(kernel.Name)}' AS name, 1::UBIGINT AS is_kernel, {part}, {Sums(SamplesOfDay)} AS samples, {Sums(SamplesOfDay * EntriesOfSample)} AS branches_into, {Sums(SamplesOfDay * (EntriesOfSample - 1))} AS ranges_seen, 0::UBIGINT AS ranges_leaving, 0::UBIGINT AS ranges_backward, 0::UBIGINT AS ranges_too_long FROM {hosts} GROUP BY h % {Classes} ORDER BY ALL"));
        Write(FleetTable.Recording, string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT md5(concat_ws('/', h, {seed})) AS id, {part}, 'class' || h % {Classes} AS host_class, '' AS cpu, '6.1' AS kernel, 'branches' AS event, 1000003::UBIGINT AS period, {SamplesOfDay}::UBIGINT AS samples, {SamplesOfDay}::UBIGINT AS samples_with_stack, {SamplesOfDay * EntriesOfSample}::UBIGINT AS branch_entries, 0::UBIGINT AS lost, '' AS tool FROM {hosts} ORDER BY ALL"));
    }

    private static void Copy(EmbeddedEngine engine, FolderLayout layout, int number, string name)
    {
        foreach (var table in FleetTable.All)
        {
            string from = EmbeddedEngine.Quoted(layout.PathOf(table, MadeCounts.Day.AddDays(number % DrawnDays), name));
            string id = table == FleetTable.Recording ? string.Create(CultureInfo.InvariantCulture, $", md5(id || '/{number}') AS id") : "";
            ParquetPush.Write(engine, layout.PathOf(table, MadeCounts.Day.AddDays(number), name), string.Create(
                CultureInfo.InvariantCulture, $"SELECT * REPLACE (hash(part, {number})::UBIGINT AS part{id}) FROM read_parquet({from}, hive_partitioning = false) ORDER BY ALL"));
        }
    }

    /// <summary>Each class's distribution as slots that are drawn alike; what is rare has one.</summary>
    private static void MakeSlots(EmbeddedEngine engine, string table, List<(ulong A, ulong B, ulong Count)> counts)
    {
        engine.Run($"CREATE OR REPLACE TEMP TABLE slots_{table} (class BIGINT, slot UBIGINT, a UBIGINT, b UBIGINT)");
        // A large kernel has more branches than one workload shows: the others are as many and as rare again.
        int own = counts.Count;
        for (int i = 0; counts.Count < DistinctBranches; i++)
        {
            var (a, b, count) = counts[i % own];
            ulong distance = (ulong)(1 + (i / own)) << 26;
            counts.Add((a + distance, b + distance, 1 + (count / 16)));
        }

        using var appender = engine.Connection.CreateAppender("temp", "main", $"slots_{table}");
        var random = new Random(1);
        for (int c = 0; c < Classes; c++)
        {
            double[] weights = [.. counts.Select(x => Math.Sqrt(x.Count) * Math.Exp(4 * (random.NextDouble() - 0.5)))];
            double all = weights.Sum();
            double rest = 0;
            ulong slot = 0;
            for (int i = 0; i < counts.Count; i++)
            {
                rest += weights[i] / all * (Slots - counts.Count);
                for (int copies = 1 + (int)rest; copies > 0 && slot < Slots; copies--, slot++)
                {
                    appender.CreateRow().AppendValue((long)c).AppendValue(slot).AppendValue(counts[i].A).AppendValue(counts[i].B).EndRow();
                }

                rest -= (int)rest;
            }
        }
    }

    private static int Number(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable) ?? "", CultureInfo.InvariantCulture);
}
