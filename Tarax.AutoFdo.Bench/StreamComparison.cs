using System.Diagnostics;
using System.Globalization;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Bench;

/// <summary>What the counting stage takes for each byte of streams of very different lengths, without the time in which it waits for the stream.</summary>
internal static class StreamComparison
{
    private const int Rounds = 5;

    public static int Run(string path, double scale)
    {
        // Short ones more often, since chance weighs more in them.
        (long Length, int Times)[] streams = [((long)(1e8 * scale), 9), ((long)(1e9 * scale), 3), ((long)(1e10 * scale), 1)];
        var nanoseconds = streams.Select(_ => new List<double>()).ToArray();
        long[] bytes = new long[streams.Length];
        Count(path, streams[0].Length);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < streams.Length; i++)
            {
                for (int time = 0; time < streams[i].Times; time++)
                {
                    (double seconds, bytes[i]) = Count(path, streams[i].Length);
                    nanoseconds[i].Add(seconds / bytes[i] * 1e9);
                }
            }
        }

        Console.WriteLine("| bytes of the stream | streams | counting, 1 thread, for each byte: median | least to most |");
        Console.WriteLine("|---:|---:|---:|---:|");
        double[] medians = new double[streams.Length];
        for (int i = 0; i < streams.Length; i++)
        {
            double[] sorted = [.. nanoseconds[i].Order()];
            medians[i] = sorted[sorted.Length / 2];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {bytes[i]:N0} | {sorted.Length} | {medians[i]:0.000} ns | {sorted[0]:0.000} to {sorted[^1]:0.000} ns |"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nThe most for a byte is {(medians.Max() / medians.Min() * 100) - 100:0.0} % above the least."));
        return 0;
    }

    private static (double Seconds, long Bytes) Count(string path, long length)
    {
        using var template = PerfDataFile.Open(path);
        var repeated = new RepeatedSamples(template);
        byte[] start = [.. new RecordingStart(path, template).OfPipe(), .. repeated.Others];
        using var stream = new RepeatedStream(start, repeated, length);
        long before = Stopwatch.GetTimestamp();
        using var recording = PerfDataFile.Read(stream);
        RecordingCounter.Run(recording, _ => true, threads: 1, progress: null);
        return (Stopwatch.GetElapsedTime(before).TotalSeconds - stream.Waited, stream.Position);
    }
}
