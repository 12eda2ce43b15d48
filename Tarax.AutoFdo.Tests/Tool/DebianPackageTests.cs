using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Conversion;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>A binary of the distribution whose debug information is another package, recorded here by an emulator that keeps branch records.</summary>
public sealed class DebianPackageTests
{
    [Test]
    public void Library_with_a_detached_debug_file_is_converted_by_build_id_alone()
    {
        const string Library = "/lib/x86_64-linux-gnu/libc.so.6";
        TestEnvironment.Require(File.Exists(Library), "this is not Debian on x86-64");
        using (var elf = ElfFile.Open(Library))
        {
            Assert.That(elf.HasDebugInformation, Is.False);
            string? debug = new DebugFileSearch([DebugFileSearch.SystemDirectory]).FindDebugFile(elf);
            TestEnvironment.Require(debug is not null, "the debug file of libc is not installed (apt install libc6-dbg)");
        }

        string recording = Record("/usr/bin/sort", Text(20_000));
        var outcome = Recording.Count(recording).ConvertAll(0.01).First(o => Path.GetFileName(o.Binary.Name) == "libc.so.6");
        Assert.That(outcome.Problem, Is.Null);
        var report = outcome.Result!.Report;
        TestContext.Out.WriteLine($"{outcome.Binary.Name}: {report.SamplesInBinary} of {report.Samples} samples, {report.Functions} functions, {report.Positions} positions");
        Assert.That(report.Identification, Is.EqualTo(BinaryIdentification.BuildId));
        Assert.That(outcome.Result.Profile.Functions.Count(f => f.Body.MaximumCount() > 0), Is.GreaterThan(5));
        Assert.That(outcome.Result.Profile.Functions.Select(f => f.File), Has.Some.EndsWith(".c"));
    }

    /// <summary>Records a program with the plugin that lies beside the recordings.</summary>
    private static string Record(string program, string argument)
    {
        string sources = TestEnvironment.DataTool("qemu-lbr/Makefile");
        string folder = TestEnvironment.NewFolder();
        TestEnvironment.Run("make", "-s", "-C", Path.GetDirectoryName(sources)!, $"B={folder}");
        string recording = Path.Combine(folder, "perf.data");
        TestEnvironment.Run("qemu-x86_64", "-seed", "1", "-plugin", $"{folder}/qemu-lbr.so,period=1009,out={recording},statsfile={folder}/stats", program, argument);
        return recording;
    }

    /// <summary>A file of random lines.</summary>
    private static string Text(int lines)
    {
        var random = new Random(5);
        var text = new StringBuilder();
        for (int i = 0; i < lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{random.Next():x} line {random.Next(100)}\n");
        }

        string path = Path.Combine(TestEnvironment.NewFolder(), "lines.txt");
        File.WriteAllText(path, text.ToString());
        return path;
    }
}
