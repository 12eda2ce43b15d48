using System.Globalization;

namespace Tarax.AutoFdo.Fleet;

/// <summary>How an engine writes what engines write differently.</summary>
public abstract class SqlDialect
{
    /// <summary>Standard SQL with DECIMAL(38,0): Spark, Trino, BigQuery (as BIGNUMERIC views) and others.</summary>
    public static SqlDialect Standard { get; } = new StandardDialect();

    /// <summary>DuckDB.</summary>
    public static SqlDialect DuckDb { get; } = new DuckDbDialect();

    /// <summary>ClickHouse since 18.16, on any number of shards.</summary>
    public static SqlDialect ClickHouse { get; } = new ClickHouseDialect();

    /// <summary>Columns that together are the exact sum of a column of unsigned 64-bit numbers: <c>HighAndLow</c> tells whether they are two.</summary>
    internal abstract string Sum(string column);

    /// <summary>Whether sums are two columns: of the upper and of the lower 32 bits.</summary>
    internal virtual bool HighAndLow => false;

    /// <summary>A day.</summary>
    internal virtual string Day(DateOnly day) => $"DATE '{FleetFormat.Of(day)}'";

    /// <summary>A text.</summary>
    internal virtual string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The word for being in the result of a query over all shards.</summary>
    internal virtual string In => "IN";

    /// <summary>An unsigned number.</summary>
    internal static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class StandardDialect : SqlDialect
    {
        internal override string Sum(string column) => $"SUM(CAST({column} AS DECIMAL(38,0)))";
    }

    private sealed class DuckDbDialect : SqlDialect
    {
        /// <summary>The sum of UBIGINT is HUGEINT there.</summary>
        internal override string Sum(string column) => $"CAST(LEAST(SUM({column}), 18446744073709551615) AS UBIGINT)";
    }

    private sealed class ClickHouseDialect : SqlDialect
    {
        internal override bool HighAndLow => true;

        internal override string In => "GLOBAL IN";

        /// <summary>Sums of UInt64 wrap around, those of halves do not.</summary>
        internal override string Sum(string column) => $"sum(bitShiftRight({column}, 32)), sum(bitAnd({column}, 4294967295))";

        internal override string Day(DateOnly day) => $"toDate('{FleetFormat.Of(day)}')";

        internal override string Text(string text) => base.Text(text.Replace("\\", "\\\\", StringComparison.Ordinal));
    }
}
