using System.Data;
using System.Globalization;
using System.Numerics;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>The rows of a query's result, one after the other.</summary>
internal interface IRows : IDisposable
{
    /// <summary>Goes to the next row; false at the end.</summary>
    bool Read();

    /// <summary>A number that is not negative. Above 64 bits it is the largest of these, as in every sum of counts.</summary>
    ulong Number(int column);

    /// <summary>A text.</summary>
    string Text(int column);
}

/// <summary>Runs a query.</summary>
internal delegate IRows RunQuery(string sql);

/// <summary>Rows of any ADO.NET provider.</summary>
internal sealed class DataReaderRows(IDbCommand command, IDataReader reader) : IRows
{
    public static DataReaderRows Of(IDbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        try
        {
#pragma warning disable CA2100 // The texts in it are quoted, but for the condition that whoever may query gives.
            command.CommandText = sql;
#pragma warning restore CA2100
            return new DataReaderRows(command, command.ExecuteReader());
        }
        catch
        {
            command.Dispose();
            throw;
        }
    }

    public bool Read() => reader.Read();

    public ulong Number(int column)
    {
        object value = reader.GetValue(column);
        var number = value switch
        {
            ulong n => n,
            long n => n,
            uint n => n,
            int n => n,
            short n => n,
            byte n => n,
            bool n => n ? 1 : 0,
            BigInteger n => n,
            decimal n when n == decimal.Truncate(n) => new BigInteger(n),
            _ => throw Invalid(column, $"is {value} ({value.GetType().Name}), not a whole number"),
        };
        return number.Sign < 0 ? throw Invalid(column, $"is {number}, below 0") : (ulong)BigInteger.Min(number, ulong.MaxValue);
    }

    public string Text(int column) => reader.GetValue(column) switch
    {
        string text => text,
        DateOnly day => FleetFormat.Of(day),
        DateTime day => FleetFormat.Of(DateOnly.FromDateTime(day)),
        var value => throw Invalid(column, $"is {value}, not a text"),
    };

    public void Dispose()
    {
        reader.Dispose();
        command.Dispose();
    }

    private InvalidFormatException Invalid(int column, string problem) =>
        new(FleetFormat.Name, string.Create(CultureInfo.InvariantCulture, $"column {reader.GetName(column)}"), -1, problem);
}
