using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Puts the pushes of a day together. While old and new files are there, the larger part is what counts (<see cref="RepeatedParts"/>), so that it may end at any moment.</summary>
/// <param name="engine">The engine.</param>
/// <param name="layout">The folder.</param>
/// <param name="day">The day.</param>
/// <param name="pushes">Its pushes.</param>
/// <param name="ignored">The parts of the whole fleet that do not count.</param>
internal sealed class ParquetCompaction(EmbeddedEngine engine, FolderLayout layout, DateOnly day, IReadOnlyList<string> pushes, IReadOnlyList<ulong> ignored)
{
    private static readonly string Group = string.Join(", ", FleetTable.Alike);

    /// <param name="makeViews">Makes the tables of pushes.</param>
    /// <returns>False where the day is in one file already.</returns>
    public bool Run(Action<IReadOnlyList<(DateOnly Day, string Push)>> makeViews)
    {
        makeViews([.. pushes.Select(p => (day, p))]);
        string counted = ignored.Count == 0 ? "" : $" WHERE part NOT IN ({string.Join(", ", ignored.Select(SqlDialect.Number))})";
        string name = FleetKeys.OfPush(Texts($"SELECT concat_ws(chr(0), id, {Group}) FROM recording{counted}"), day, "sum");
        if (pushes.Count == 1 && pushes[0] == name)
        {
            return false;
        }

        MapParts(counted, name);
        foreach (var table in FleetTable.OfParts)
        {
            Write(table, name);
        }

        using (layout.Lock())
        {
            if (!layout.IsWhole(day, name) || !pushes.All(p => layout.Counts(day, p)))
            {
                throw new IOException($"{layout.Root}: another run has put {FleetFormat.Of(day)} together or removed it meanwhile");
            }

            Write(FleetTable.Recording, name);
            foreach (string push in pushes.Where(p => p != name))
            {
                layout.Remove(day, push);
            }
        }

        return true;
    }

    /// <summary>Which part becomes which: one for each group.</summary>
    private void MapParts(string counted, string name)
    {
        engine.Run($"CREATE OR REPLACE TEMP TABLE grouped AS SELECT {Group}, part, row_number() OVER (ORDER BY {Group}, part) AS place, first_value(min(id)) OVER (PARTITION BY {Group} ORDER BY min(id)) AS first_id FROM recording{counted} GROUP BY {Group}, part");
        engine.Run("CREATE OR REPLACE TEMP TABLE renamed (part UBIGINT, sum_part UBIGINT)");
        var firsts = new List<(ulong Part, string FirstId)>();
        using (var rows = engine.Query("SELECT part, first_id FROM grouped ORDER BY place"))
        {
            while (rows.Read())
            {
                firsts.Add((rows.Number(0), rows.Text(1)));
            }
        }

        if (firsts.DistinctBy(f => f.Part).Count() != firsts.Count)
        {
            throw new InvalidFormatException(FleetFormat.Name, "table recording, column part", -1, $"is the same of recordings that are not alike ({Group})");
        }

        using var appender = engine.Connection.CreateAppender("temp", "main", "renamed");
        foreach (var (part, first) in firsts)
        {
            appender.CreateRow().AppendValue(part).AppendValue(FleetKeys.OfPart(first, name)).EndRow();
        }
    }

    private void Write(FleetTable table, string name) => ParquetPush.Write(engine, layout.PathOf(table, day, name), $"{Sum(table)} ORDER BY ALL");

    private static string Sum(FleetTable table)
    {
        if (table == FleetTable.Recording)
        {
            return $"SELECT {string.Join(", ", table.Columns.Select(c => c.Name == "part" ? "sum_part AS part" : c.Name))} FROM recording JOIN renamed USING (part)";
        }

        string[] sums = table == FleetTable.Binary ? [.. FleetTable.SumsOfFile] : ["count"];
        return $"SELECT {string.Join(", ", table.Columns.Select(c => c.Name == "part" ? "sum_part AS part" : sums.Contains(c.Name) ? $"{SqlDialect.DuckDb.Sum(c.Name)} AS {c.Name}" : c.Name == "first_time" ? "MIN(first_time) AS first_time" : c.Name))} FROM {table.Name} JOIN renamed USING (part) GROUP BY {string.Join(", ", table.Columns.Where(c => c.Name is not ("part" or "first_time") && !sums.Contains(c.Name)).Select(c => c.Name).Append("sum_part"))}";
    }

    private List<string> Texts(string sql)
    {
        var texts = new List<string>();
        using var rows = engine.Query(sql);
        while (rows.Read())
        {
            texts.Add(rows.Text(0));
        }

        return texts;
    }
}
