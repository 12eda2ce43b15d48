using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Tarax.AutoFdo.Bench;

/// <summary>Bytes of the recording for each second of a stage that reads it.</summary>
internal sealed class ThroughputColumn : IColumn
{
    /// <inheritdoc/>
    public string Id => nameof(ThroughputColumn);

    /// <inheritdoc/>
    public string ColumnName => "GB/s";

    /// <inheritdoc/>
    public bool AlwaysShow => true;

    /// <inheritdoc/>
    public ColumnCategory Category => ColumnCategory.Custom;

    /// <inheritdoc/>
    public int PriorityInCategory => 0;

    /// <inheritdoc/>
    public bool IsNumeric => true;

    /// <inheritdoc/>
    public UnitType UnitType => UnitType.Dimensionless;

    /// <inheritdoc/>
    public string Legend => "Bytes of the recording for each second, in 10^9";

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        bool readsRecording = benchmarkCase.Descriptor.WorkloadMethod.Name is nameof(StageBenchmarks.Decode) or nameof(StageBenchmarks.Count);
        if (!readsRecording || summary[benchmarkCase]?.ResultStatistics is not { } statistics)
        {
            return "-";
        }

        long bytes = new FileInfo(DataSet.Find((string)benchmarkCase.Parameters[nameof(StageBenchmarks.Set)]).Recording).Length;
        return (bytes / statistics.Mean).ToString("0.0", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    /// <inheritdoc/>
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    /// <inheritdoc/>
    public bool IsAvailable(Summary summary) => true;
}
