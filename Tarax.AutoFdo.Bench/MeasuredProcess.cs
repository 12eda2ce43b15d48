using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tarax.AutoFdo.Bench;

/// <summary>One run of a command as a whole process.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Time on processors, of the user and of the system.</param>
/// <param name="Megabytes">Peak memory, as /usr/bin/time reports it.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed partial record MeasuredProcess(double Seconds, double CpuSeconds, double Megabytes, string Error)
{
    private const string Format = "TIME %e %U %S %M";

    /// <summary>Runs a command.</summary>
    /// <param name="command">The program and its arguments.</param>
    public static MeasuredProcess Run(params string[] command) => Start(["/usr/bin/time", "-f", Format, .. command]);

    /// <summary>Runs a command whose standard input is what another writes; the other is not measured.</summary>
    public static MeasuredProcess RunPiped(string[] writer, string[] command) =>
        Start(["bash", "-c", $"{Quoted(writer)} | /usr/bin/time -f '{Format}' {Quoted(command)}"]);

    /// <summary>The runs' medians.</summary>
    public static MeasuredProcess Median(IReadOnlyCollection<MeasuredProcess> runs)
    {
        double Of(Func<MeasuredProcess, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);
        return new MeasuredProcess(Of(r => r.Seconds), Of(r => r.CpuSeconds), Of(r => r.Megabytes), "");
    }

    private static string Quoted(string[] words) => string.Join(' ', words.Select(w => $"'{w}'"));

    private static MeasuredProcess Start(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        long start = Stopwatch.GetTimestamp();
        var output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.Wait();
        var match = TimeLine().Match(error);
        double Number(int group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        return match.Success
            ? new MeasuredProcess(seconds, Number(1) + Number(2), Number(3) / 1024, error)
            : throw new InvalidOperationException($"{string.Join(' ', command)}: {error}");
    }

    [GeneratedRegex(@"TIME [0-9.]+ ([0-9.]+) ([0-9.]+) ([0-9]+)")]
    private static partial Regex TimeLine();
}
