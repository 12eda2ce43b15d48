using System.Diagnostics;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>Processes of the lab. Their environment is always the same, since a program's stack begins with it.</summary>
internal static class LabProcess
{
    /// <summary>Runs a line of shell, and returns what it wrote.</summary>
    /// <param name="command">The line.</param>
    /// <param name="folder">Where.</param>
    /// <param name="variables">Environment variables.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Shell(string command, string folder, params (string Name, string Value)[] variables) => Run(["sh", "-c", command], folder, variables);

    /// <summary>Runs a command, and returns what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Run(string[] command, string folder, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder };
        start.Environment.Clear();
        start.Environment.Add("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        start.Environment.Add("LC_ALL", "C");
        foreach (var (name, value) in variables)
        {
            start.Environment.Add(name, value);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException($"{string.Join(' ', command)} (in {folder}) ended with {process.ExitCode}: {error}");
    }
}
