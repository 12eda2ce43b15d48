using DuckDB.NET.Data;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Writes the parts of one day as files that appear whole, that of recordings last.</summary>
internal sealed class ParquetPush(EmbeddedEngine engine, FolderLayout layout, DateOnly day, string push)
{
    private const string Staging = "staging";

    /// <summary>How files are written: in small row groups, so that a question about one binary reads little.</summary>
    public const string Options = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 122880";

    /// <summary>Writes the rows of parts in some tables.</summary>
    /// <returns>Number of rows.</returns>
    public long Write(IReadOnlyList<PushedPart> parts, IEnumerable<FleetTable> tables)
    {
        long rows = 0;
        foreach (var table in tables)
        {
            try
            {
                rows += Stage(table, parts);
                // What is counted comes before the part: the same branch of many parts lies together, and takes next to no bytes.
                Write(engine, layout.PathOf(table, day, push), $"SELECT * FROM {Staging} ORDER BY ALL");
            }
            catch (DuckDBException e)
            {
                throw new IOException($"{layout.Root}: {e.Message.Split('\n')[0]}", e);
            }
        }

        return rows;
    }

    /// <summary>Writes the result of a query as a file that appears whole.</summary>
    public static void Write(EmbeddedEngine engine, string path, string query)
    {
        string unfinished = FolderLayout.UnfinishedOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            engine.Run($"COPY ({query}) TO {EmbeddedEngine.Quoted(unfinished)} ({Options})");
            using (var file = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
            {
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private long Stage(FleetTable table, IReadOnlyList<PushedPart> parts)
    {
        engine.Run($"CREATE OR REPLACE TEMP TABLE {Staging} ({string.Join(", ", table.Columns.Select(c => $"{c.Name} {(c.Kind == ColumnKind.Number ? "UBIGINT" : "VARCHAR")} NOT NULL"))})");
        long rows = 0;
        using var appender = engine.Connection.CreateAppender("temp", "main", Staging);
        foreach (var part in parts)
        {
            foreach (object[] values in FleetRows.Of(table, part))
            {
                var row = appender.CreateRow();
                foreach (object value in values)
                {
                    _ = value is ulong number ? row.AppendValue(number) : row.AppendValue((string)value);
                }

                row.EndRow();
                rows++;
            }
        }

        return rows;
    }
}
