using System.Globalization;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Puts the pushes of a day together. While old and new files are there, the larger part is what counts (<see cref="RepeatedParts"/>), so that it may end at any moment.</summary>
internal sealed class ParquetCompaction(EmbeddedEngine engine, FolderLayout layout, DateOnly day, IReadOnlyList<string> pushes)
{
    private const string Group = "host_class, cpu, kernel, event, period";

    /// <param name="makeViews">Makes the tables of pushes.</param>
    /// <returns>False where the day is in one file already.</returns>
    public bool Run(Action<IReadOnlyList<(DateOnly Day, string Push)>> makeViews)
    {
        makeViews([.. pushes.Select(p => (day, p))]);
        var ignored = RepeatedParts.Ignored(engine.Query, new FleetQueries(SqlDialect.DuckDb, FleetSelection.All, onlyCommitted: true));
        string counted = ignored.Count == 0 ? "" : $" WHERE part NOT IN ({string.Join(", ", ignored.Select(p => p.ToString(CultureInfo.InvariantCulture)))})";
        string name = FleetKeys.OfPush(Texts($"SELECT id FROM recording{counted}"), "sum");
        if (pushes.Count == 1 && pushes[0] == name)
        {
            return false;
        }

        MapParts(counted, name);
        foreach (var table in FleetTable.All)
        {
            ParquetPush.Write(engine, layout.PathOf(table, day, name), $"{Sum(table)} ORDER BY ALL");
        }

        foreach (string push in pushes.Where(p => p != name))
        {
            layout.Remove(day, push);
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

        using var appender = engine.Connection.CreateAppender("temp", "main", "renamed");
        foreach (var (part, first) in firsts)
        {
            appender.CreateRow().AppendValue(part).AppendValue(FleetKeys.OfPart(first, name)).EndRow();
        }
    }

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
