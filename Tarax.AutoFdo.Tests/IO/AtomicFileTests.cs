using Microsoft.Win32.SafeHandles;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.IO;

/// <summary>Files appear whole or not at all, as the tools do of whom nobody thinks: install, git.</summary>
public sealed class AtomicFileTests
{
    private string _folder = "";

    private string Target => Path.Combine(_folder, "out");

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [Test]
    public void Failure_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(Target, "old");
        Assert.That(() => AtomicFile.Write(Target, s => { s.Write("new"u8); throw new InvalidOperationException(); }), Throws.InvalidOperationException);
        Assert.That(File.ReadAllText(Target), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { Target }));
    }

    [Test]
    public void File_has_no_name_while_it_is_written() =>
        AtomicFile.Write(Target, s =>
        {
            s.Write("new"u8);
            s.Flush();
            Assert.That(Directory.GetFiles(_folder), Is.Empty);
        });

    [TestCase("644", "644")]
    [TestCase("600", "600")]
    [TestCase("4755", "755")]
    [TestCase("2775", "775")]
    public void Mode_stays_but_for_setuid_and_setgid(string before, string after)
    {
        File.WriteAllText(Target, "old");
        TestEnvironment.Run("chmod", before, Target);
        AtomicFile.Write(Target, s => s.Write("new"u8));
        Assert.That(TestEnvironment.Run("stat", "-c", "%a", Target).Trim(), Is.EqualTo(after));
    }

    [Test]
    public void New_file_has_the_mode_that_the_mask_leaves()
    {
        AtomicFile.Write(Target, s => s.Write("new"u8));
        string other = Path.Combine(_folder, "other");
        File.WriteAllText(other, "");
        Assert.That(TestEnvironment.Run("stat", "-c", "%a", Target), Is.EqualTo(TestEnvironment.Run("stat", "-c", "%a", other)));
    }

    [Test]
    public void Owner_and_group_stay_where_that_is_allowed()
    {
        TestEnvironment.Require(TestEnvironment.Execute("id", null, "-u").Output.Trim() == "0", "only root gives files away");
        File.WriteAllText(Target, "old");
        TestEnvironment.Run("chown", "65534:65534", Target);
        AtomicFile.Write(Target, s => s.Write("new"u8));
        Assert.That(TestEnvironment.Run("stat", "-c", "%u:%g", Target).Trim(), Is.EqualTo("65534:65534"));
    }

    [Test]
    public void Read_only_file_is_not_replaced()
    {
        File.WriteAllText(Target, "old");
        TestEnvironment.Run("chmod", "444", Target);
        Assert.That(() => AtomicFile.Write(Target, s => s.Write("new"u8)), Throws.InstanceOf<IOException>().With.Message.Contains("read-only").And.Message.Contains(Target));
        Assert.That(File.ReadAllText(Target), Is.EqualTo("old"));
    }

    [Test]
    public void Link_stays_a_link_and_what_is_behind_it_is_replaced()
    {
        string link = Path.Combine(_folder, "link");
        string second = Path.Combine(_folder, "second");
        File.CreateSymbolicLink(link, "second");
        File.CreateSymbolicLink(second, "out");
        AtomicFile.Write(link, s => s.Write("new"u8));
        Assert.That(File.ReadAllText(Target), Is.EqualTo("new"));
        Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo("second"));
    }

    [Test]
    public void Links_in_a_circle_are_told()
    {
        File.CreateSymbolicLink(Target, "out");
        Assert.That(() => AtomicFile.Write(Target, s => s.Write("new"u8)), Throws.InstanceOf<IOException>().With.Message.Contains("circle"));
    }

    [Test]
    public void Name_may_be_as_long_as_names_can_be()
    {
        string longest = Path.Combine(_folder, new string('n', 255));
        AtomicFile.Write(longest, s => s.Write("1"u8));
        AtomicFile.Write(longest, s => s.Write("2"u8));
        Assert.That(File.ReadAllText(longest), Is.EqualTo("2"));
        Assert.That(() => AtomicFile.Write(longest + "n", s => s.Write("1"u8)), Throws.InstanceOf<IOException>().With.Message.Contains("too long"));
    }

    [Test]
    public void Longer_file_in_memory_is_replaced_whole()
    {
        string memory = $"/dev/shm/tarax-test-{Guid.NewGuid():N}";
        TestEnvironment.Require(Directory.Exists("/dev/shm"), "there is no /dev/shm");
        File.WriteAllText(memory, new string('x', 1000));
        AtomicFile.Write(memory, s => s.Write("new"u8));
        string content = File.ReadAllText(memory);
        File.Delete(memory);
        Assert.That(content, Is.EqualTo("new"));
    }

    [Test]
    public void Pipe_is_written_to_and_stays_one()
    {
        TestEnvironment.Run("mkfifo", Target);
        var reader = Task.Run(() => TestEnvironment.Run("cat", Target));
        AtomicFile.Write(Target, s => s.Write("through"u8));
        Assert.That(reader.Result, Is.EqualTo("through"));
        Assert.That(TestEnvironment.Run("stat", "-c", "%F", Target).Trim(), Is.EqualTo("fifo"));
    }

    [Test]
    public void Device_is_written_to() => Assert.That(() => AtomicFile.Write("/dev/null", s => s.Write("nothing"u8)), Throws.Nothing);

    [Test]
    public void Many_threads_write_one_file_and_one_of_them_is_the_last()
    {
        Parallel.For(0, 200, i => AtomicFile.Write(Target, s => s.Write(System.Text.Encoding.ASCII.GetBytes(new string((char)('a' + (i % 26)), 10_000)))));
        string content = File.ReadAllText(Target);
        Assert.That(content, Has.Length.EqualTo(10_000));
        Assert.That(content.Distinct().Count(), Is.EqualTo(1));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { Target }));
    }

    [Test]
    public void Leftovers_of_killed_runs_are_removed_and_nothing_else()
    {
        string leftover = Path.Combine(_folder, ".tarax-0123456789abcdef.tmp");
        string other = Path.Combine(_folder, ".tarax-notes.tmp");
        string link = Path.Combine(_folder, ".tarax-fedcba9876543210.tmp");
        File.WriteAllText(leftover, "half");
        File.WriteAllText(other, "mine");
        File.CreateSymbolicLink(link, other);
        AtomicFile.Write(Target, s => s.Write("new"u8));
        Assert.That(Directory.GetFiles(_folder), Is.EquivalentTo(new[] { Target, other, link }));
        Assert.That(File.ReadAllText(other), Is.EqualTo("mine"));
    }

    [Test]
    [Platform("Linux")]
    public void File_can_be_read_and_written_at_once_though_a_process_that_starts_has_its_descriptor()
    {
        SafeFileHandle? inherited = null;
        AtomicFile.Write(Target, s =>
        {
            s.Write("new"u8);

            // As fork(2) leaves it: another descriptor of the same open file.
            inherited = new SafeFileHandle(LibC.fcntl((int)((FileStream)s).SafeFileHandle.DangerousGetHandle(), LibC.DuplicateFrom, 3), ownsHandle: true);
        });
        using (inherited)
        {
            Assert.That(inherited!.IsInvalid, Is.False);
            Assert.That(File.ReadAllText(Target), Is.EqualTo("new"));
            File.AppendAllText(Target, "er");
        }

        Assert.That(File.ReadAllText(Target), Is.EqualTo("newer"));
    }

    [Test]
    public void Planted_links_are_not_followed()
    {
        // The name that was once predictable.
        string victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink($"{Target}.{Environment.ProcessId}.tmp", victim);
        AtomicFile.Write(Target, s => s.Write("new"u8));
        Assert.That(File.ReadAllText(victim), Is.EqualTo("precious"));
    }

    /// <summary>Where a file system has no files without a name (NFS, FAT) or /proc is not mounted.</summary>
    [Test]
    [Platform("Linux")]
    public void Where_a_file_must_have_a_name_it_is_random_and_new_and_nobodys_leftover()
    {
        using var one = NamedTemporary.Create(_folder, Target);
        using var other = NamedTemporary.Create(_folder, Target);
        Assert.That(one.Path, Is.Not.EqualTo(other.Path));
        Assert.That(new[] { one.Path, other.Path }.Select(p => TemporaryName.Is(Path.GetFileName(p))), Has.All.True);
        Assert.That(Directory.GetFiles(_folder), Is.EquivalentTo(new[] { one.Path, other.Path }));
        TemporaryName.RemoveLeftovers(_folder);
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2), "they are being written");
        one.Dispose();
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { other.Path }));
    }

    [Test]
    [Platform("Linux")]
    [NonParallelizable]
    public void File_that_must_have_a_name_goes_away_with_the_signal_that_ends_the_process()
    {
        using var temporary = NamedTemporary.Create(_folder, Target);

        // This process goes on, and the file is gone as if it had not.
        using var stays = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, c => c.Cancel = true);
        TestEnvironment.Run("bash", "-c", $"kill -HUP {Environment.ProcessId}");
        SpinWait.SpinUntil(() => !File.Exists(temporary.Path), TimeSpan.FromMinutes(20));
        Assert.That(Directory.GetFiles(_folder), Is.Empty);
    }

    [Test]
    public void Missing_folder_is_told_by_the_name_that_was_given() =>
        Assert.That(() => AtomicFile.Write(Path.Combine(_folder, "none", "out"), s => s.Write("new"u8)), Throws.InstanceOf<IOException>().With.Message.Contains("there is no folder").And.Message.Not.Contains(".tmp"));

    [Test]
    public void Full_disk_is_told_by_the_name_that_was_given() =>
        Assert.That(() => AtomicFile.Write("/dev/full", s => s.Write("new"u8)), Throws.InstanceOf<IOException>().With.Message.Contains("/dev/full").And.Message.Contains("no space"));

    [Test]
    public void Name_need_not_be_utf8()
    {
        string name = Path.Combine(_folder, "caf\udce9");
        AtomicFile.Write(name, s => s.Write("new"u8));
        Assert.That(FileSystem.FilesIn(_folder), Is.EqualTo(new[] { name }));
        Assert.That(TestEnvironment.Run("bash", "-c", $"cat {_folder}/caf$'\\xe9'"), Is.EqualTo("new"));
    }
}
