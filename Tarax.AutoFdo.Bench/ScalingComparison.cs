using System.Globalization;

namespace Tarax.AutoFdo.Bench;

/// <summary>How whole conversions grow: with threads, with the length of a stream, and with the number of distinct branches.</summary>
internal static class ScalingComparison
{
    private const int Rounds = 5;
    private const double MostMegabytesOfStream = 200;
    private const double MostBytesOfDistinct = 100;

    /// <summary>What a conversion takes that has few distinct branches.</summary>
    private const double UsualMegabytes = 64;

    /// <summary>Runs all three, and prints a table of each.</summary>
    /// <param name="set">A small recording, of which large ones are made.</param>
    /// <param name="executable">The converter's native executable.</param>
    /// <param name="scale">Part of the full size: 1 for a file of 1 GB, a stream of up to 10 GB and ten million distinct branches.</param>
    /// <returns>0 where memory stays within bounds and the number of threads changes nothing in the result, 1 otherwise.</returns>
    public static int Run(DataSet set, string executable, double scale)
    {
        string folder = Directory.CreateTempSubdirectory("tarax-bench").FullName;
        try
        {
            bool isSame = Threads(set, executable, folder, (long)(1e9 * scale));
            bool isBounded = Streams(set, executable, folder, [(long)(1e8 * scale), (long)(1e9 * scale), (long)(1e10 * scale)]);
            bool isSmall = Distinct(set, executable, folder, (long)(1e7 * scale));
            return isSame && isBounded && isSmall ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Threads(DataSet set, string executable, string folder, long bytes)
    {
        string recording = Path.Combine(folder, "repeated.data");
        GeneratedRecording.Run("repeat", set.Recording, $"{bytes}", recording);
        Print($"A recording of {bytes:N0} bytes", "threads");
        double[] seconds = [0, 0];
        string[] outputs = [Path.Combine(folder, "1.afdo"), Path.Combine(folder, "2.afdo")];
        var runs = Interleaved(2, i => MeasuredProcess.Run(Convert(executable, recording, set, outputs[i], $"{i + 1}")));
        for (int i = 0; i < runs.Length; i++)
        {
            Row($"{i + 1}", runs[i], bytes);
            seconds[i] = runs[i].Seconds;
        }

        bool isSame = File.ReadAllBytes(outputs[0]).AsSpan().SequenceEqual(File.ReadAllBytes(outputs[1]));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nTwo threads: {seconds[0] / seconds[1]:0.00} × one; the same bytes: {isSame}.\n"));
        File.Delete(recording);
        return isSame;
    }

    private static bool Streams(DataSet set, string executable, string folder, long[] lengths)
    {
        string assembly = typeof(ScalingComparison).Assembly.Location;
        Print("Streams on standard input, generated while they are read (the wall time holds the start of the generator)", "bytes");
        var runs = Interleaved(lengths.Length, i => MeasuredProcess.RunPiped(
            ["dotnet", assembly, "generate", "repeat", set.Recording, $"{lengths[i]}", "-"],
            Convert(executable, "-", set, Path.Combine(folder, "stream.afdo"), "2")));
        for (int i = 0; i < lengths.Length; i++)
        {
            Row($"{lengths[i]:N0}", runs[i], lengths[i]);
        }

        // Beyond the start of the process every byte takes the same time.
        var marginal = Enumerable.Range(1, lengths.Length - 1).Select(i => (runs[i].CpuSeconds - runs[i - 1].CpuSeconds) / (lengths[i] - lengths[i - 1]) * 1e9);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nCPU time for each further byte, from one length to the next: {string.Join(", ", marginal.Select(m => $"{m:0.00} ns"))}.\n"));
        return runs.All(r => r.Megabytes < MostMegabytesOfStream);
    }

    private static bool Distinct(DataSet set, string executable, string folder, long branches)
    {
        string recording = Path.Combine(folder, "distinct.data");
        GeneratedRecording.Run("distinct", set.Recording, $"{branches}", recording);
        long bytes = new FileInfo(recording).Length;
        Print($"{branches:N0} distinct branches, as many distinct ranges", "threads");
        var runs = Interleaved(2, i => MeasuredProcess.Run(Convert(executable, recording, set, Path.Combine(folder, "distinct.afdo"), $"{i + 1}")));
        for (int i = 0; i < runs.Length; i++)
        {
            Row($"{i + 1}", runs[i], bytes);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nPeak memory for each distinct branch: {runs.Max(r => r.Megabytes) * 1024 * 1024 / branches:0} bytes.\n"));
        return runs.All(r => (r.Megabytes - UsualMegabytes) * 1024 * 1024 < MostBytesOfDistinct * branches);
    }

    private static string[] Convert(string executable, string recording, DataSet set, string output, string threads) =>
        [executable, "convert", recording, "--check-ranges", "off", "--binary", set.Binary, "--mapped-as", set.MappedAs ?? Path.GetFileName(set.Binary), "--threads", threads, "-o", output];

    private static MeasuredProcess[] Interleaved(int cases, Func<int, MeasuredProcess> run)
    {
        var runs = Enumerable.Range(0, cases).Select(_ => new List<MeasuredProcess>()).ToArray();
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < cases; i++)
            {
                runs[i].Add(run(i));
            }
        }

        return [.. runs.Select(MeasuredProcess.Median)];
    }

    private static void Print(string title, string first)
    {
        Console.WriteLine($"**{title}**\n");
        Console.WriteLine($"| {first} | wall time | CPU time | CPU time per byte | peak memory |");
        Console.WriteLine("|---:|---:|---:|---:|---:|");
    }

    private static void Row(string first, MeasuredProcess run, long bytes) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {first} | {run.Seconds:0.000} s | {run.CpuSeconds:0.00} s | {run.CpuSeconds / bytes * 1e9:0.00} ns | {run.Megabytes:0} MB |"));
}
