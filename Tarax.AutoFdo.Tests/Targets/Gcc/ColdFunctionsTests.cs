using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests.Targets.Gcc;

/// <summary>The list of functions that Clang shall take for cold, of a program of which only <c>main</c> ran.</summary>
public sealed class ColdFunctionsTests
{
    private const string Source = """
        __attribute__((noinline, used)) int far_away(int x) { return x * 3; }
        __attribute__((noinline, used)) int called(int x) { return far_away(x) + 1; }
        __attribute__((noinline, used)) int left(int x) { return x * 5; }
        int (*volatile by_pointer)(int) = left;
        int main(int argc, char **argv) { int sum = argc > 100 ? called(argc) : 0; return argc > 200 ? by_pointer(sum) + 1 : sum; }
        """;

    [TestCase(null, new[] { "far_away", "left", "main" })]
    [TestCase(true, new[] { "called", "far_away", "left", "main" })]
    [TestCase(false, new string[0])]
    public void Function_that_code_which_ran_calls_directly_is_not_known_to_be_cold(bool? list, string[] expected)
    {
        TestEnvironment.Require(TestEnvironment.IsInstalled("clang-22"), "clang-22 is not here");
        string program = Path.Combine(TestEnvironment.NewFolder(), "program");
        File.WriteAllText(program + ".c", Source);
        TestEnvironment.Run("clang-22", "-O1", "-g", "-fdebug-info-for-profiling", "-fno-optimize-sibling-calls", "-o", program, program + ".c");
        using var binary = Binary.Open(program, new DebugFileSearch([]));
        var symbolizer = binary.Symbolizer;
        var main = symbolizer.FindFunction(symbolizer.FunctionStarts().Single(s => s.Name == "main").Address)!;
        Assert.That(binary.File.TryGetFileOffset(main.Entry, out ulong start), Is.True);
        var counts = new BinaryCounts(null, [], [new RangeCount(start, start + (main.Debug.Ranges[0].End - main.Entry) - 1, 100, 0)], [], []);
        var options = new ConversionOptions { ForCompiler = new TargetCompiler(Compilers.Clang, 22), SymbolList = list, CheckRanges = false };
        var (profile, _) = ProfileConversion.Build(counts, "", binary, options, new ConversionReport());
        Assert.That(profile.Functions.Select(f => f.Name), Is.EqualTo(new[] { "main" }));
        Assert.That(profile.SymbolList.Where(s => Source.Contains($"int {s}(", StringComparison.Ordinal)), Is.EqualTo(expected));
    }
}
