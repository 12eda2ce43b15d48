using Tarax.AutoFdo;
using Tarax.AutoFdo.IO;
#if NETTRACE
using Tarax.AutoFdo.TraceEvent;
#endif

namespace Tarax.Tool;

/// <summary>Recordings of perf, files of counts, and in the .NET tool those of dotnet-trace.</summary>
internal static class Recordings
{
    /// <summary>Reads and counts a recording.</summary>
    public static Recording Count(string path, ConversionOptions options)
    {
#if NETTRACE
        return NettraceRecording.IsNettrace(path) ? NettraceRecording.Count(path, options) : Recording.Count(path, options);
#else
        RefuseNettrace(path);
        return Recording.Count(path, options);
#endif
    }

    /// <summary>Looks at a recording.</summary>
    public static RecordingInspection Inspect(string path, ConversionOptions options)
    {
#if NETTRACE
        return RecordingCounts.IsCountsFile(path) ? RecordingInspection.Of(RecordingCounts.Load(path), "file of counts", options)
            : NettraceRecording.IsNettrace(path) ? NettraceRecording.Inspect(path, options)
            : RecordingInspection.Of(path, options);
#else
        RefuseNettrace(path);
        return RecordingCounts.IsCountsFile(path) ? RecordingInspection.Of(RecordingCounts.Load(path), "file of counts", options) : RecordingInspection.Of(path, options);
#endif
    }

#if !NETTRACE
    /// <summary>TraceEvent does not run in a native executable.</summary>
    private static void RefuseNettrace(string path)
    {
        if (FileSystem.Start(path, new byte[8]).SequenceEqual("Nettrace"u8))
        {
            throw new IOException($"{path}: is a .nettrace, which this executable does not read; the .NET tool does, which dotnet pack makes of samples/tarax");
        }
    }
#endif
}
