using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>Twelve ways to get nothing, each with its own message and what to do next.</summary>
public sealed class NothingUsableTests
{
    private const ulong ExcludeUser = 1 << 4;
    private const ulong ExcludeKernel = 1 << 5;

    private static readonly string Recording = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data");
    private static readonly string Gzip = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip");
    private static readonly byte[] Id = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];

    private string _folder = "";

    private string Output => Path.Combine(_folder, "out.afdo");

    [SetUp]
    public void MakeFolder() => _folder = TestEnvironment.NewFolder();

    [Test]
    public void Wrong_binary() => Fails(3, ["was not mapped in this recording", "/export/hda3/tmp/test.binary 97.4 %"], Recording, Gzip);

    [Test]
    public void Right_name_but_another_build()
    {
        string binary = Path.Combine(_folder, "stlmix");
        File.Copy(TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"), binary);
        Fails(3, ["is another build than the recorded", "38b6fedbb104e4fe6a6771a45f38dc31fff0386e", "96717b9a45467c32e04cad9e6a828e7f2cf051d0"],
            TestEnvironment.Data("programs/stlmix-d5-pie/perf.data"), binary);
    }

    [Test]
    public void Binary_rebuilt_since()
    {
        string binary = Path.Combine(_folder, "program");
        File.Copy(TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"), binary);
        var builder = new PerfDataBuilder().Event().Mmap2(1, 0x1000, 0x1000, 0, binary, Id).Sample(1, 0x1000, 1, new BranchEntry(0x1010, 0x1000, 0));
        Fails(3, ["has been built anew since the recording", Convert.ToHexStringLower(Id), "record again"], Save(builder), binary);
    }

    [Test]
    public void Stripped_binary()
    {
        string binary = Path.Combine(_folder, "gzip");
        TestEnvironment.Run("strip", "-o", binary, Gzip);
        Fails(3, ["neither symbols nor debug information (it is stripped)", "-g"], Recording, binary, "--mapped-as", "test.binary");
    }

    [Test]
    public void Binary_without_line_table()
    {
        string binary = Path.Combine(_folder, "gzip");
        TestEnvironment.Run("objcopy", "--remove-section", ".debug_line", Gzip, binary);
        Fails(3, ["debug information without line numbers", "-g1"], Recording, binary, "--mapped-as", "test.binary");
    }

    [Test]
    public void Samples_in_a_shared_library()
    {
        var builder = new PerfDataBuilder().Event().Mmap(1, 0x400000, 0x10000, 0, "/bin/gzip").Mmap(1, 0x700000, 0x1000, 0, "/lib/libhot.so");
        for (ulong time = 1; time <= 200; time++)
        {
            builder.Sample(1, time <= 3 ? 0x400100u : 0x700100u, time, new BranchEntry(0x700110, 0x700100, 0));
        }

        Fails(3, ["only 1.5 % (3 of 200) of the samples lie in it", "/lib/libhot.so 98.5 %"], Save(builder), Gzip);
    }

    [Test]
    public void Samples_without_branch_stacks() =>
        Fails(3, ["the samples have no branch stacks", "perf record -b", "--no-lbr"], Save(new PerfDataBuilder().Event().Sample(1, 2, 3)), Gzip);

    [Test]
    public void Recording_of_user_space_with_a_kernel()
    {
        string kernel = Path.Combine(_folder, "vmlinux");
        File.WriteAllText(kernel + ".c", "void _start(void) {}");
        TestEnvironment.Run("gcc-12", "-g", "-static", "-nostdlib", "-Wl,--defsym=_text=0x401000", "-o", kernel, kernel + ".c");
        Fails(3, ["is of the kernel, but", "was recorded in user space only", "EVENT:k"], Save(Excluding(ExcludeKernel)), kernel);
    }

    [Test]
    public void Recording_of_the_kernel_with_a_program() =>
        Fails(3, ["runs in user space, but", "was recorded in the kernel only", "EVENT:u"], Save(Excluding(ExcludeUser)), Gzip);

    [Test]
    public void Empty_recording() => Fails(3, ["the recording has no samples (events:", "perf stat"], Save(new PerfDataBuilder().Event()), Gzip);

    [Test]
    public void Recording_with_traces_only() =>
        Fails(3, ["only traces", "perf inject --itrace"], Save(new PerfDataBuilder().Event().Record(RecordType.AuxTrace, 0, b => b.Zeros(40))), Gzip);

    [Test]
    public void Output_folder_that_is_missing_or_read_only()
    {
        Fails(1, ["there is no folder"], Recording, Gzip, "--mapped-as", "test.binary", "-o", Path.Combine(_folder, "missing", "out.afdo"));
        Fails(1, ["read-only"], Recording, Gzip, "--mapped-as", "test.binary", "-o", "/sys/out.afdo");
    }

    [Test]
    public void Binary_with_debug_information_alone_is_not_what_ran()
    {
        string binary = Path.Combine(_folder, "gzip");
        TestEnvironment.Run("objcopy", "--only-keep-debug", Gzip, binary);
        Fails(3, ["holds debug information only", "--debug-dir"], Recording, binary, "--mapped-as", "test.binary");
    }

    private static PerfDataBuilder Excluding(ulong flags) =>
        new PerfDataBuilder { AttributeFlags = flags }.Event().Mmap(1, 0x400000, 0x10000, 0, "/bin/gzip").Sample(1, 0x400100, 1, new BranchEntry(0x400110, 0x400100, 0));

    private string Save(PerfDataBuilder builder) => builder.Save(Path.Combine(_folder, "perf.data"));

    private void Fails(int exitCode, string[] expected, string recording, string binary, params string[] options)
    {
        string[] before = Directory.GetFileSystemEntries(_folder);
        string[] output = options.Contains("-o") ? [] : ["-o", Output];
        var run = TestEnvironment.Tarax(["convert", recording, "--binary", binary, .. output, .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        foreach (string text in expected)
        {
            Assert.That(run.Error, Does.Contain(text));
        }

        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1), "one sentence, not a stack trace");
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(before), "no file is left behind");
    }
}
