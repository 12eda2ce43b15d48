using Tarax.AutoFdo.Tests;

/// <summary>At the end of all tests: what was not tried on this machine, by reason, and how to get what is missing.</summary>
[SetUpFixture]
#pragma warning disable CA1050 // A fixture for all tests stands in no namespace.
public sealed class SkippedTests
#pragma warning restore CA1050
{
    [OneTimeTearDown]
    public void Tell()
    {
        var skipped = TestEnvironment.Skipped;
        File.Delete(Path.Combine(AppContext.BaseDirectory, "skipped.txt"));
        if (skipped.IsEmpty)
        {
            return;
        }

        var lines = new List<string> { $"{skipped.Values.Sum()} tests were skipped, since this machine has not all that they need:" };
        lines.AddRange(skipped.OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Value,6}  {s.Key}"));

        // The build prints it behind the last line of the test run (Tarax.AutoFdo.Tests.csproj).
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "skipped.txt"), lines);
    }
}
