namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>What stands before the records, or between them, and where the records lie.</summary>
/// <param name="Events">The recorded events.</param>
/// <param name="Features">What the recording says of itself.</param>
/// <param name="DataStart">Offset of the first record.</param>
/// <param name="DataEnd">Offset after the last whole record.</param>
internal sealed record RecordingHead(List<PerfEvent> Events, PerfFeatures Features, long DataStart, long DataEnd)
{
    public bool IsCompressed { get; init; }

    /// <summary>Whether a stream has AUX data of Arm SPE, which are looked at when all mappings are known.</summary>
    public bool HasSpe { get; init; }

    public bool IsUnfinished { get; init; }

    public long LostBytes { get; init; }
}
