using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Bench;

/// <summary>
/// The counting stage beside the least that can be done with a file: one thread that adds up the 64-bit words of its mapped bytes, which has touched them before, or
/// has not.
/// </summary>
internal static class CountingComparison
{
    private const int Rounds = 15;

    public static int Run(string path)
    {
        using var mapped = ByteSource.Open(path, PerfDataFile.Format);
        using var file = PerfDataFile.Open(path);
        double[][] seconds = [new double[Rounds], new double[Rounds], new double[Rounds], new double[Rounds]];
        long allocated = 0;
        long samples = 0;
        ulong sum = 0;
        for (int round = -2; round < Rounds; round++)
        {
            double words = Time(() => sum += SumOf(mapped));
            double mapping = Time(() =>
            {
                using var anew = ByteSource.Open(path, PerfDataFile.Format);
                sum += SumOf(anew);
            });
            long before = GC.GetTotalAllocatedBytes(precise: true);
            double one = Time(() => samples = Count(file, threads: 1));
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            double two = Time(() => Count(file, threads: 2));
            if (round >= 0)
            {
                (seconds[0][round], seconds[1][round], seconds[2][round], seconds[3][round]) = (words, mapping, one, two);
            }
        }

        double[] medians = [.. seconds.Select(s => s.Order().ElementAt(Rounds / 2))];
        double gigabytes = mapped.Length / 1e9;
        Console.WriteLine("| | seconds | GB/s | ratio to the sum |");
        Console.WriteLine("|---|---:|---:|---:|");
        string[] names = ["sum of the words", "the same, and the file is mapped for it", "counting, 1 thread", "counting, 2 threads"];
        for (int i = 0; i < names.Length; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {names[i]} | {medians[i]:0.0000} | {gigabytes / medians[i]:0.0} | {medians[i] / medians[0]:0.00} |"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{mapped.Length:N0} bytes, {samples:N0} samples; counting them on one thread allocated {allocated:N0} bytes in all (checksum {sum:x})."));
        return 0;
    }

    private static long Count(PerfDataFile file, int threads) => RecordingCounter.Run(file, _ => true, threads, progress: null).Scan.Samples;

    private static ulong SumOf(ByteSource source)
    {
        ulong sum = 0;
        for (long at = 0; at < source.Length;)
        {
            int length = (int)Math.Min(source.Length - at, 1 << 30);
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(source.Span("words", at, length)))
            {
                sum += word;
            }

            at += length;
        }

        return sum;
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
