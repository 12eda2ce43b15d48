using System.Text.Json;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>One run of a program.</summary>
/// <param name="Arguments">Its arguments, separated by spaces.</param>
/// <param name="Input">File for its standard input; null for none.</param>
internal sealed record LabRun(string Arguments, string? Input = null);

/// <summary>
/// A program of the lab: where its sources come from, how it is built, and what it does while it is recorded and, something else, while it is measured. All
/// paths are relative to the folder of its sources, in which the folder of the recipe is called <c>lab</c>.
/// </summary>
internal sealed record LabProgram
{
    /// <summary>Name of the recipe's folder.</summary>
    public string Name { get; init; } = "";

    /// <summary>1: what is done for compilers may be found on it. 2: it only judges what was found on others.</summary>
    public int Set { get; init; } = 1;

    /// <summary><c>c</c> or <c>c++</c>.</summary>
    public string Language { get; init; } = "c";

    /// <summary>Path of the sources' archive on a mirror of Debian; null where the sources lie with the recipe.</summary>
    public string? Archive { get; init; }

    /// <summary>The archive's SHA-256.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Programs of whose sources inputs are made.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Commands that make inputs and generated sources.</summary>
    public IReadOnlyList<string> Prepare { get; init; } = [];

    /// <summary>Patterns of the files to compile.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Files that match and are not compiled.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Options for the compiler.</summary>
    public string Flags { get; init; } = "";

    /// <summary>Libraries for the linker.</summary>
    public string Libraries { get; init; } = "";

    /// <summary>What is recorded.</summary>
    public IReadOnlyList<LabRun> Train { get; init; } = [];

    /// <summary>What is measured.</summary>
    public IReadOnlyList<LabRun> Test { get; init; } = [];

    /// <summary>Reads the recipes, by name.</summary>
    /// <param name="folder">The folder of their folders.</param>
    public static IReadOnlyList<LabProgram> In(string folder) =>
    [
        .. Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, "program.json"))).Order(StringComparer.Ordinal).Select(d =>
            JsonSerializer.Deserialize<LabProgram>(File.ReadAllText(Path.Combine(d, "program.json")), JsonSerializerOptions.Web)! with { Name = Path.GetFileName(d) }),
    ];
}
