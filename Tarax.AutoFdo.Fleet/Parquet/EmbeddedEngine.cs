using System.Globalization;
using DuckDB.NET.Data;

namespace Tarax.AutoFdo.Fleet;

/// <summary>DuckDB inside of this process.</summary>
internal sealed class EmbeddedEngine : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    /// <param name="threads">Number of threads; results do not depend on it.</param>
    /// <param name="memory">The most memory in bytes; beyond it, files in the folder for temporary ones.</param>
    public EmbeddedEngine(int threads, long memory)
    {
        _connection.Open();
        Run(string.Create(CultureInfo.InvariantCulture, $"SET threads = {threads}; SET memory_limit = '{memory} B'; SET temp_directory = {Quoted(Path.GetTempPath())}; SET autoinstall_known_extensions = false; SET autoload_known_extensions = false"));
    }

    public DuckDBConnection Connection => _connection;

    public static string Quoted(string text) => SqlDialect.DuckDb.Text(text);

    /// <summary>A list of files as an argument.</summary>
    public static string ListOf(IEnumerable<string> files) => $"[{string.Join(", ", files.Select(Quoted))}]";

    public IRows Query(string sql) => DataReaderRows.Of(_connection, sql);

    public void Run(string sql)
    {
        using var rows = Query(sql);
        while (rows.Read())
        {
        }
    }

    public void Dispose() => _connection.Dispose();
}
