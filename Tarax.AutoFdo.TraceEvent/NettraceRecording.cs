using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Reports;

namespace Tarax.AutoFdo.TraceEvent;

/// <summary>
/// Recordings in the format .nettrace that <c>dotnet-trace collect-linux</c> makes: the addresses of CPU samples and the mappings of all processes. The events are
/// those of the provider Universal.System and Universal.Events (UniversalProviders.md of the package TraceEvent).
/// </summary>
public static class NettraceRecording
{
    private const string Format = "nettrace";

    /// <summary>Whether a file is there and begins as a .nettrace does.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsNettrace(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[8];
        return file.CanSeek && file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("Nettrace"u8);
    }

    /// <summary>Reads the samples of a recording, from which profiles of its binaries are made.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Choices for the conversions; null for the defaults. There are no branch stacks to use.</param>
    /// <exception cref="InvalidFormatException">The file is not a .nettrace, or is damaged.</exception>
    /// <exception cref="ConversionException">It has no CPU samples.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recording Count(string path, ConversionOptions? options = null) =>
        Recording.Of(Read(path), (options ?? new ConversionOptions()) with { UseBranchStacks = false });

    /// <summary>Looks at a recording.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Choices, as for a conversion; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">The file is not a .nettrace, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RecordingInspection Inspect(string path, ConversionOptions? options = null) =>
        RecordingInspection.Of(Read(path), ".nettrace", (options ?? new ConversionOptions()) with { UseBranchStacks = false });

    /// <summary>Reads the samples of a recording: small counts, which can be saved, sent and added up.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFormatException">The file is not a .nettrace, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RecordingCounts Read(string path) => Read(path, path);

    internal static RecordingCounts Read(string path, string name)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!IsNettrace(path))
        {
            // As for any other file: a missing one is reported by the opening.
            using var file = File.OpenRead(path);
            throw new InvalidFormatException(Format, "magic", 0, $"{name} does not begin as a .nettrace");
        }

        // TraceEvent gives the addresses of samples only of its own format.
        string converted = Path.Combine(Path.GetTempPath(), $"tarax-{Guid.NewGuid():N}.etlx");
        try
        {
            using var log = Open(path, converted);
            return SampleReader.Read(log, name);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or IOException or UnauthorizedAccessException or InvalidFormatException))
        {
            throw new InvalidFormatException(Format, "content", -1, $"{name} cannot be read: {e.Message}");
        }
        finally
        {
            File.Delete(converted);
        }
    }

    private static TraceLog Open(string path, string converted)
    {
        TraceLog.CreateFromEventPipeDataFile(path, converted, new TraceLogOptions { ConversionLog = TextWriter.Null });
        return new TraceLog(converted);
    }
}
