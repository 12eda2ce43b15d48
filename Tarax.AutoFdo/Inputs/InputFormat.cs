using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Inputs;

/// <summary>What an input is, by its first bytes.</summary>
public enum InputFormat
{
    /// <summary>Nothing that is known.</summary>
    Unknown,

    /// <summary>What <c>perf record</c> writes: a file, a stream, or a folder (<c>--threads</c>).</summary>
    PerfData,

    /// <summary>What <c>perf script</c> prints of one.</summary>
    PerfScript,

    /// <summary>Counts of all binaries of recordings, in either form, see <see cref="RecordingCounts"/>.</summary>
    Counts,

    /// <summary>Counts of one binary as text, see <see cref="CountsText"/>.</summary>
    CountsText,

    /// <summary>What an <see cref="InputReader"/> reads.</summary>
    Other,

    /// <summary>BOLT's pre-aggregated text (<c>perf2bolt --pa</c>): branches, ranges and samples by address in the ELF file.</summary>
    Preaggregated,
}
