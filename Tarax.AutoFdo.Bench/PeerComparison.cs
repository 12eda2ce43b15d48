using System.Globalization;

namespace Tarax.AutoFdo.Bench;

/// <summary>
/// Whole conversions as processes, ours and the peers' in turn, with wall time and peak memory. Machines differ and drift; the ratios of one run
/// are what can be compared.
/// </summary>
internal static class PeerComparison
{
    private const int Rounds = 7;

    /// <summary>Compares on some recordings, and prints a table.</summary>
    /// <param name="sets">The recordings.</param>
    /// <param name="executable">The converter's native executable.</param>
    /// <returns>0 where ours was faster on every one, 1 otherwise.</returns>
    public static int Run(IEnumerable<DataSet> sets, string executable)
    {
        string folder = Directory.CreateTempSubdirectory("tarax-bench").FullName;
        string output = Path.Combine(folder, "out");
        Console.WriteLine("| recording | tarax | create_gcov 0.19 | llvm-profgen-22 | ratio to create_gcov | ratio to llvm-profgen |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        bool isFaster = true;
        foreach (var set in sets)
        {
            string[][] commands =
            [
                [executable, "convert", set.Recording, "--binary", set.Binary, "-o", output, .. set.MappedAs is null ? (string[])[] : ["--mapped-as", set.MappedAs]],
                ["create_gcov", $"--binary={Named(set, folder)}", $"--profile={set.Recording}", $"--gcov={output}", "-gcov_version=1"],
                ["llvm-profgen-22", $"--binary={Named(set, folder)}", $"--perfdata={set.Recording}", $"--output={output}", "--show-detailed-warning=false"],
            ];
            var runs = commands.Select(_ => new List<MeasuredProcess>()).ToArray();
            for (int round = 0; round <= Rounds; round++)
            {
                for (int i = 0; i < commands.Length; i++)
                {
                    var run = MeasuredProcess.Run(commands[i]);
                    if (round > 0)
                    {
                        runs[i].Add(run);
                    }
                }
            }

            MeasuredProcess[] medians = [.. runs.Select(MeasuredProcess.Median)];
            isFaster &= medians[0].Seconds < medians[1].Seconds && medians[0].Seconds < medians[2].Seconds;
            string figures = string.Join(" | ", medians.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Seconds:0.000} s, {m.Megabytes:0} MB")));
            string ratios = string.Join(" | ", medians[1..].Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Seconds / medians[0].Seconds:0.0} ×")));
            Console.WriteLine($"| {set.Name} | {figures} | {ratios} |");
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
}
