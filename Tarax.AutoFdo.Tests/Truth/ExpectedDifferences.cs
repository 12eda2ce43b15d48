namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>
/// Lists of the places in which a profile differs from a reference, each with the verdict that says why ours is right. With the environment variable TARAX_RENEW a list is written anew: lines that are
/// known keep their verdict, new ones get <c>verdict ?</c>, which no test accepts, until somebody has judged them.
/// </summary>
internal static class ExpectedDifferences
{
    private const string Unjudged = "verdict ?";

    public static void Compare(string[] found, string list)
    {
        string path = Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Expected", list);
        string[] lines = File.ReadAllLines(path);
        string[][] expected = [.. lines.Where(l => l.Length > 0 && !l.StartsWith('#')).Select(l => l.Split(" | ", 2))];
        if (Environment.GetEnvironmentVariable("TARAX_RENEW") is not null)
        {
            var verdicts = expected.ToLookup(e => e[1], e => e[0]);
            File.WriteAllLines(path, [.. lines.Where(l => l.StartsWith('#')), .. found.Select(f => $"{verdicts[f].FirstOrDefault(Unjudged)} | {f}")]);
        }

        Assert.That(found, Is.EqualTo(expected.Select(e => e[1]).Order(StringComparer.Ordinal)));
        Assert.That(expected.Select(e => e[0]), Has.All.Matches<string>(v => v != Unjudged && (v?.StartsWith("verdict ", StringComparison.Ordinal) == true || v == "no debug information")));
    }
}
