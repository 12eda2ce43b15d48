namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>How a recording is stored, apart from what it says.</summary>
internal sealed record RecordingForm
{
    /// <summary>It is the text of <c>perf script</c>.</summary>
    public bool IsText { get; init; }

    /// <summary>It is such a text, with samples of several events, which are counted as one.</summary>
    public bool HasSeveralEventsInText { get; init; }

    /// <summary>Its attributes and features are records, as <c>perf record -o -</c> and <c>perf inject</c> write them.</summary>
    public bool IsPipe { get; init; }

    /// <summary>Its numbers are of the other byte order.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Records are in COMPRESSED records (<c>perf record -z</c>).</summary>
    public bool IsCompressed => CompressedRecords.Count > 0;

    /// <summary>Number of these records by type; their content stands in their place.</summary>
    public Dictionary<uint, long> CompressedRecords { get; init; } = [];

    /// <summary>Number of data files of a folder that <c>perf record --threads</c> wrote; 0 for a single file.</summary>
    public int DataFiles { get; init; }

    /// <summary>Whether records of different times follow each other without perf's marks of how far back they go.</summary>
    public bool IsUnordered => DataFiles > 0 || IsText;

    /// <summary>perf did not come to finish the file, so it has no features.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Bytes at the end that are missing, or are not whole records.</summary>
    public long LostBytes { get; init; }
}
