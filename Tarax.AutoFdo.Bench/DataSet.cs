using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Bench;

/// <summary>A recording and its binary: the folder of recordings is beside the repository, or named by TARAX_TEST_DATA.</summary>
public sealed record DataSet(string Name, string Recording, string Binary, string? MappedAs)
{
    /// <summary>The recordings with programs.</summary>
    public static IReadOnlyList<DataSet> In(string root)
    {
        DataSet Set(string name, string folder, string binary, string? mappedAs = null) =>
            new(name, Path.Combine(root, folder, "perf.data"), Path.Combine(root, folder, binary), mappedAs);
        return
        [
            Set("intel-lbr-2011", "intel-lbr-2011", "gzip", "test.binary"),
            Set("cmulti-d4-nopie", "programs/cmulti-d4-nopie", "cmulti-d4"),
            Set("cmulti-d5-pie", "programs/cmulti-d5-pie", "cmulti"),
            Set("stlmix-d5-pie", "programs/stlmix-d5-pie", "stlmix"),
            Set("threads-d5-pie", "programs/threads-d5-pie", "threads"),
        ];
    }

    /// <summary>The set of a name, for benchmarks.</summary>
    public static DataSet Find(string name) => In(Root()).Single(s => s.Name == name);

    /// <summary>A file of the folder of recordings, unpacked to the folder for temporary files where it is compressed.</summary>
    public static string Unpacked(string path)
    {
        string file = Path.Combine(Root(), path);
        if (Path.GetExtension(file) != ".xz")
        {
            return file;
        }

        string unpacked = Path.Combine(Path.GetTempPath(), $"tarax-bench-{Path.GetFileNameWithoutExtension(file)}");
        if (!File.Exists(unpacked))
        {
            using var content = CompressedFile.Open(file, "ELF");
            AtomicFile.Write(unpacked, stream => content.Read().CopyTo(stream));
        }

        return unpacked;
    }

    private static string Root()
    {
        string? root = Environment.GetEnvironmentVariable("TARAX_TEST_DATA");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            root = Directory.Exists(candidate) ? candidate : null;
        }

        return root ?? throw new InvalidOperationException("TARAX_TEST_DATA does not name the folder of recordings");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
