using System.Diagnostics;

namespace Tarax.AutoFdo.Bench;

/// <summary>The converter's native executable.</summary>
internal static class Executable
{
    /// <summary>The one that was named, or one that is published now.</summary>
    /// <param name="named">Paths that follow on the command line.</param>
    public static string Of(string[] named) => named is [var path, ..] ? path : Publish();

    private static string Publish()
    {
        string repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(repository, "Tarax.AutoFdo.slnx")))
        {
            repository = Path.GetDirectoryName(repository) ?? throw new InvalidOperationException("the benchmarks do not run inside of the repository");
        }

        string target = Directory.CreateTempSubdirectory("tarax-publish").FullName;
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["publish", Path.Combine(repository, "samples", "tarax"), "-r", "linux-x64", "-p:PublishAot=true", "-o", target])
        {
            RedirectStandardOutput = true,
        })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Path.Combine(target, "tarax");
    }
}
