using System.Globalization;
using Tarax.AutoFdo.Tests;

/// <summary>The folders that tests write into: gone after the run, and those of runs that were killed are gone after the next.</summary>
[SetUpFixture]
#pragma warning disable CA1050 // A fixture for all tests stands in no namespace.
public sealed class TestFolders
#pragma warning restore CA1050
{
    private static readonly string OfAllRuns = Path.Combine(Path.GetTempPath(), "tarax-tests");

    /// <summary>One folder for each run of the tests, named after its process.</summary>
    public static string OfThisRun { get; } = Path.Combine(OfAllRuns, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    [OneTimeTearDown]
    public void Remove()
    {
        if (!Directory.Exists(OfAllRuns))
        {
            return;
        }

        foreach (string folder in Directory.GetDirectories(OfAllRuns).Where(f => f == OfThisRun || !Directory.Exists(Path.Combine("/proc", Path.GetFileName(f)))))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Names that are no UTF-8, which .NET cannot spell.
                TestEnvironment.Execute("rm", null, "-rf", folder);
            }
        }
    }
}
