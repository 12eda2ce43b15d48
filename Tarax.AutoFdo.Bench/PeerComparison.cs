using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tarax.AutoFdo.Bench;

/// <summary>
/// Whole conversions as processes, ours and the peers' in turn, with wall time and peak memory as /usr/bin/time reports them.
/// Machines differ and drift; the ratios of one run are what can be compared.
/// </summary>
internal static partial class PeerComparison
{
    private const int Rounds = 7;

    public static int Run(string data, string? executable)
    {
        string folder = Directory.CreateTempSubdirectory("tarax-bench").FullName;
        executable ??= Publish(folder);
        string output = Path.Combine(folder, "out");
        Console.WriteLine("| recording | tarax | create_gcov 0.19 | llvm-profgen-22 | ratio to create_gcov | ratio to llvm-profgen |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        bool isFaster = true;
        foreach (var set in DataSet.In(data))
        {
            string[][] commands =
            [
                [executable, "convert", set.Recording, "--binary", set.Binary, "-o", output, .. set.MappedAs is null ? (string[])[] : ["--mapped-as", set.MappedAs]],
                ["create_gcov", $"--binary={Named(set, folder)}", $"--profile={set.Recording}", $"--gcov={output}", "-gcov_version=1"],
                ["llvm-profgen-22", $"--binary={Named(set, folder)}", $"--perfdata={set.Recording}", $"--output={output}", "--show-detailed-warning=false"],
            ];
            var runs = commands.Select(_ => new List<(double Seconds, double Megabytes)>()).ToArray();
            for (int round = 0; round <= Rounds; round++)
            {
                for (int i = 0; i < commands.Length; i++)
                {
                    var run = Time(commands[i]);
                    if (round > 0)
                    {
                        runs[i].Add(run);
                    }
                }
            }

            double[] seconds = [.. runs.Select(r => Median(r.Select(x => x.Seconds)))];
            double[] megabytes = [.. runs.Select(r => Median(r.Select(x => x.Megabytes)))];
            isFaster &= seconds[0] < seconds[1] && seconds[0] < seconds[2];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {set.Name} | {seconds[0]:0.000} s, {megabytes[0]:0} MB | {seconds[1]:0.000} s, {megabytes[1]:0} MB | {seconds[2]:0.000} s, {megabytes[2]:0} MB | {seconds[1] / seconds[0]:0.0} × | {seconds[2] / seconds[0]:0.0} × |"));
        }

        Directory.Delete(folder, recursive: true);
        return isFaster ? 0 : 1;
    }

    /// <summary>The peers know a binary without a build-id by its name only, so it gets the name under which it ran.</summary>
    private static string Named(DataSet set, string folder)
    {
        if (set.MappedAs is null)
        {
            return set.Binary;
        }

        string copy = Path.Combine(folder, set.MappedAs);
        File.Copy(set.Binary, copy, overwrite: true);
        return copy;
    }

    private static string Publish(string folder)
    {
        string repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(repository, "Tarax.AutoFdo.slnx")))
        {
            repository = Path.GetDirectoryName(repository) ?? throw new InvalidOperationException("the benchmarks do not run inside of the repository");
        }

        string target = Path.Combine(folder, "publish");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["publish", Path.Combine(repository, "samples", "tarax"), "-f", "net9.0", "-r", "linux-x64", "-p:PublishAot=true", "-o", target])
        {
            RedirectStandardOutput = true,
        })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Path.Combine(target, "tarax");
    }

    private static (double Seconds, double Megabytes) Time(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/time", ["-f", "TIME %e %M", .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        long start = Stopwatch.GetTimestamp();
        var output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.Wait();
        var match = TimeLine().Match(error);
        return match.Success
            ? (seconds, double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 1024)
            : throw new InvalidOperationException($"{string.Join(' ', command)}: {error}");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    [GeneratedRegex(@"TIME [0-9.]+ ([0-9]+)")]
    private static partial Regex TimeLine();
}
