using Tarax.AutoFdo;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Reports;
#if NETTRACE
using Tarax.AutoFdo.TraceEvent;
#endif

namespace Tarax.Tool;

/// <summary>Inputs of the commands: each is opened once.</summary>
internal static class Recordings
{
#if NETTRACE
    static Recordings() => InputReader.Add(new NettraceReader());
#endif

    /// <summary>Opens an input.</summary>
    public static Input Open(string path, ConversionOptions options)
    {
#if !NETTRACE
        RefuseNettrace(path);
#endif
        return Input.Open(path, options.MaximumInput);
    }

    /// <summary>Reads and counts a recording.</summary>
    public static Recording Count(string path, ConversionOptions options)
    {
        using var input = Open(path, options);
        return Recording.Count(input, options);
    }

    /// <summary>The counts of an input.</summary>
    public static RecordingCounts CountsOf(string path, ConversionOptions options)
    {
        using var input = Open(path, options);
        return Recording.CountsOf(input, options);
    }

    /// <summary>Reads and counts recordings, and adds up their counts.</summary>
    public static Recording Count(IReadOnlyList<string> paths, ConversionOptions options) => paths is [var path] ? Count(path, options) : Recording.Of(CountsOf(paths, options), options);

    /// <summary>The counts of inputs, added up.</summary>
    public static RecordingCounts CountsOf(IReadOnlyList<string> paths, ConversionOptions options)
    {
        var kinds = paths.ToLookup(RecordingCounts.IsCountsFile);
        var counted = RecordingCounts.Load([.. kinds[true]], options.Threads);
        return kinds[false].Any() ? RecordingCounts.Merge(kinds[false].Select(p => CountsOf(p, options)).Prepend(counted)) : counted;
    }

    /// <summary>Looks at a recording.</summary>
    public static RecordingInspection Inspect(string path, ConversionOptions options)
    {
        using var input = Open(path, options);
        return RecordingInspection.Of(input, options);
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
