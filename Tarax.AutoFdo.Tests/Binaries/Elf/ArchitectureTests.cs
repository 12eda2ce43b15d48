using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Binaries.Elf;

/// <summary>Binaries of other machines: 32 and 64 bits, either byte order.</summary>
public sealed class ArchitectureTests
{
    private const string Source = """
        static inline int twice(int x) { return x > 3 ? 2 * x : x; }
        __attribute__((noinline)) int work(int n) {
            int sum = 0;
            for (int i = 0; i < n; i++)
                sum += twice(i) ^ n;
            return sum;
        }
        void _start(void) { volatile int result = work(100); for (;;) { } }
        """;

    [TestCase("x86_64-linux-gnu", "")]
    [TestCase("i686-linux-gnu", "")]
    [TestCase("armv7-linux-gnueabihf", "-marm")]
    [TestCase("armv7-linux-gnueabihf", "-mthumb")]
    [TestCase("aarch64-linux-gnu", "")]
    [TestCase("powerpc64-linux-gnu", "-mabi=elfv2")]
    [TestCase("mips-linux-gnu", "")]
    public void Function_of_a_binary_of_any_machine_has_its_lines(string target, string option)
    {
        string folder = TestEnvironment.NewFolder();
        string binary = Path.Combine(folder, "program");
        File.WriteAllText(Path.Combine(folder, "program.c"), Source);
        TestEnvironment.Run("clang-22", [.. new[] { $"--target={target}", option, "-O2", "-g", "-fno-unroll-loops", "-fno-vectorize", "-nostdlib", "-static", "-fuse-ld=lld", "-o", binary, Path.Combine(folder, "program.c") }.Where(o => o.Length > 0)]);
        using var elf = ElfFile.Open(binary);
        var symbols = FunctionSymbols.Of(elf);
        var text = elf.Sections.Single(s => s.Name == ".text");
        var work = Enumerable.Range(0, (int)text.Size).Select(i => symbols.Find(text.Address + (ulong)i)).First(s => s?.Aliases[0].Name == "work")!;
        Assert.That(work.Start % 2, Is.Zero, "the bit that marks Thumb code is no part of the address");
        Assert.That(elf.TryGetFileOffset(work.Start, out ulong offset), Is.True);
        string counts = Path.Combine(folder, "counts.txt");
        CountsText.Save(new BinaryCounts(null, [], [new RangeCount(offset, offset + (work.End - work.Start) - 1, 50, 0)], [], []), counts);
        var profile = AutoFdoConverter.Convert(counts, binary, new ConversionOptions { Input = InputKind.CountsText, Format = ProfileFormat.GcovV2, Discriminators = DiscriminatorHandling.Drop }).Profile;
        var function = profile.Functions.Single();
        Assert.That(function.Name, Is.EqualTo("work"));
        Assert.That(function.Body.Positions.Select(p => p.Position.LineOffset), Has.Member(3));
        Assert.That(function.Body.Calls.Select(c => c.Callee), Is.EqualTo(["twice"]));
    }
}
