using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Gcda;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Outputs.Gcda;

/// <summary>Counters that were inferred are taken by GCC as if the program had been instrumented, and are near to what an instrumented one counts.</summary>
public sealed class CounterTests
{
    private const string NotesOptions = "-O2 -g -fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile";

    /// <summary>Whatever is missing or does not match is an error, and so is a function without counts that is called.</summary>
    private const string UseOptions = "-O2 -g -fno-profile-values -fno-vpt -Wcoverage-mismatch -Wmissing-profile -Werror";

    private static readonly string Program = Path.Combine("programs", "cmulti-d5-pie");

    [TestCase("gcc-11", "%p", "#.#text#util.gcda")]
    [TestCase("gcc-12", "%P", "#text#util.gcda")]
    public void Compiler_takes_the_counters_of_a_recording_without_a_word(string compiler, string path, string name)
    {
        string folder = Sources();
        Shell(folder, $"for f in $(find . -name '*.c' -printf '{path}\\n'); do {compiler} {NotesOptions} -I. -c $f -o ${{f%.c}}.o || exit 1; done");
        CountersOf("perf.data", folder).Counters.Save(Path.Combine(folder, "counters"));
        Assert.That(Directory.GetFiles(Path.Combine(folder, "counters")).Select(Path.GetFileName), Does.Contain($"{folder.Replace('/', '#')}{name}"), "paths as GCC mangles them");
        Shell(folder, $"for f in $(find . -name '*.c' -printf '{path}\\n'); do {compiler} {UseOptions} -fprofile-use=counters -I. -c $f -o ${{f%.c}}.o || exit 1; done; gcc-12 $(find . -name '*.o') -o program && ./program");
    }

    [Test]
    public void Gcc_16_takes_the_counters_of_a_recording_without_a_word()
    {
        using var tree = new CompilerTree();
        string sources = TestEnvironment.Data("programs/src/cmulti");
        foreach (string source in Directory.GetFiles(sources, "*", SearchOption.AllDirectories))
        {
            tree.Copy(source, Path.GetRelativePath(sources, source));
        }

        var run = tree.Shell($"for f in $(find . -name '*.c'); do gcc-16 {NotesOptions} -I. -c $f -o ${{f%.c}}.o || exit 1; done");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var counters = CountersOf("perf.data", tree.Folder).Counters;
        counters.Save(Path.Combine(tree.Folder, "counters"));
        run = tree.Shell($"for f in $(find . -name '*.c'); do gcc-16 {UseOptions} -fprofile-use=counters -I. -c $f -o ${{f%.c}}.o || exit 1; done");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")), "the folder of the notes has another name outside of the tree, and is found by what they say");
    }

    [TestCase("exact-counts.txt", 0.95)]
    [TestCase("perf.data", 0.94)]
    public void Counters_are_near_to_those_of_an_instrumented_run(string input, double least)
    {
        string folder = Sources();
        Shell(folder, $"for f in $(find . -name '*.c'); do gcc-12 {NotesOptions} -I. -c $f -o ${{f%.c}}.o || exit 1; done");
        var result = CountersOf(input, folder);
        Assert.That(result.Counters.Report.ShareWithNotes, Is.EqualTo(1));
        Assert.That(result.Counters.Report.ShareInBlocks, Is.InRange(0.9, 1), "prologues and epilogues are of no block");
        Shell(folder, "mkdir real; for f in $(find . -name '*.c'); do gcc-12 -O2 -g -fprofile-generate -fprofile-update=single -I. -c $f -o ${f%.c}.o || exit 1; done; gcc-12 -fprofile-generate $(find . -name '*.o') -o program && ./program");
        var files = result.Counters.Files.DistinctBy(f => f.Notes).ToList();
        double overlap = CounterOverlap.Of(
            files.SelectMany(f => CounterOverlap.Read(f.Notes, f.Content.Span)), files.SelectMany(f => CounterOverlap.Read(f.Notes, File.ReadAllBytes(Path.Combine(folder, Path.ChangeExtension(f.Notes, ".gcda"))))));
        Assert.That(overlap, Is.GreaterThan(least));
    }

