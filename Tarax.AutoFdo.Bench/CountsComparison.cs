using System.Globalization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Bench;

/// <summary>What a fleet sends, added up: many files of counts of one binary.</summary>
internal static class CountsComparison
{
    private const int Files = 1000;
    private const int BranchesInFile = 10_000;
    private const int Rounds = 5;
    private const double MostSeconds = 1;

    /// <summary>Machines that run the same program see the same branches, twice as many in all as on each.</summary>
    private const int OfOneProgram = 2 * BranchesInFile;

    /// <summary>Times merges whose files have most of their branches in common, and few.</summary>
    /// <returns>0 where that of files of one program takes less than a second, 1 otherwise.</returns>
    public static int Run(string executable)
    {
        Console.WriteLine("| distinct branches, and as many ranges | files | bytes of all files | wall time | peak memory | bytes for each distinct branch |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|");
        bool isFast = true;
        foreach (int distinct in (int[])[20_000, 50_000, 200_000, 1_000_000])
        {
            string folder = Directory.CreateTempSubdirectory("tarax-counts").FullName;
            try
            {
                long bytes = Write(folder, distinct);
                string output = Path.Combine(folder, "..", Path.GetFileName(folder) + ".sum");
                var run = MeasuredProcess.Median([.. Enumerable.Range(0, Rounds).Select(_ => MeasuredProcess.Run([executable, "counts", folder, "-o", output]))]);
                File.Delete(output);
                isFast &= distinct > OfOneProgram || run.Seconds < MostSeconds;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {distinct:N0} | {Files:N0} | {bytes:N0} | {run.Seconds:0.000} s | {run.Megabytes:0} MB | {run.Megabytes * 1024 * 1024 / distinct:0} |"));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return isFast ? 0 : 1;
    }

    /// <summary>Each file has a choice of all branches, and the ranges between them.</summary>
    private static long Write(string folder, int distinct)
    {
        long bytes = 0;
        var random = new Random(1);
        for (int file = 0; file < Files; file++)
        {
            var merged = new MergedCounts();
            merged.AddRecording("branches", new SampleTotals { Samples = BranchesInFile, SamplesWithBranchStack = BranchesInFile, BranchEntries = BranchesInFile });
            var collected = new FileCounts.Collected();
            for (int i = 0; i < BranchesInFile; i++)
            {
                ulong from = (ulong)random.Next(distinct) * 16;
                ulong to = (from * 7) % ((ulong)distinct * 16);
                collected.Branches.Add(new BranchCount(from, to, (ulong)random.Next(1, 1000)));
                collected.Ranges.Add(new RangeCount(from + 2, from + 12, (ulong)random.Next(1, 1000), (ulong)random.Next()));
            }

            collected.Sums.Samples = BranchesInFile;
            merged.Of("/usr/bin/program", new BuildId([1, 2, 3, 4]), isKernel: false).Take(collected);
            var counts = new RecordingCounts(new CountedBinaries("bench", merged.Files, merged.Counts) { EventName = "branches" });
            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{file}.counts"));
            counts.Save(path);
            bytes += new FileInfo(path).Length;
        }

        return bytes;
    }
}
