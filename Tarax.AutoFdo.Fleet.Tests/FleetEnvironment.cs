using System.Collections.Concurrent;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.TraceEvent;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Recordings outside of the repository, and folders. A test that needs what a machine does not have is ignored with the reason; where CI is true it fails.</summary>
internal static class FleetEnvironment
{
    private static readonly ConcurrentBag<string> Folders = [];

    private static readonly Lazy<IReadOnlyList<string>> Files = new(MakeCounts);

    /// <summary>Files of counts, one of each recording of the test data.</summary>
    public static IReadOnlyList<string> CountsFiles => Files.Value;

    /// <summary>A new folder for a test's files.</summary>
    public static string NewFolder()
    {
        string folder = Directory.CreateTempSubdirectory("tarax-fleet-tests-").FullName;
        Folders.Add(folder);
        return folder;
    }

    public static void RemoveFolders()
    {
        foreach (string folder in Folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Ignores the test, or fails it in CI, where a condition does not hold.</summary>
    public static void Require(bool condition, string reason)
    {
        if (!condition && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"{reason}, and CI must have it");
        }

        if (!condition)
        {
            Assert.Ignore(reason);
        }
    }

    public static byte[] Bytes(RecordingCounts counts)
    {
        using var stream = new MemoryStream();
        counts.Write(stream);
        return stream.ToArray();
    }

    /// <summary>The bytes of what <c>tarax counts</c> makes of files.</summary>
    public static byte[] Merged(IReadOnlyCollection<string> files) => Bytes(RecordingCounts.Load(files, threads: 1));

    private static List<string> MakeCounts()
    {
        string data = Environment.GetEnvironmentVariable("TARAX_TEST_DATA") ?? Path.Combine(Repository(), "..", "shared", "data");
        Require(Directory.Exists(data), "the test data are not here (TARAX_TEST_DATA names a folder that has them)");
        string folder = NewFolder();
        var files = new List<string>();
        foreach (string recording in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(recording).StartsWith("perf.data", StringComparison.Ordinal) || recording.EndsWith(".nettrace", StringComparison.Ordinal))
            {
                var counts = CountsOf(recording);
                if (counts is { Samples: > 0 })
                {
                    string file = Path.Combine(folder, $"{files.Count}.counts");
                    counts.Save(file);
                    files.Add(file);
                }
            }
        }

        Assert.That(files, Has.Count.GreaterThan(20));
        return files;
    }

    private static RecordingCounts? CountsOf(string recording)
    {
        if (recording.EndsWith(".nettrace", StringComparison.Ordinal))
        {
            return NettraceRecording.Count(recording).Counts;
        }

        foreach (bool useBranchStacks in (bool[])[true, false])
        {
            try
            {
                return Recording.Count(recording, new ConversionOptions { UseBranchStacks = useBranchStacks }).Counts;
            }
            catch (ConversionException)
            {
                // Without branch stacks, or without samples.
            }
        }

        return null;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tarax.AutoFdo.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside of the repository");
    }
}

/// <summary>Removes what the tests have written.</summary>
[SetUpFixture]
public sealed class FleetFolders
{
    [OneTimeTearDown]
    public void Remove() => FleetEnvironment.RemoveFolders();
}
