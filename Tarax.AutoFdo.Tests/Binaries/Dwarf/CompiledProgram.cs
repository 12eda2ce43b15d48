using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Binaries.Dwarf;

/// <summary>The small C program of the shared sources, built in many ways, with counts that any build of the same code shares.</summary>
internal static class CompiledProgram
{
    public static void AssertSameProfile(string reference, string other)
    {
        var counts = CountsOf(reference);
        Assert.That(CountsOf(other).Ranges, Is.EqualTo(counts.Ranges), "the code must be the same for the comparison to mean anything");
        var expected = ProfileOf(reference, counts);
        var found = ProfileOf(other, counts);
        Assert.That(expected.Functions, Has.Count.GreaterThan(15));
        Assert.That(GcovTests.Write(found, ProfileFormat.GcovV2), Is.EqualTo(GcovTests.Write(expected, ProfileFormat.GcovV2)));
        Assert.That(found.Functions.Select(f => f.File), Is.EqualTo(expected.Functions.Select(f => f.File)));
    }

    public static SampleProfile ProfileOf(string binary, BinaryCounts counts)
    {
        string text = Path.Combine(TestEnvironment.NewFolder(), "counts.txt");
        CountsText.Save(counts, text);
        return AutoFdoConverter.Convert(text, binary, new ConversionOptions
        {
            Input = InputKind.CountsText,
            ForCompiler = new TargetCompiler(Compilers.Gcc, 16),
        }).Profile;
    }

    /// <summary>Counts that touch every instruction of the program's own functions, by nothing but their addresses.</summary>
    public static BinaryCounts CountsOf(string binary)
    {
        using var elf = ElfFile.Open(binary);
        var text = elf.Sections.First(s => s.Name == ".text");
        var symbols = FunctionSymbols.Of(elf);
        var ranges = new SortedDictionary<ulong, RangeCount>();
        for (ulong address = text.Address; address < text.Address + text.Size; address++)
        {
            if (symbols.Find(address) is { } symbol && symbol.Start == address && symbol.Start + 8 < symbol.End && !symbol.Aliases[0].Name.StartsWith('_'))
            {
                ulong offset = address - text.Address + text.Offset;
                ulong length = symbol.End - symbol.Start;
                for (ulong part = 0; part < 5; part++)
                {
                    ulong start = offset + (length * part / 5);
                    ranges[start] = new RangeCount(start, offset + (length * (part + 1) / 5) - 1, 10 + (address % 97) + (31 * part), 0);
                }
            }
        }

        return new BinaryCounts(null, [], [.. ranges.Values], [], []);
    }

    public static string[] Sources(string folder) =>
        [.. Directory.GetFiles(folder, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static string Build(string compiler, string output, params string[] options)
    {
        string sources = TestEnvironment.Data("programs/src/cmulti");
        TestEnvironment.Run(compiler, ["-O2", "-w", .. options, "-I", sources, .. Sources(sources), "-o", output]);
        return output;
    }
}
