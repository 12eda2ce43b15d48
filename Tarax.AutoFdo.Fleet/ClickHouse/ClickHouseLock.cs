using System.Diagnostics;
using System.Globalization;

namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// Keeps other runs from making recordings count, until it is closed. It is a table, since of two that make one the server lets only the first do so. From a run that ended without closing it, it is taken
/// after a while; should that run go on all the same, recordings that are in two parts are found when they are read.
/// </summary>
internal sealed class ClickHouseLock : IDisposable
{
    private const string Table = "push_lock";
    private const string TableExists = "Code: 57,";

    /// <summary>Seconds for what takes parts of one.</summary>
    private const int Lease = 30;

    private readonly ClickHouseServer _server;

    private ClickHouseLock(ClickHouseServer server) => _server = server;

    /// <summary>Waits for it.</summary>
    /// <param name="server">The server that has it, for all runs the same.</param>
    /// <exception cref="IOException">It cannot be had within ten minutes, or the server fails.</exception>
    public static ClickHouseLock Take(ClickHouseServer server)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                server.Run($"CREATE TABLE {Table} (day Date) ENGINE = Memory");
                return new ClickHouseLock(server);
            }
            catch (IOException e) when (IsOfOther(e) && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(10))
            {
                const int Milliseconds = 50;
                Thread.Sleep(Milliseconds);
            }

            RemoveOld(server);
        }
    }

    /// <summary>Whether a table was not made because another run has made it, or is about to.</summary>
    public static bool IsOfOther(IOException error) => error.Message.Contains(TableExists, StringComparison.Ordinal);

    public void Dispose() => _server.Run($"DROP TABLE IF EXISTS {Table}");

    private static void RemoveOld(ClickHouseServer server)
    {
        try
        {
            using (var rows = server.Query(string.Create(CultureInfo.InvariantCulture, $"SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = '{Table}' AND metadata_modification_time < now() - {Lease}")))
            {
                if (!rows.Read() || rows.Number(0) == 0)
                {
                    return;
                }
            }

            // Of several runs that find it too old, one can give it another name.
            string old = $"{Table}_{SqlDialect.Number(FleetKeys.NewPart())}";
            server.Run($"RENAME TABLE {Table} TO {old}");
            server.Run($"DROP TABLE {old}");
        }
        catch (IOException)
        {
            // Another run was sooner, or closed it while the server listed its tables; if it is the server, the next statement says so.
        }
    }
}
