using System.Diagnostics;
using System.Globalization;
using Tarax.AutoFdo.PerfData;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo.Bench;

/// <summary>What the counting stage takes for each byte of streams of very different lengths, without the time in which it waits for the stream.</summary>
internal static class StreamComparison
{
    private const int Rounds = 5;

    public static int Run(string path, double scale)
    {
        long[] lengths = [(long)(1e8 * scale), (long)(1e9 * scale), (long)(1e10 * scale)];
        var seconds = lengths.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < Rounds; round++)
        {
            for (int i = 0; i < lengths.Length; i++)
            {
                double one = Count(path, lengths[round < 0 ? 0 : i]);
                if (round >= 0)
                {
                    seconds[i].Add(one);
                }
            }
        }

        Console.WriteLine("| bytes of the stream | counting, 1 thread (median, least to most) | for each byte |");
        Console.WriteLine("|---:|---:|---:|");
        for (int i = 0; i < lengths.Length; i++)
        {
            double[] sorted = [.. seconds[i].Order()];
            double median = sorted[Rounds / 2];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {lengths[i]:N0} | {median:0.000} s ({sorted[0]:0.000} to {sorted[^1]:0.000}) | {median / lengths[i] * 1e9:0.000} ns |"));
        }

        return 0;
    }

    private static double Count(string path, long length)
    {
        using var template = PerfDataFile.Open(path);
        var repeated = new RepeatedSamples(template);
        byte[] start = [.. new RecordingStart(path, template).OfPipe(), .. repeated.Others];
        using var stream = new RepeatedStream(start, repeated, length);
        long before = Stopwatch.GetTimestamp();
        using var recording = PerfDataFile.Read(stream);
        RecordingCounter.Run(recording, _ => true, threads: 1, progress: null);
        return Stopwatch.GetElapsedTime(before).TotalSeconds - stream.Waited;
    }
}
