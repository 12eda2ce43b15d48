using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>
/// Profiles beside those of create_gcov, decoded by an independent program: equal position for position and count for count, but for the
/// differences that the files in Expected list one by one, each with the number of the verdict that explains it.
/// </summary>
public sealed class ReferenceTests
{
    public static IEnumerable<TestCaseData> Sets()
    {
        foreach (var (set, binary, mappedAs) in ((string, string, string?)[])
        [
            ("intel-lbr-2011", "gzip", "test.binary"), ("programs/cmulti-d5-pie", "cmulti", null), ("programs/cmulti-d4-nopie", "cmulti-d4", null),
            ("programs/stlmix-d5-pie", "stlmix", null), ("programs/threads-d5-pie", "threads", null),
        ])
        {
            foreach (int version in (int[])[1, 2, 3])
            {
                yield return new TestCaseData(set, binary, mappedAs, version).SetArgDisplayNames(set, $"V{version}");
            }
        }
    }

    [TestCaseSource(nameof(Sets))]
    public void Profile_equals_the_reference_but_for_the_listed_differences(string set, string binary, string? mappedAs, int version)
    {
        string folder = TestEnvironment.Data(set);
        string output = Path.Combine(TestEnvironment.NewFolder(), "out.afdo");
        string[] mapped = mappedAs is null ? [] : ["--mapped-as", mappedAs];
        var run = TestEnvironment.Tarax(["convert", Path.Combine(folder, "perf.data"), "--binary", Path.Combine(folder, binary), "-o", output,
            "--gcov-version", $"{version}", "--discriminators", "keep", .. mapped]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        var ours = CanonicalProfile.Parse(TestEnvironment.Run("python3", TestEnvironment.DataTool("afdo_canon.py"), output));
        var reference = CanonicalProfile.WithoutParts(CanonicalProfile.Parse(File.ReadAllText(Path.Combine(folder, "create_gcov", $"v{version}.txt"))));
        string[] found = [.. CanonicalProfile.Differences(
            CanonicalProfile.WithoutLambdas(CanonicalProfile.WithPlainNames(ours, reference)), CanonicalProfile.WithoutLambdas(reference))];
        ExpectedDifferences.Compare(found, $"{Path.GetFileName(set)}-v{version}.txt");
        Assert.That(reference, Has.Count.GreaterThan(100), "there must be something to compare with");
    }
}
