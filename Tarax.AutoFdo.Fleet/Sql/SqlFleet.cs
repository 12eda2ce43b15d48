using System.Data;
using System.Data.Common;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Reads the sum of a fleet from any engine that has the tables, through its ADO.NET provider.</summary>
public static class SqlFleet
{
    /// <summary>Adds a part of the fleet up.</summary>
    /// <param name="connection">An open connection, in whose default schema the tables are.</param>
    /// <param name="dialect">The engine's words.</param>
    /// <param name="selection">Which part.</param>
    /// <exception cref="Diagnostics.ConversionException">There are no recordings in it.</exception>
    /// <exception cref="Diagnostics.InvalidFormatException">What the engine answers is not of the schema.</exception>
    /// <exception cref="IOException">The engine fails, or its tables change all the time.</exception>
    public static PulledCounts Pull(IDbConnection connection, SqlDialect dialect, FleetSelection selection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(dialect);
        ArgumentNullException.ThrowIfNull(selection);
        try
        {
            return new CountsOfRows(sql => DataReaderRows.Of(connection, sql), dialect, selection.Normal(), onlyCommitted: false).Pull();
        }
        catch (DbException e)
        {
            throw new IOException($"the engine says: {e.Message}", e);
        }
    }
}
