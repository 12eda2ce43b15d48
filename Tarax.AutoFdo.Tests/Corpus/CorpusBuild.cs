using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Corpus;

/// <summary>A program of the corpus, made by one compiler, in a folder of its own.</summary>
internal sealed class CorpusBuild : IDisposable
{
    private readonly CompilerTree? _tree;
    private readonly string _compiler;
    private readonly string _flags;
    private readonly string[] _sources;

    private CorpusBuild(CorpusProgram program, string compiler, string optimization)
    {
        _tree = compiler == "gcc-16" ? new CompilerTree() : null;
        Folder = _tree?.Folder ?? TestEnvironment.NewFolder();
        bool isCxx = program.Sources[0].EndsWith(".cc", StringComparison.Ordinal);
        _compiler = isCxx ? compiler.Replace("gcc", "g++", StringComparison.Ordinal).Replace("clang", "clang++", StringComparison.Ordinal) : compiler;
        _flags = $"-g {optimization} {program.Flags}{(IsClang(compiler) ? " -fdebug-info-for-profiling" : "")}{(compiler == "gcc-11" && program.Flags.Contains("c++20", StringComparison.Ordinal) ? " -fcoroutines" : "")}";
        _sources = program.Sources;
        foreach (string file in Directory.GetFiles(Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Corpus", "Sources")))
        {
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        }
    }

    public string Folder { get; }

    public string Binary => PathOf("program");

    public string Recording => PathOf("recording");

    /// <summary>Exact executions of each block of the recorded run.</summary>
    public string ExactCounts => PathOf("exact");

    public static bool IsClang(string compiler) => compiler.StartsWith("clang", StringComparison.Ordinal);

    /// <summary>Compiles a program, runs it, and records it.</summary>
    public static CorpusBuild Make(CorpusProgram program, string compiler, string optimization)
    {
        var build = new CorpusBuild(program, compiler, optimization);
        if (program.Library is { } library)
        {
            build.Shell($"{build._compiler} {build._flags} -fPIC -shared {library} -o library.so");
        }

        build.Shell($"{build._compiler} {build._flags} {string.Join(' ', program.Sources)} {(program.Library is null ? "" : "-L. -l:library.so -ldl")} -Wl,-rpath,'$ORIGIN' -o program");
        string[] root = build._tree is { } tree ? ["-L", tree.Root] : [];
        SimulatedRecording.Record(build.Recording, program.Period, build.ExactCounts, root, build.Binary, [.. program.Library is null ? [] : (string[])["200", build.PathOf("library.so")]]);
        return build;
    }

    public string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>Compiles all sources again, with a profile and what the compiler says of it.</summary>
    /// <returns>The compiler's reports.</returns>
    public string[] Rebuild(string profile)
    {
        bool isClang = IsClang(_compiler);
        foreach (string source in _sources)
        {
            string report = isClang
                ? $"-fprofile-sample-use={profile} -fsave-optimization-record -foptimization-record-passes=sample-profile -foptimization-record-file={source}.{profile}.yaml"
                : $"-fauto-profile={profile} -fdump-ipa-afdo-details={source}.{profile}.dump";
            Shell($"{_compiler} {_flags} {report} -c {source} -o {source}.o");
        }

        return [.. _sources.Select(s => PathOf($"{s}.{profile}.{(isClang ? "yaml" : "dump")}"))];
    }

    public void Dispose() => _tree?.Dispose();

    private void Shell(string line)
    {
        var run = _tree?.Shell(line) ?? TestEnvironment.Execute("bash", null, "-c", $"cd {Folder} && {line}");
        Assert.That(run.ExitCode, Is.Zero, $"{line}\n{run.Error}");
    }
}

/// <summary>A program of the corpus: one style of code each.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sources">Its files in Sources.</param>
/// <param name="Flags">What it is compiled with.</param>
/// <param name="Library">A file that is made a shared library, whose path the program is given; null for none.</param>
internal sealed record CorpusProgram(string Name, string[] Sources, string Flags = "", string? Library = null)
{
    private const int OrdinaryPeriod = 211;

    /// <summary>
    /// The share of the counts that GCC 16 finds, where it is less than 0.97 for what the compiler does: of a function that it inlined into itself it drops some counts (calls), a line of the
    /// caller stands in a virtual call that was guessed (classes), a position has another discriminator where the profile changed what was inlined (templates), and statics of one name in two files
    /// have one profile, of which each file finds its part (statics), and a clone keeps its name (dispatch).
    /// </summary>
    public double LeastUsedByGcc { get; init; } = 0.97;

    /// <summary>Taken branches between two samples.</summary>
    public int Period { get; init; } = OrdinaryPeriod;

    public static CorpusProgram[] All { get; } =
    [
        new("switches", ["switches.c"]),
        new("calls", ["calls.c"]) { Period = 53, LeastUsedByGcc = 0.95 },
        new("loops", ["loops.c"]),
        new("lines", ["lines.c"]),
        new("statics", ["statics-a.c", "statics-b.c"]) { LeastUsedByGcc = 0.75 },
        new("openmp", ["openmp.c"], "-fopenmp"),
        new("dispatch", ["dispatch.c"], "", "dispatch-library.c") { Period = 53, LeastUsedByGcc = 0.93 },
        new("lambdas", ["lambdas.cc"], "-std=c++17"),
        new("coroutines", ["coroutines.cc"], "-std=c++20") { Period = 53 },
        new("exceptions", ["exceptions.cc"], "-std=c++17") { Period = 53 },
        new("classes", ["classes.cc"], "-std=c++17") { Period = 53, LeastUsedByGcc = 0.95 },
        new("thunks", ["thunks.cc"], "-std=c++17") { Period = 53 },
        new("templates", ["templates.cc"], "-std=c++17") { Period = 53, LeastUsedByGcc = 0.955 },
    ];

    public override string ToString() => Name;
}
