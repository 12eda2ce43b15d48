using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.IO;

/// <summary>Several outputs of one command are all there, or none is.</summary>
public sealed class OutputSetTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [Test]
    public void All_replace_what_was_there_and_nothing_else_is_left()
    {
        File.WriteAllText(At("a"), "old");
        Write("a", "b", "c");
        Assert.That(Contents(), Is.EqualTo(new[] { "a: new a", "b: new b", "c: new c" }));
    }

    [Test]
    public void Fault_while_one_is_written_leaves_all_as_they_were()
    {
        File.WriteAllText(At("a"), "old");
        using (var outputs = new OutputSet())
        {
            outputs.Add(At("a"), s => s.Write("new"u8));
            Assert.That(() => outputs.Add(At("b"), _ => throw new InvalidOperationException()), Throws.InvalidOperationException);
        }

        Assert.That(Contents(), Is.EqualTo(new[] { "a: old" }));
    }

    /// <summary>What is there when the files are written is not what is there when they get their names.</summary>
    [Test]
    public void File_that_cannot_have_its_name_puts_those_before_it_back()
    {
        File.WriteAllText(At("a"), "old");
        TestEnvironment.Run("chmod", "640", At("a"));
        File.CreateSymbolicLink(At("link"), "a");
        string before = Identity("a");
        using (var outputs = new OutputSet())
        {
            foreach (string name in (string[])["link", "b", "c"])
            {
                outputs.AddText(At(name), w => w.Write($"new {name}"));
            }

            Directory.CreateDirectory(At("c"));
            Assert.That(outputs.Commit, Throws.InstanceOf<IOException>().With.Message.StartsWith($"{At("c")}: cannot be written: "));
        }

        Assert.That(Contents(), Is.EqualTo(new[] { "a: old", "link: old" }));
        Assert.That(Identity("a"), Is.EqualTo(before), "the file that was there, not a copy of it");
    }

    [Test]
    public void Folders_that_were_made_for_them_go_away_where_no_file_gets_its_name()
    {
        using (var outputs = new OutputSet())
        {
            outputs.MakeFolder(At("new/deep"));
            outputs.Add(At("new/deep/a"), s => s.Write("a"u8));
            outputs.MakeFolder(At("new/other"));
        }

        Assert.That(Directory.Exists(At("new")), Is.False);
        Directory.CreateDirectory(At("there"));
        using (var outputs = new OutputSet())
        {
            outputs.MakeFolder(At("there/new"));
            outputs.Add(At("there/new/a"), s => s.Write("a"u8));
            outputs.Commit();
        }

        Assert.That(File.ReadAllText(At("there/new/a")), Is.EqualTo("a"));
        using (var outputs = new OutputSet())
        {
            outputs.MakeFolder(At("there"));
            outputs.Commit();
        }

        Assert.That(Directory.Exists(At("there")), Is.True, "what was there is left alone");
    }

    /// <summary>A kernel has thousands of files of counters, and a process may have 1,024 files open, if it asks for no more.</summary>
    [Test]
    [Platform("Linux")]
    public unsafe void Files_are_as_many_as_the_process_may_ask_to_have_open()
    {
        const int OpenFiles = 7; // RLIMIT_NOFILE
        const int Many = 400;
        LibC.ResourceLimit before;
        Assert.That(LibC.getrlimit(OpenFiles, &before), Is.Zero);
        ulong open = (ulong)Directory.GetFiles("/proc/self/fd").Length;
        if (before.Maximum < open + Many + 100)
        {
            Assert.Ignore("so many files may not be open here (ulimit -Hn)");
        }

        var low = before with { Current = open + 300 };
        Assert.That(LibC.setrlimit(OpenFiles, &low), Is.Zero);
        try
        {
            Write([.. Enumerable.Range(0, Many).Select(i => $"f{i}")]);
        }
        finally
        {
            Assert.That(LibC.setrlimit(OpenFiles, &before), Is.Zero);
        }

        Assert.That(Contents(), Has.Length.EqualTo(Many));
    }

    [Test]
    public void Pipes_and_devices_are_written_to_before_files_get_their_names()
    {
        File.WriteAllText(At("b"), "old");
        Assert.That(() => Write("a", "/dev/full", "b"), Throws.InstanceOf<IOException>().With.Message.Contains("/dev/full"));
        Assert.That(Contents(), Is.EqualTo(new[] { "b: old" }));
        TestEnvironment.Run("mkfifo", At("pipe"));
        string[]? seen = null;
        var reader = Task.Run(() => TestEnvironment.Run("cat", At("pipe")));
        using (var outputs = new OutputSet())
        {
            outputs.Add(At("b"), s => s.Write("new"u8));
            outputs.Add(At("pipe"), s =>
            {
                seen = [File.ReadAllText(At("b"))];
                s.Write("through"u8);
            });
            outputs.Commit();
        }

        Assert.That(reader.Result, Is.EqualTo("through"));
        Assert.That(seen, Is.EqualTo(new[] { "old" }));
        Assert.That(File.ReadAllText(At("b")), Is.EqualTo("new"));
    }

    /// <summary>For a moment the old file has a name by which other runs know what killed ones left behind.</summary>
    [Test]
    [Platform("Linux")]
    public void Old_file_is_not_taken_for_what_a_killed_run_left()
    {
        File.WriteAllText(At("a"), "old");
        using var pending = LinkedFile.Write(At("a"), At("a"), FileSystem.StatusOf(At("a")), s => s.Write("new"u8));
        pending.KeepOld();
        pending.PutInPlace();
        AtomicFile.Write(At("other"), s => s.Write("1"u8));
        Assert.That(File.ReadAllText(At("a")), Is.EqualTo("new"));
        pending.PutBack();
        Assert.That(Contents(), Is.EqualTo(new[] { "a: old", "other: 1" }));
    }

    private void Write(params string[] names)
    {
        using var outputs = new OutputSet();
        foreach (string name in names)
        {
            outputs.AddText(At(name), w => w.Write($"new {name}"));
        }

        outputs.Commit();
    }

    private string Identity(string name) => TestEnvironment.Run("stat", "-c", "%i %a %Y", At(name));

    private string[] Contents() => [.. Directory.GetFiles(_folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)}: {File.ReadAllText(f)}")];

    private string At(string name) => Path.Combine(_folder, name);
}