    [Test]
    public void Counters_do_not_depend_on_threads()
    {
        string folder = Sources();
        Shell(folder, $"for f in $(find . -name '*.c'); do gcc-12 {NotesOptions} -I. -c $f -o ${{f%.c}}.o || exit 1; done");
        var one = CountersOf("perf.data", folder, threads: 1).Counters.Files;
        var eight = CountersOf("perf.data", folder, threads: 8).Counters.Files;
        Assert.That(eight.Select(f => (f.Name, Convert.ToHexString(f.Content.Span))), Is.EqualTo(one.Select(f => (f.Name, Convert.ToHexString(f.Content.Span)))));
    }

    [Test]
    public void Arcs_of_any_graph_are_in_balance_and_a_function_that_ran_was_entered() => Prop.ForAll(Graphs.ToArbitrary(), made =>
    {
        var (function, counts) = made;
        long[] arcs = ArcInference.Infer(function, BlockEvidence.Of(function, counts), counts.Entries);
        long[] balance = new long[function.Blocks];
        for (int i = 0; i < arcs.Length; i++)
        {
            balance[function.Arcs[i].From] -= arcs[i];
            balance[function.Arcs[i].To] += arcs[i];
        }

        bool isEntered = -balance[NotesFunction.Entry] > 0 || Array.TrueForAll(arcs, c => c == 0);
        return Array.TrueForAll(arcs, c => c >= 0) && Array.TrueForAll(balance[2..], b => b == 0) && balance[0] == -balance[1] && isEntered;
    }).QuickCheckThrowOnFailure();

    [Test]
    public void What_may_be_taken_in_a_function_that_ran_was_taken_once_and_arcs_stay_in_balance() => Prop.ForAll(Graphs.ToArbitrary(), made =>
    {
        var (function, counts) = made;
        long[] arcs = ArcInference.Infer(function, BlockEvidence.Of(function, counts), counts.Entries);
        bool ran = Array.Exists(arcs, c => c > 0);
        long[] before = [.. arcs];
        RareArcs.Add(function, arcs);
        long[] balance = new long[function.Blocks];
        bool isTaken = true;
        for (int i = 0; i < arcs.Length; i++)
        {
            var arc = function.Arcs[i];
            balance[arc.From] -= arcs[i];
            balance[arc.To] += arcs[i];
            isTaken &= arcs[i] >= before[i] && (ran ? arcs[i] > 0 || arc.IsFake || arc.Guess <= 1.0 / 2000 : arcs[i] == 0);
        }

        return isTaken && Array.TrueForAll(balance[2..], b => b == 0) && balance[0] == -balance[1];
    }).QuickCheckThrowOnFailure();

    [Test]
    public void Executable_writes_counters_and_says_how_to_use_them()
    {
        string folder = Sources();
        Shell(folder, $"for f in $(find . -name '*.c'); do gcc-12 {NotesOptions} -I. -c $f -o ${{f%.c}}.o || exit 1; done");
        var run = TestEnvironment.Tarax("convert", Input("perf.data"), "--binary", Input("cmulti"), "--notes", folder, "--gcda", Path.Combine(folder, "counters"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("notes      9 files by GCC 12.").And.Contain("100.0 % of what ran is of functions with notes").And.Contain($"next       rebuild with -fprofile-use={folder}/counters -fprofile-partial-training -fno-profile-values"));
        string stuck = Path.Combine(folder, "stuck");
        string last = Directory.GetFiles(Path.Combine(folder, "counters")).Max(StringComparer.Ordinal)!;
        Directory.CreateDirectory(Path.Combine(stuck, Path.GetFileName(last)));
        run = TestEnvironment.Tarax("convert", Input("perf.data"), "--binary", Input("cmulti"), "--notes", folder, "--gcda", stuck);
        Assert.That((run.ExitCode, Directory.GetFiles(stuck)), Is.EqualTo((1, Array.Empty<string>())), "all counters or none");
        run = TestEnvironment.Tarax("convert", Input("perf.data"), "--binary", Input("cmulti"), "--notes", folder, "--gcda", folder);
        Assert.That((run.ExitCode, File.Exists(Path.Combine(folder, "text", "util.gcda"))), Is.EqualTo((0, true)), "beside the notes, where -fprofile-use looks");
    }

    [TestCase(2, "go together", "--gcda", "out")]
    [TestCase(2, "go together", "--notes", ".")]
    [TestCase(2, "makes counters, not a profile", "--gcda", "out", "--notes", ".", "-o", "x.afdo")]
    [TestCase(2, "makes counters, not a profile", "--gcda", "out", "--notes", ".", "--for", "gcc-16")]
    [TestCase(2, "--notes /nowhere: there is no such folder", "--gcda", "out", "--notes", "/nowhere")]
    public void Command_lines_that_make_no_sense_are_refused(int code, string message, params string[] arguments)
    {
        var run = TestEnvironment.Tarax(["convert", Input("perf.data"), "--binary", Input("cmulti"), .. arguments]);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((code, run.Error)));
        Assert.That(run.Error, Does.Contain(message));
    }

