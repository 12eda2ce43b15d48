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
        if (skipped.IsEmpty)
        {
            return;
        }

        TestContext.Progress.WriteLine($"{skipped.Values.Sum()} tests were skipped, since this machine has not all that they need:");
        foreach (var (reason, tests) in skipped.OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal))
        {
            TestContext.Progress.WriteLine($"{tests,6}  {reason}");
        }
    }
}
