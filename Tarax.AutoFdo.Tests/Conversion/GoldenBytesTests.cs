using System.Security.Cryptography;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>
/// The bytes of each product of each recording are those of before, on any number of threads. Who changes them on purpose renews the list with the environment variable TARAX_RENEW; the lines that
/// change are the ones to give reasons for.
/// </summary>
public sealed class GoldenBytesTests
{
    private const string Kernel = "kernel";

    private static readonly int[] ThreadCounts = [1, 2, 8];

    private static readonly string List = Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Expected", "golden-bytes.txt");

    private static IEnumerable<(string Recording, string Binary, string? MappedAs)> Sets =>
        [.. RecordedSets.All, ("kernel/kaslr/perf.data", Kernel, null), ("kernel/nokaslr/perf.data", Kernel, null), ("kernel/modules/perf.data", Kernel, null)];

    private static IEnumerable<TestCaseData> Products() =>
        from set in Sets
        from stacks in (bool[])[true, false]
        select new TestCaseData(set.Recording, set.Binary, set.MappedAs, stacks).SetArgDisplayNames(set.Recording, Path.GetFileName(set.Binary), stacks ? "branch stacks" : "addresses");

    [TestCaseSource(nameof(Products))]
    public void Products_have_the_bytes_of_before_on_any_number_of_threads(string recording, string binary, string? mappedAs, bool stacks)
    {
        string path = TestEnvironment.Data(recording);
        string file = binary == Kernel ? KernelTests.UnpackedVmlinux : TestEnvironment.Data(binary);
        string name = $"{recording} {Path.GetFileName(binary)} {(stacks ? "stacks" : "addresses")}";
        string[][] found = [.. ThreadCounts.Select(threads => Lines(name, path, file, new ConversionOptions { MappedAs = mappedAs, UseBranchStacks = stacks, Threads = threads, MinimumSamples = 0 }).ToArray())];
        Assert.That(found[1], Is.EqualTo(found[0]), "two threads and one");
        Assert.That(found[2], Is.EqualTo(found[0]), "eight threads and one");
        Compare(name, found[0]);
    }

    private static IEnumerable<string> Lines(string name, string recording, string binary, ConversionOptions options)
    {
        var counts = Recording.Count(recording, options).Counts;
        yield return $"{name} counts {Hash(counts.Write)}";
        yield return $"{name} counts-text {Hash(stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            counts.WriteText(writer);
        })}";
        foreach (string target in (string[])["gcc-11", "gcc-12", "gcc-16", "clang-22"])
        {
            Assert.That(TargetCompiler.TryParse(target, out var compiler), Is.True);
            var converted = Recording.Of(counts, options with { ForCompiler = compiler }).Convert(binary);
            yield return $"{name} {target} {Hash(s => converted.Profile.Write(s, converted.Report.Format))}";
            if (compiler!.Family == Compilers.Clang)
            {
                yield return $"{name} {target}-text {Hash(s => converted.Profile.Write(s, ProfileFormat.LlvmText))}";
            }
        }
    }

    private static string Hash(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }

    private static void Compare(string name, string[] found)
    {
        string[] lines = File.ReadAllLines(List);
        string[] known = [.. lines.Where(l => l.StartsWith(name + " ", StringComparison.Ordinal))];
        if (Environment.GetEnvironmentVariable("TARAX_RENEW") is not null)
        {
            File.WriteAllLines(List, [.. lines.Where(l => l.StartsWith('#')), .. lines.Where(l => !l.StartsWith('#')).Except(known).Concat(found).Order(StringComparer.Ordinal)]);
        }

        Assert.That(found, Is.EquivalentTo(known), "where this is meant, TARAX_RENEW=1 renews Expected/golden-bytes.txt");
    }
}
