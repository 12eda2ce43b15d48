using System.Globalization;
using DuckDB.NET.Data;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Finds what is wrong with files: which, and in which row group and column.</summary>
internal sealed class ParquetCheck(EmbeddedEngine engine)
{
    private const string Format = "Parquet";

    /// <summary>Looks at the schemas of files, which their last bytes hold.</summary>
    /// <exception cref="InvalidFormatException">A file is cut short, or has another schema.</exception>
    public void Schemas(FleetTable table, IReadOnlyList<string> files)
    {
        string types = $"list(name || ' ' || coalesce(duckdb_type, '') ORDER BY column_id)";
        var wanted = table.Columns.Select(c => (c.Name, Types: c.Kind == ColumnKind.Number ? (string[])["UBIGINT", "BIGINT"] : ["VARCHAR"])).ToList();
        string right = string.Join(" AND ", wanted.Select(c => $"list_has_any(columns, [{string.Join(", ", c.Types.Select(t => $"'{c.Name} {t}'"))}])"));
        const int AtOnce = 1000;
        foreach (var some in files.Chunk(AtOnce))
        {
            var found = new List<(string File, string Columns)>();
            try
            {
                using var rows = engine.Query($"SELECT file_name, array_to_string(columns, chr(10)) FROM (SELECT file_name, {types} AS columns FROM parquet_schema({EmbeddedEngine.ListOf(some)}) GROUP BY file_name) WHERE NOT ({right}) ORDER BY file_name");
                while (rows.Read())
                {
                    found.Add((rows.Text(0), rows.Text(1)));
                }
            }
            catch (DuckDBException e)
            {
                Array.ForEach(some, Open);
                throw new IOException($"{table.Name}: {e.Message}", e);
            }

            if (found.Count > 0)
            {
                var columns = found[0].Columns.Split('\n').ToHashSet(StringComparer.Ordinal);
                var (name, kinds) = wanted.First(w => !w.Types.Any(t => columns.Contains($"{w.Name} {t}")));
                string? other = columns.FirstOrDefault(c => c.StartsWith(name + " ", StringComparison.Ordinal));
                throw Invalid(found[0].File, "schema", $"column {name}", other is null ? $"is missing, so that this is no file of {table.Name}" : $"is {other[(name.Length + 1)..]}, where {string.Join(" or ", kinds)} is right");
            }
        }
    }

    /// <summary>Looks at all values, when something went wrong with them.</summary>
    /// <exception cref="InvalidFormatException">What is wrong first.</exception>
    public void Values(FleetTable table, IReadOnlyList<string> files)
    {
        Schemas(table, files);
        foreach (string file in files)
        {
            long row = 0;
            int group = 0;
            foreach (long length in RowGroups(file))
            {
                foreach (var column in table.Columns)
                {
                    Check(file, group, row, row + length, column);
                }

                row += length;
                group++;
            }
        }
    }

    private void Open(string file)
    {
        try
        {
            engine.Run($"SELECT count(*) FROM parquet_schema({EmbeddedEngine.Quoted(file)})");
        }
        catch (DuckDBException e)
        {
            throw Invalid(file, "footer", "(all row groups and columns)", $"cannot be read, the file is cut short or no Parquet: {FirstLine(e)}");
        }
    }

    private List<long> RowGroups(string file)
    {
        var groups = new List<long>();
        using var rows = engine.Query($"SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata({EmbeddedEngine.Quoted(file)}) ORDER BY row_group_id");
        while (rows.Read())
        {
            groups.Add((long)rows.Number(1));
        }

        return groups;
    }

    private void Check(string file, int group, long first, long end, FleetColumn column)
    {
        string wrong = column.Name == "build_id" ? BuildIdColumn.IsWrong : column.Kind == ColumnKind.Number ? $"{column.Name} < 0" : "false";
        try
        {
            using var rows = engine.Query(string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT CAST(min(CASE WHEN {column.Name} IS NULL THEN 'nothing' ELSE CAST({column.Name} AS VARCHAR) END) AS VARCHAR), count(*) FROM read_parquet({EmbeddedEngine.Quoted(file)}, file_row_number = true, hive_partitioning = false) WHERE file_row_number >= {first} AND file_row_number < {end} AND ({column.Name} IS NULL OR {wrong})"));
            if (rows.Read() && rows.Number(1) > 0)
            {
                throw Invalid(file, $"row group {group}", $"column {column.Name}", $"is {rows.Text(0)}{(column.Name == "build_id" ? ", not hexadecimal of at most 20 bytes" : ", which no count, offset or sum is")}");
            }
        }
        catch (DuckDBException e)
        {
            throw Invalid(file, $"row group {group}", $"column {column.Name}", $"cannot be read, the file is damaged: {FirstLine(e)}");
        }
    }

    private static InvalidFormatException Invalid(string file, string place, string column, string problem) => new($"{file}: {Format}", $"{place}, {column}", -1, problem);

    private static string FirstLine(DuckDBException e) => e.Message.Split('\n')[0];
}
