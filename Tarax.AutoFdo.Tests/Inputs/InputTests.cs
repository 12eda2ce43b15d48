using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Reports;

namespace Tarax.AutoFdo.Tests.Inputs;

/// <summary>Every command takes every kind of input, through every door, and reads it once.</summary>
public sealed class InputTests
{
    private const string Binary = "--binary gzip --mapped-as test.binary --for gcc-12 --min-samples 0";

    private string _folder = "";
    private byte[] _profile = [];
    private byte[] _counts = [];

    [OneTimeSetUp]
    public void MakeInputs()
    {
        _folder = TestEnvironment.NewFolder();
        foreach (string file in (string[])["perf.data", "gzip"])
        {
            File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", file), Path.Combine(_folder, file));
        }

        Good(Tarax($"convert perf.data {Binary} -o profile --counts one.txt"));
        Good(Tarax("counts perf.data -o x.counts"));
        Good(Tarax("counts perf.data --text -o x.counts.txt"));
        Good(TestEnvironment.Shell(_folder, "mkdir threads && cp perf.data threads/data && for f in perf.data x.counts x.counts.txt one.txt; do gzip -k $f; done"));
        _profile = File.ReadAllBytes(Path.Combine(_folder, "profile"));
        _counts = File.ReadAllBytes(Path.Combine(_folder, "x.counts"));
    }

    [TestCase("perf.data")]
    [TestCase("perf.data.gz")]
    [TestCase("threads")]
    [TestCase("- <perf.data")]
    [TestCase("- <perf.data.gz")]
    [TestCase("<(cat perf.data)")]
    [TestCase("<(cat perf.data.gz)")]
    [TestCase("x.counts")]
    [TestCase("x.counts.gz")]
    [TestCase("- <x.counts")]
    [TestCase("<(cat x.counts.gz)")]
    [TestCase("x.counts.txt")]
    [TestCase("x.counts.txt.gz")]
    [TestCase("- <x.counts.txt")]
    public void Recordings_and_their_counts_are_converted_inspected_and_counted(string input)
    {
        string name = $"{TestContext.CurrentContext.Test.ID}.out";
        Good(Bash($"{TestEnvironment.TaraxCommand} convert {input} {Binary} -o {name}"));
        Assert.That(File.ReadAllBytes(Path.Combine(_folder, name)), Is.EqualTo(_profile));
        Good(Bash($"{TestEnvironment.TaraxCommand} counts {input} -o {name}"));
        Assert.That(File.ReadAllBytes(Path.Combine(_folder, name)), Is.EqualTo(_counts));
        Assert.That(Good(Bash($"{TestEnvironment.TaraxCommand} inspect {input}")), Does.Contain("test.binary"));
    }

    [TestCase("one.txt")]
    [TestCase("one.txt.gz")]
    [TestCase("- <one.txt")]
    [TestCase("<(cat one.txt)")]
    public void Counts_of_one_binary_are_converted_and_the_other_commands_say_why_not(string input)
    {
        string name = $"{TestContext.CurrentContext.Test.ID}.out";
        Good(Bash($"{TestEnvironment.TaraxCommand} convert {input} {Binary} -o {name}"));
        Assert.That(File.ReadAllBytes(Path.Combine(_folder, name)), Is.EqualTo(_profile));
        foreach (string command in (string[])[$"counts {input} -o {name}.counts", $"inspect {input}"])
        {
            var (exitCode, _, error) = Bash($"{TestEnvironment.TaraxCommand} {command}");
            Assert.That((exitCode, error), Is.EqualTo((3, error)));
            Assert.That(error, Does.Contain("counts of one binary as text").And.Contain("tarax convert"));
        }
    }

    [TestCase("xz")]
    [TestCase("zstd")]
    public void Compressions_are_known(string tool)
    {
        TestEnvironment.RequireTool(tool);
        Good(TestEnvironment.Shell(_folder, $"{tool} -q -k -c perf.data > perf.{tool}"));
        Good(Tarax($"convert perf.{tool} {Binary} -o {tool}.out"));
        Assert.That(File.ReadAllBytes(Path.Combine(_folder, $"{tool}.out")), Is.EqualTo(_profile));
    }

