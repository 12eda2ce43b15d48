using System.Globalization;

namespace Tarax.AutoFdo.Bench;

/// <summary>Counts for BOLT as whole processes, beside perf2bolt's, in turn.</summary>
internal static class BoltComparison
{
    private const int Rounds = 5;

    /// <summary>Compares on a recording, and prints a table.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="binary">The binary, under the name under which it ran.</param>
    /// <param name="executable">The converter's native executable.</param>
    /// <returns>0 where ours was at least twenty times as fast, 1 otherwise.</returns>
    public static int Run(string recording, string binary, string executable)
    {
        const double Wanted = 20;
        string folder = Directory.CreateTempSubdirectory("tarax-bench").FullName;
        string output = Path.Combine(folder, "out");
        (string Name, string[] Command)[] commands =
        [
            ("perf2bolt-22", ["perf2bolt-22", binary, "-p", recording, "-o", output]),
            ("tarax, fdata", [executable, "counts", recording, "--binary", binary, "--format", "fdata", "-o", output]),
            ("tarax, bolt-preaggregated", [executable, "counts", recording, "--binary", binary, "--format", "bolt-preaggregated", "-o", output]),
        ];
        var runs = commands.Select(_ => new List<MeasuredProcess>()).ToArray();
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < commands.Length; i++)
            {
                var run = MeasuredProcess.Run(commands[i].Command);
                if (round > 0)
                {
                    runs[i].Add(run);
                }
            }
        }

        MeasuredProcess[] medians = [.. runs.Select(MeasuredProcess.Median)];
        Console.WriteLine("| | wall time | CPU time | peak memory | ratio |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        for (int i = 0; i < commands.Length; i++)
        {
            var median = medians[i];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {commands[i].Name} | {median.Seconds:0.000} s | {median.CpuSeconds:0.00} s | {median.Megabytes:0} MB | {medians[0].Seconds / median.Seconds:0.0} × |"));
        }

        Directory.Delete(folder, recursive: true);
        return medians[1..].All(m => medians[0].Seconds >= Wanted * m.Seconds) ? 0 : 1;
    }
}
