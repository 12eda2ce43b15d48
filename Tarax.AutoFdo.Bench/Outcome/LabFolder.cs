using System.Security.Cryptography;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>
/// Where the lab works: archives, sources and builds. It lies within the tree of GCC 16, where that compiler runs, and what is in it is named by relative paths,
/// which mean the same inside of the tree and outside.
/// </summary>
/// <param name="recipes">The folder of recipes.</param>
/// <param name="root">The tree; <c>/</c> where there is none.</param>
/// <param name="inside">The folder, as it is called inside of the tree.</param>
/// <param name="mirror">A mirror of Debian.</param>
internal sealed class LabFolder(string recipes, string root, string inside, string mirror)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.Join(root, inside);

    /// <summary>The tree.</summary>
    public string Root => root;

    /// <summary>The folder, as it is called inside of the tree.</summary>
    public string Inside => inside;

    /// <summary>Sources of a program.</summary>
    public string SourcesOf(LabProgram program) => System.IO.Path.Combine(Path, "sources", program.Name);

    /// <summary>Where a program is built by a compiler with a profile or without.</summary>
    public string BuildOf(LabProgram program, string compiler, string variant) => Directory.CreateDirectory(System.IO.Path.Combine(Path, "builds", program.Name, compiler, variant)).FullName;

    /// <summary>Files to compile, relative to the sources, by path.</summary>
    public IReadOnlyList<string> FilesOf(LabProgram program)
    {
        string sources = SourcesOf(program);
        var files = program.Sources.SelectMany(pattern => Directory.GetFiles(
            System.IO.Path.Combine(sources, System.IO.Path.GetDirectoryName(pattern)!), System.IO.Path.GetFileName(pattern)));
        return [.. files.Select(f => System.IO.Path.GetRelativePath(sources, f)).Except(program.Without).Order(StringComparer.Ordinal)];
    }

    /// <summary>Fetches and unpacks what is not here yet, then makes the inputs, some of which are of other programs' sources.</summary>
    /// <param name="sourcesOf">The programs whose sources are needed.</param>
    /// <param name="programs">Those of them that are built.</param>
    public async Task PrepareAsync(IReadOnlyList<LabProgram> sourcesOf, IReadOnlyList<LabProgram> programs)
    {
        string archives = Directory.CreateDirectory(System.IO.Path.Combine(Path, "archives")).FullName;
        using var client = new HttpClient();
        foreach (var program in sourcesOf)
        {
            string sources = SourcesOf(program);
            if (Directory.Exists(sources))
            {
                continue;
            }

            string unpacked = Directory.CreateDirectory(sources + ".new").FullName;
            if (program.Archive is { } archive)
            {
                string file = System.IO.Path.Combine(archives, System.IO.Path.GetFileName(archive));
                byte[] bytes = File.Exists(file) ? await File.ReadAllBytesAsync(file) : await client.GetByteArrayAsync(new Uri($"{mirror.TrimEnd('/')}/{archive}"));
                string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
                if (hash != program.Sha256)
                {
                    throw new InvalidDataException($"{archive} is not the archive that the recipe means: SHA-256 {hash}");
                }

                await File.WriteAllBytesAsync(file, bytes);
                LabProcess.Shell($"tar -xf '{file}' --strip-components=1", unpacked);
            }

            LabProcess.Shell($"cp -r '{System.IO.Path.Combine(recipes, program.Name)}' lab && cp '{System.IO.Path.Combine(recipes, "inputs.py")}' .", unpacked);
            Directory.Move(unpacked, sources);
        }

        foreach (var program in programs)
        {
            string done = System.IO.Path.Combine(SourcesOf(program), "prepared");
            if (!File.Exists(done))
            {
                foreach (string command in program.Prepare)
                {
                    LabProcess.Shell(command, SourcesOf(program));
                }

                await File.WriteAllTextAsync(done, "");
            }
        }
    }
}
