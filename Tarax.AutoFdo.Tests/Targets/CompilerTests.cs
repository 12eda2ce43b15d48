using System.Text.RegularExpressions;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Targets;

/// <summary>Real compilers read the profiles and apply them.</summary>
public sealed class CompilerTests
{
    private const int HottestFunctions = 5;

    [TestCase("gcc-11", "11")]
    [TestCase("gcc-12", "12")]
    public void Compiler_accepts_the_profile_of_a_c_program_and_annotates_its_hottest_functions(string compiler, string version)
    {
        string folder = TestEnvironment.NewFolder();
        var profile = Convert("cmulti-d5-pie", "cmulti", compiler, folder);
        string sources = TestEnvironment.Data("programs/src/cmulti");
        foreach (string source in Directory.GetFiles(sources, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(sources, source).Replace('/', '-');
            Compile($"gcc-{version}", folder, name, "-I", sources, source);
        }

        AssertAnnotated(profile, Dumps(folder));
    }

    [TestCase("gcc-11", "11")]
    [TestCase("gcc-12", "12")]
    public void Compiler_accepts_the_profile_of_a_cpp_program(string compiler, string version)
    {
        string folder = TestEnvironment.NewFolder();
        Convert("stlmix-d5-pie", "stlmix", compiler, folder);
        Compile($"g++-{version}", folder, "stlmix", TestEnvironment.Data("programs/src/stlmix.cc"));
        Assert.That(Regex.Count(Dumps(folder), @"\[count: [1-9]"), Is.GreaterThan(400), "annotated blocks");
    }

    [Test]
    public void Gcc_16_accepts_the_profile_of_a_c_program_and_annotates_its_hottest_functions()
    {
        using var tree = new CompilerTree();
        var profile = Convert("cmulti-d5-pie", "cmulti", "gcc-16", tree.Folder);
        string sources = TestEnvironment.Data("programs/src/cmulti");
        foreach (string source in Directory.GetFiles(sources, "*", SearchOption.AllDirectories))
        {
            tree.Copy(source, Path.GetRelativePath(sources, source));
        }

        foreach (string source in (string[])["main.c", "order.c", "table.c", "tree.c", "text/lex.c", "text/util.c", "vm/compile.c", "vm/run.c", "vm/util.c"])
        {
            tree.Compile("gcc-16", source, source.Replace('/', '-'));
        }

        AssertAnnotated(profile, Dumps(tree.Folder));
    }

    [Test]
    public void Gcc_16_accepts_the_profile_of_a_cpp_program()
    {
        using var tree = new CompilerTree();
        Convert("stlmix-d5-pie", "stlmix", "gcc-16", tree.Folder);
        tree.Copy(TestEnvironment.Data("programs/src/stlmix.cc"), "stlmix.cc");
        tree.Compile("g++-16", "stlmix.cc", "stlmix");
        Assert.That(Regex.Count(Dumps(tree.Folder), "Annotated bb [0-9]+ with count [1-9]"), Is.GreaterThan(150), "annotated blocks");
    }

    [Test]
    public void Compilers_accept_the_profile_that_was_inferred_from_addresses_and_annotate_its_hottest_functions()
    {
        string sources = TestEnvironment.Data("programs/src/cmulti");
        string folder = TestEnvironment.NewFolder();
        var profile = Convert("cmulti-d5-pie", "cmulti", "gcc-12", folder, useBranchStacks: false);
        foreach (string source in Directory.GetFiles(sources, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            Compile("gcc-12", folder, Path.GetRelativePath(sources, source).Replace('/', '-'), "-I", sources, source);
        }

        AssertAnnotated(profile, Dumps(folder));
        using var tree = new CompilerTree();
        Convert("stlmix-d5-pie", "stlmix", "gcc-16", tree.Folder, useBranchStacks: false);
        tree.Copy(TestEnvironment.Data("programs/src/stlmix.cc"), "stlmix.cc");
        tree.Compile("g++-16", "stlmix.cc", "stlmix");
        Assert.That(Regex.Count(Dumps(tree.Folder), "Annotated bb [0-9]+ with count [1-9]"), Is.GreaterThan(100), "annotated blocks");
    }

    private static SampleProfile Convert(string set, string program, string compiler, string folder, bool useBranchStacks = true)
    {
        string data = TestEnvironment.Data($"programs/{set}");
        Assert.That(TargetCompiler.TryParse(compiler, out var target), Is.True);
        AutoFdoConverter.Convert(Path.Combine(data, "perf.data"), Path.Combine(data, program), Path.Combine(folder, "profile.afdo"), new ConversionOptions { ForCompiler = target, UseBranchStacks = useBranchStacks });
        return SampleProfile.Load(Path.Combine(folder, "profile.afdo"));
    }

    private static void Compile(string compiler, string folder, string name, params string[] arguments)
    {
        var run = TestEnvironment.Execute(compiler, null,
            ["-O2", "-g", "-c", $"-fauto-profile={folder}/profile.afdo", $"-fdump-ipa-afdo-details={folder}/{name}.dump", "-o", $"{folder}/{name}.o", .. arguments]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Is.Empty, "no warning");
    }

    private static string Dumps(string folder) =>
        string.Join('\n', Directory.GetFiles(folder, "*.dump").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>Each of the hottest functions that the compiler kept has blocks with counts.</summary>
    private static void AssertAnnotated(SampleProfile profile, string dumps)
    {
        var hottest = profile.Functions.OrderByDescending(f => f.Body.TotalCount()).Take(HottestFunctions).Select(f => f.Name).ToList();
        int found = 0;
        foreach (string name in hottest)
        {
            var body = Regex.Match(dumps, $@"^[^\n()]*\b{Regex.Escape(name)} \([^\n]*\n\{{.*?^\}}", RegexOptions.Multiline | RegexOptions.Singleline);
            if (body.Success)
            {
                found++;
                Assert.That(Regex.Count(body.Value, @"\[count: [1-9]"), Is.GreaterThan(0), $"{name} is not annotated");
            }
        }

        Assert.That(found, Is.GreaterThanOrEqualTo(3), $"of {string.Join(", ", hottest)}");
    }
}
