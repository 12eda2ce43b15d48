using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>A server of ClickHouse, spoken to over HTTP: the formats of its drivers are newer than the servers that Debian has.</summary>
internal sealed class ClickHouseServer(Uri address, string database) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Its address as text.</summary>
    public string Address => address.AbsoluteUri;

    /// <summary>Asks. The server answers when it has everything, so that a fault is never in the middle of rows.</summary>
    public IRows Query(string sql)
    {
        // Where a shard is not there, no answer is better than a part of it.
        string settings = "wait_end_of_query=1&skip_unavailable_shards=0&max_query_size=100000000&default_format=TabSeparated";
        var response = Send(settings, new ByteArrayContent(Encoding.UTF8.GetBytes(sql)));
        return new TabSeparatedRows(address, response, Read(() => response.Content.ReadAsStream()));
    }

    /// <summary>Runs what has no answer.</summary>
    public void Run(string sql) => Query(sql).Dispose();

    /// <summary>Inserts rows that are written as text with tabs.</summary>
    public void Insert(string table, MemoryStream rows)
    {
        rows.Position = 0;
        Send($"query={Uri.EscapeDataString($"INSERT INTO {table} FORMAT TabSeparated")}", new StreamContent(rows)).Dispose();
    }

    public void Dispose() => _http.Dispose();

    private HttpResponseMessage Send(string parameters, HttpContent content) => Read(() =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/?database={Uri.EscapeDataString(database)}&{parameters}")) { Content = content };
        var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        using (var reader = new StreamReader(response.Content.ReadAsStream(), Encoding.UTF8))
        {
            string text = reader.ReadToEnd().Trim();
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{address}: ClickHouse says: {(text.Length == 0 ? $"status {(int)response.StatusCode}" : text.Split('\n')[0])}"));
        }
    });

    private T Read<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{address}: ClickHouse does not answer: {e.Message}", e);
        }
    }

    /// <summary>An answer as text: rows in lines, columns with tabs between.</summary>
    private sealed class TabSeparatedRows(Uri address, HttpResponseMessage response, Stream stream) : IRows
    {
        private readonly StreamReader _reader = new(stream, Encoding.UTF8);
        private string[] _columns = [];

        public bool Read()
        {
            try
            {
                string? line = _reader.ReadLine();
                _columns = line?.Split('\t') ?? [];
                return line is not null;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw new IOException($"{address}: the answer of ClickHouse is cut short: {e.Message}", e);
            }
        }

        public ulong Number(int column) =>
            ulong.TryParse(_columns[column], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                ? number
                : throw new Diagnostics.InvalidFormatException("answer of ClickHouse text", "number", -1, $"is \"{_columns[column]}\"");

        public string Text(int column) => TabSeparated.Unescape(_columns[column]);

        public void Dispose()
        {
            _reader.Dispose();
            response.Dispose();
        }
    }
}
