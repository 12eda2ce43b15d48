using System.Globalization;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Outputs.Gcda;

namespace Tarax.AutoFdo.Tests.Outputs.Gcda;

/// <summary>Notes are what GCC's own gcov-dump reads in them, and counters are read by it as they were written.</summary>
public sealed class NotesTests
{
    [TestCase("11", "switches.c")]
    [TestCase("12", "switches.c")]
    [TestCase("11", "templates.cc")]
    [TestCase("12", "templates.cc")]
    public void Notes_are_what_gcov_dump_prints(string version, string source)
    {
        string folder = Compiled(version, source);
        string file = Path.Combine(folder, "object.gcno");
        string printed = TestEnvironment.Run($"gcov-dump-{version}", "-l", file);
        var notes = NotesFile.Read(File.ReadAllBytes(file));
        Assert.That(notes.Folder, Is.EqualTo(folder));
        Assert.That(Describe(notes, fallsThrough: printed), Is.EqualTo(Normal(printed)));
    }

    [TestCase("11")]
    [TestCase("12")]
    public void Counters_are_what_gcov_dump_prints(string version)
    {
        string folder = Compiled(version, "switches.c");
        var notes = NotesFile.Read(File.ReadAllBytes(Path.Combine(folder, "object.gcno")));
        var functions = notes.Functions.Select((f, n) => new FunctionCounters(f, [.. f.Arcs.Where(a => !a.IsOnTree).Select((_, i) => n == 0 ? 0 : ((long)n << 33) + i)])).ToList();
        string file = Path.Combine(folder, "object.gcda");
        File.WriteAllBytes(file, GcdaWriter.Write(notes, functions, 1L << 40));
        string printed = TestEnvironment.Run($"gcov-dump-{version}", "-l", file);
        Assert.That(printed, Does.Contain("runs=1, sum_max=4294967295").And.Not.Contain("overread").And.Not.Contain("underread"));
        Assert.That(Regex.Matches(printed, "ident=(\\d+)").Select(m => uint.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)), Is.EqualTo(notes.Functions.Select(f => f.Ident)));
        long[] counts = [.. functions.Skip(1).SelectMany(f => f.Counts)];
        long[] read = [.. Regex.Matches(printed, @"^\S+\s+\d+: ([\d ]+)$", RegexOptions.Multiline).SelectMany(m => m.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(c => long.Parse(c, CultureInfo.InvariantCulture))];
        Assert.That(read.Where(c => c > 0), Is.EqualTo(counts.Where(c => c > 0)));
    }

    [TestCase("11", "exceptions.cc")]
    [TestCase("12", "exceptions.cc")]
    [TestCase("12", "loops.c")]
    [TestCase("12", "dispatch.c")]
    public void Dump_tells_the_statements_of_every_function(string version, string source)
    {
        var notes = GccNotes.Read(Compiled(version, source));
        Assert.That(notes.Compilers, Is.EqualTo(new[] { notes.Compilers[0] }));
        Assert.That(notes.Compilers[0], Does.StartWith($"GCC {version}."));
        Assert.That(notes.FunctionsWithStatements, Is.EqualTo(notes.FunctionCount).And.GreaterThan(0));
        var positions = notes.Files.SelectMany(f => f.Notes.Functions).SelectMany(f => f.Positions).ToList();
        Assert.That(positions.Count(p => p.Column > 0), Is.GreaterThan(positions.Count * 9 / 10));
    }

    [Test]
    public void Folder_without_notes_says_how_to_make_them() =>
        Assert.That(() => GccNotes.Read(TestEnvironment.NewFolder()), Throws.InstanceOf<ConversionException>().With.Message.Contains("has no notes of GCC (.gcno); compile with -fprofile-use -ftest-coverage"));

    [Test]
    public void Damaged_notes_are_named_with_the_offset()
    {
        string folder = TestEnvironment.NewFolder();
        byte[] notes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", "notes-12.gcno"));
        File.WriteAllBytes(Path.Combine(folder, "a.gcno"), notes[..^3]);
        Assert.That(() => GccNotes.Read(folder), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("a.gcno").And.Message.Contains("offset"));
    }

    [TestCase("/build/a/b", ExpectedResult = "#build#a#b.gcda")]
    [TestCase("/build/../a", ExpectedResult = "#build#^#a.gcda")]
    public string Name_of_counters_is_the_objects_path(string path) => ObjectNames.Mangled(path);