    [Test]
    public void Notes_of_another_program_are_told()
    {
        string folder = TestEnvironment.NewFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", "notes-12.gcno"), Path.Combine(folder, "notes.gcno"));
        var run = TestEnvironment.Tarax("convert", Input("perf.data"), "--binary", Input("cmulti"), "--notes", folder, "--gcda", Path.Combine(folder, "out"));
        Assert.That((run.ExitCode, Directory.Exists(Path.Combine(folder, "out"))), Is.EqualTo((3, false)));
        Assert.That(run.Error, Does.Contain("the notes are of other sources than what ran"));
    }

    /// <summary>Graphs of up to twenty blocks of which each is reached, with a count for some.</summary>
    private static readonly Gen<(NotesFunction Function, SourceCounts Counts)> Graphs = Gen.Choose(0, int.MaxValue).Select(seed =>
    {
        var random = new Random(seed);
        int blocks = random.Next(3, 20);
        var function = new NotesFunction { Ident = 1, LineChecksum = 0, FlowChecksum = 0, Name = "f", Source = "f.c", StartLine = 1, Blocks = blocks };
        function.Arcs.Add(new NotesArc(NotesFunction.Entry, 2, false, false));
        for (int block = 2; block < blocks; block++)
        {
            function.Arcs.Add(new NotesArc(block, block + 1 < blocks ? block + 1 : NotesFunction.Exit, false, false));
            if (random.Next(2) == 0)
            {
                function.Arcs.Add(new NotesArc(block, random.Next(4) == 0 ? NotesFunction.Exit : random.Next(2, blocks), false, random.Next(4) == 0, random.NextDouble()));
            }
        }

        var counts = new SourceCounts();
        counts.AddEntries((ulong)random.Next(3));
        for (int block = 2; block < blocks; block++)
        {
            uint line = (uint)random.Next(1, blocks);
            function.Positions.Add(new NotesPosition(block, "f.c", line, 1, 0));
            ulong count = (ulong)Math.Exp(random.NextDouble() * 20) - 1;
            counts.Add(0, "f.c", line, new(new((int)line, 1), count, []) { Pieces = [new(line, count)] });
        }

        return (function, counts);
    });

    private static string Input(string name) => Path.Combine(TestEnvironment.Data(Program), name);

    private static string Sources()
    {
        string folder = TestEnvironment.NewFolder();
        Shell(folder, $"cp -r --no-preserve=mode {TestEnvironment.Data("programs/src/cmulti")}/. .");
        return folder;
    }

    private static void Shell(string folder, string line)
    {
        var run = TestEnvironment.Shell(folder, line);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
    }

    private static CounterResult CountersOf(string input, string notes, int threads = 2)
    {
        string path = Input(input);
        var options = new ConversionOptions { MappedAs = input == "perf.data" ? "cmulti" : null, Threads = threads };
        if (input != "perf.data")
        {
            path = Path.Combine(TestEnvironment.NewFolder(), "counts");
            TestEnvironment.Run("python3", TestEnvironment.DataTool("exact2text.py"), Input(input), Input("cmulti"), path);
            options = options with { Input = InputKind.CountsText };
        }

        using var opened = Tarax.AutoFdo.Inputs.Input.Open(path);
        return AutoFdoConverter.CountersOf(opened, [Input("cmulti")], GccNotes.Read(notes), options);
    }
}
