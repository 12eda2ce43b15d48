using System.Text.Json;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>A program and its shared object, which one recording has: a pair of files for the build of both, or one for each.</summary>
public sealed class SeveralBinariesTests
{
    private const string Options = "-O2 -g -fPIC -fuse-ld=lld -Wl,--build-id";

    /// <summary>A static function of the name that one of the object has, one that both have, and one whose name is known only by its file.</summary>
    private const string Program = """
        int twice(int n);
        int work(int n);
        __attribute__((noinline)) static int step(int x) { return x % 5 == 1 ? x * 3 : x + 1; }
        int main(int argc, char **argv)
        {
            int sum = 0;
            for (int i = 0; i < 20000; i++)
                sum += i % 7 == 3 ? work(i) + twice(i) : step(i);
            return sum == argc;
        }
        """;

    private const string Shared = """
        __attribute__((noinline, visibility("hidden"))) int twice(int n)
        {
            int s = 0;
            for (int i = 0; i < (n & 3); i++)
                s += i & 1 ? n : 2;
            return s;
        }
        """;

    private const string Object = """
        int twice(int n);
        __attribute__((noinline)) static int step(int x) { return x % 7 == 1 ? x / 3 : x ^ 9; }
        int work(int n)
        {
            int s = 0;
            for (int i = 0; i < 12; i++)
                s += i == 11 ? step(s) : twice(s + n);
            return s;
        }
        """;

    private string _folder = "";

    [OneTimeSetUp]
    public void Record()
    {
        TestEnvironment.RequireTool("clang-22");
        _folder = TestEnvironment.NewFolder();
        File.WriteAllText(At("program.c"), Program);
        File.WriteAllText(At("twice.c"), Shared);
        File.WriteAllText(At("object.c"), Object);
        Build("program", "libobject.so", "-fbasic-block-address-map");
        SimulatedRecording.Record(At("recording"), 53, At("program"));
    }

    [Test]
    public void One_pair_is_for_the_build_of_all()
    {
        string error = Good("tarax layout recording --binary program --binary ./libobject.so -o all").Error;
        Assert.That(error.Split('\n').Count(l => l.StartsWith("next ", StringComparison.Ordinal)), Is.EqualTo(1), error);
        Assert.That(error, Does.Contain("blocks of functions that another binary has, too, in which they ran more"));
        string[] profile = File.ReadAllLines(At("all_cc_profile.txt"));
        Assert.That(profile.Count(l => l.StartsWith("#Profiled binary build ID: ", StringComparison.Ordinal)), Is.EqualTo(2));
        int[] steps = [.. Enumerable.Range(0, profile.Length).Where(i => profile[i] == "f step")];
        Assert.That(steps.Select(i => profile[i - 1]), Is.EqualTo(new[] { "m program.c", "m object.c" }));
        Assert.That(profile.Count(l => l == "f twice"), Is.EqualTo(1), "it is compiled once");
        string[] order = File.ReadAllLines(At("all_ld_profile.txt"));
        Assert.That(order, Is.Unique);
        Assert.That(order, Is.SupersetOf(new[] { "main", "step", "work", "twice" }));
        string warnings = Build("program.laid", "libobject-laid.so", "-fbasic-block-sections=list=all_cc_profile.txt -Wl,--symbol-ordering-file=all_ld_profile.txt -Wl,--no-warn-symbol-ordering");
        Assert.That(warnings, Is.Empty);
    }

    [Test]
    public void Folder_has_a_pair_for_each()
    {
        string error = Good("tarax layout recording --binary program --binary ./libobject.so --out-dir each").Error;
        Assert.That(error.Split('\n').Count(l => l.StartsWith("next ", StringComparison.Ordinal)), Is.EqualTo(2), error);
        Assert.That(Directory.GetFiles(At("each")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "program_cc_profile.txt", "program_ld_profile.txt", "libobject.so_cc_profile.txt", "libobject.so_ld_profile.txt" }));
        Good("tarax layout recording --binary program -o alone");
        Assert.That(File.ReadAllText(At("each/program_cc_profile.txt")), Is.EqualTo(File.ReadAllText(At("alone_cc_profile.txt"))));
        Assert.That(File.ReadAllLines(At("each/libobject.so_cc_profile.txt")), Has.Member("f twice").And.Member("f work").And.No.Member("f main"));
    }

    /// <summary>Libraries of the system have no map, and are told.</summary>
    [Test]
    public void Layout_beside_the_profiles_of_all_is_that_of_the_build()
    {
        Good("tarax layout recording --binary program --binary ./libobject.so -o all");
        string error = Good("tarax convert recording --all --keep-going --min-share 0 --for clang-22 --out-dir profiles --propeller beside").Error;
        Assert.That(File.ReadAllLines(At("beside_cc_profile.txt")).Order(StringComparer.Ordinal), Is.EqualTo(File.ReadAllLines(At("all_cc_profile.txt")).Order(StringComparer.Ordinal)));
        Assert.That(error.Split('\n').Count(l => l.StartsWith("next ", StringComparison.Ordinal)), Is.EqualTo(1), error);
        string json = Good("tarax convert recording --binary program --binary ./libobject.so --for clang-22 --out-dir profiles --propeller beside --report json").Error;
        var layouts = JsonDocument.Parse(json).RootElement.EnumerateArray().Select(b => b.GetProperty("report").GetProperty("layout").GetProperty("functions").GetInt32());
        Assert.That(layouts, Is.EqualTo(new[] { 2, 3 }), "main and step; work, step and twice, which ran more there");
    }

    [TestCase("tarax layout recording --binary program --binary ./libobject.so", 2, "-o PREFIX (one pair of files) or --out-dir DIR (a pair for each binary) is required")]
    [TestCase("tarax layout recording --binary program -o a --out-dir b", 2, "do not go together")]
    [TestCase("tarax layout recording --binary program --binary ./libobject.so --mapped-as program -o a", 2, "--mapped-as goes with one binary")]
    [TestCase("llvm-objcopy-22 --remove-section .llvm_bb_addr_map libobject.so bare.so; tarax convert recording --binary bare.so --for clang-22 --out-dir c --propeller p", 3, "no layout could be made: bare.so: has no address map")]
    public void Command_lines_that_make_nothing_are_told(string line, int code, string message)
    {
        var run = TestEnvironment.Shell(_folder, $"rm -rf a* b* c; {line}");
        Assert.That(run.ExitCode, Is.EqualTo(code), run.Error);
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(Directory.GetFiles(_folder, "*_profile.txt").Where(f => Path.GetFileName(f)[0] is 'a' or 'p'), Is.Empty);
    }

    private string Build(string program, string shared, string options)
    {
        string line = $"clang-22 {Options} {options} -shared -o {shared} object.c twice.c && clang-22 {Options} {options} -o {program} program.c twice.c -L. -l:{shared} -Wl,-rpath,'$ORIGIN'";
        return Good(line).Error;
    }

    private (int ExitCode, string Output, string Error) Good(string line)
    {
        var run = TestEnvironment.Shell(_folder, line);
        Assert.That(run.ExitCode, Is.Zero, $"{line}\n{run.Error}");
        return run;
    }

    private string At(string file) => Path.Combine(_folder, file);
}