    [TestCase("./a.c", "a", "#build#a.gcda")]
    [TestCase("a.c", "./a", "#build#.#a.gcda")]
    [TestCase("a.c", "/build/a", "build/a.gcda")]
    [TestCase("a.c", "nothing that is told", "#build#a.gcda", "#build#.#a.gcda", "build/a.gcda")]
    public void Name_of_counters_is_as_the_compiler_was_told_the_objects(string source, string told, params string[] names)
    {
        var function = new NotesFunction { Ident = GccChecksum.IdentOfLocal(source, "f", told), LineChecksum = 0, FlowChecksum = 0, Name = "f", Source = source, StartLine = 1, Blocks = 2 };
        Assert.That(ObjectNames.Of(NotesFile.Of("/build", [function]), "/build/a"), Is.EqualTo(names));
        Assert.That(ObjectNames.Of(NotesFile.Of(".", [function]), "/build/a"), Is.EqualTo(new[] { "#build#a.gcda" }), "-ffile-prefix-map");
    }

    [Test]
    public void Dump_is_of_the_object_of_the_same_name()
    {
        string folder = TestEnvironment.NewFolder();
        string seeds = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds");
        File.Copy(Path.Combine(seeds, "notes-12.gcno"), Path.Combine(folder, "lex.gcno"));
        File.WriteAllText(Path.Combine(folder, "lex.ab.c.069i.profile"), "of another");
        Assert.That(GccNotes.Read(folder).FunctionsWithStatements, Is.Zero);
        File.Copy(Path.Combine(seeds, "notes-12.profile"), Path.Combine(folder, "lex.c.069i.profile"));
        Assert.That(GccNotes.Read(folder).FunctionsWithStatements, Is.EqualTo(1));
    }

    [TestCase("/build", "sub/x.gcno", "/build", ExpectedResult = "/build")]
    [TestCase("/build", "sub/x.gcno", "/build/sub", ExpectedResult = "/build")]
    [TestCase("/copy", "sub/x.gcno", "/build/sub", ExpectedResult = "/build")]
    [TestCase("/copy", "x.gcno", "/build", ExpectedResult = "/build")]
    [TestCase("/build/out", "x.gcno", "/build", ExpectedResult = "/build/out")]
    public string Folder_of_objects_is_that_of_the_build_where_notes_were_copied(string folder, string notes, string compiler) => ObjectNames.FolderOf(folder, [(notes, compiler)]);

    private static string Compiled(string version, string source)
    {
        string folder = TestEnvironment.NewFolder();
        string file = Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Corpus", "Sources", source);
        string compiler = source.EndsWith(".c", StringComparison.Ordinal) ? $"gcc-{version}" : $"g++-{version}";
        TestEnvironment.RequireTool(compiler);
        var run = TestEnvironment.Shell(folder, $"{compiler} -O2 -g -fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile -c {file} -o object.o");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return folder;
    }

    /// <summary>The functions, arcs and lines that are printed, one in a line.</summary>
    private static string Normal(string printed)
    {
        var lines = new List<string>();
        foreach (string line in printed.Split('\n'))
        {
            if (Regex.Match(line, @"FUNCTION ident=(\d+), lineno_checksum=(\S+), cfg_checksum=([^,]+), `(.*)' (?:\(artificial\) )?(.*?):(\d+)") is { Success: true } function)
            {
                lines.Add($"{function.Groups[1]} {function.Groups[2].Value.TrimEnd(',')} {function.Groups[3]} {function.Groups[4]} {function.Groups[5]}:{function.Groups[6]}");
            }
            else if (Regex.Match(line, @"BLOCKS (\d+) blocks") is { Success: true } blocks)
            {
                lines.Add($"{blocks.Groups[1]} blocks");
            }
            else if (Regex.Match(line, @"block (\d+):((?: \d+:\S+)+)\s*$") is { Success: true } arcs)
            {
                lines.AddRange(Regex.Matches(arcs.Groups[2].Value, @"(\d+):(\d{4})").Select(a => $"{arcs.Groups[1]} -> {a.Groups[1]} {int.Parse(a.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 3}"));
            }
            else if (Regex.Match(line, @"block (\d+):`(.*)':([\d, ]+)$") is { Success: true } at)
            {
                lines.AddRange(at.Groups[3].Value.Split(',').Select(l => $"{at.Groups[1]} at {Path.GetFileName(at.Groups[2].Value)}:{l.Trim()}"));
            }
        }

        return string.Join('\n', lines);
    }

    private static string Describe(NotesFile notes, string fallsThrough)
    {
        Assert.That(fallsThrough, Does.Contain("FUNCTION"));
        var lines = new List<string>();
        foreach (var function in notes.Functions)
        {
            lines.Add($"{function.Ident} 0x{function.LineChecksum:x8} 0x{function.FlowChecksum:x8} {function.Name} {function.Source}:{function.StartLine}");
            lines.Add($"{function.Blocks} blocks");
            lines.AddRange(function.Arcs.Select(a => $"{a.From} -> {a.To} {(a.IsOnTree ? 1 : 0) + (a.IsFake ? 2 : 0)}"));
            lines.AddRange(function.Positions.Select(p => $"{p.Block} at {p.File}:{p.Line}"));
        }

        return string.Join('\n', lines);
    }
}