    [Test]
    public void What_perf_script_prints_is_taken_from_a_pipe()
    {
        string text = string.Concat(Enumerable.Range(0, 200).Select(i => $"a 7 {i + 1}.000000: 401000 0x401010/0x401000/P/-/-/0 0x401010/0x401000/P/-/-/0\n"));
        using var input = Input.Of(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), "text");
        Assert.That(input.Format, Is.EqualTo(InputFormat.PerfScript));
        Assert.That(Recording.Count(input).Counts.Samples, Is.EqualTo(200));
    }

    [Test]
    public void Named_pipe_is_read_whole_a_hundred_times()
    {
        TestEnvironment.RequireTool("mkfifo");
        string recording = Path.Combine(_folder, "perf.data");
        string pipe = Path.Combine(_folder, "pipe");
        TestEnvironment.Run("mkfifo", pipe);
        long samples = Recording.Count(recording).Counts.Samples;
        byte[] bytes = File.ReadAllBytes(recording);
        for (int i = 0; i < 100; i++)
        {
            var writer = Task.Run(() =>
            {
                using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                for (int at = 0; at < bytes.Length; at += 1 << 14)
                {
                    stream.Write(bytes, at, Math.Min(1 << 14, bytes.Length - at));
                }
            });
            Assert.That(Recording.Count(pipe).Counts.Samples, Is.EqualTo(samples));
            writer.Wait();
        }
    }

    /// <summary>Descriptors that nobody passed on are the runtime's own: of a pipe among them it holds the other end, and waiting for its end would last for ever.</summary>
    [Test]
    [Platform("Linux")]
    public void Pipe_of_the_process_itself_is_no_input()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        foreach (string folder in (string[])["/dev/fd", "/proc/self/fd", $"/proc/{Environment.ProcessId}/fd"])
        {
            string name = $"{folder}/{pipe.SafePipeHandle.DangerousGetHandle()}";
            Assert.That(() => Recording.Count(name), Throws.InstanceOf<IOException>().With.Message.StartsWith($"{name}: there is no such file"));
        }
    }

    [Test]
    public void Input_of_another_tool_is_one_class_that_is_added_in_one_line()
    {
        InputReader.Add(new ToyReader());
        string file = Path.Combine(_folder, "toy");
        File.WriteAllText(file, "toy recording\n401000 12\n401010 30\n");
        var recording = Recording.Count(file);
        Assert.That(recording.Binaries.Select(b => (b.Name, b.Samples)), Is.EqualTo(new[] { ("/bin/toy", 42ul) }));
        Assert.That(RecordingInspection.Of(file).Container, Is.EqualTo("toy"));
    }

    private (int ExitCode, string Output, string Error) Tarax(string arguments) => TestEnvironment.Shell(_folder, $"{TestEnvironment.TaraxCommand} {arguments}");

    /// <summary>A shell that has process substitution, which gives a program pipes by name.</summary>
    private (int ExitCode, string Output, string Error) Bash(string line) => TestEnvironment.Execute("bash", null, "-c", $"cd {_folder} && {line}");

    private static string Good((int ExitCode, string Output, string Error) run)
    {
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Output;
    }

    private sealed class ToyReader : InputReader
    {
        public override string Format => "toy";

        public override bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("toy recording\n"u8);

        public override RecordingCounts Read(Stream content, string name)
        {
            var counter = new SampleCounter(name, "time");
            counter.Map(1, 0x400000, 0x410000, 0, "/bin/toy", "");
            using var reader = new StreamReader(content);
            reader.ReadLine();
            while (reader.ReadLine() is { } line)
            {
                string[] words = line.Split(' ');
                counter.Sample(1, Convert.ToUInt64(words[0], 16), 0, ulong.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
            }

            return counter.ToCounts();
        }
    }
}
