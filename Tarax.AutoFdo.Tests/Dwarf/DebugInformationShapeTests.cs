using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Gcov;
using Tarax.AutoFdo.Samples;
using Tarax.AutoFdo.Symbolization;
using Tarax.AutoFdo.Tests.Profiles;

namespace Tarax.AutoFdo.Tests.Dwarf;

/// <summary>The same executed instructions give the same profile, however a compiler and a linker wrote the debug information down.</summary>
public sealed class DebugInformationShapeTests
{
    [TestCase("gcc-12", "-gdwarf-4")]
    [TestCase("gcc-12", "-gdwarf-3")]
    [TestCase("gcc-12", "-gdwarf-2")]
    [TestCase("gcc-12", "-gdwarf-5", "-gdwarf64")]
    [TestCase("gcc-12", "-gdwarf-5", "-fdebug-types-section")]
    [TestCase("gcc-12", "-gdwarf-4", "-fdebug-types-section")]
    [TestCase("gcc-12", "-gdwarf-5", "-gz=zlib")]
    [TestCase("gcc-11", "-gdwarf-4")]
    [TestCase("clang-14", "-gdwarf-4")]
    [TestCase("clang-14", "-gdwarf-5", "-fdebug-types-section")]
    [TestCase("clang-22", "-gdwarf-4")]
    [TestCase("clang-22", "-gdwarf-5", "-gdwarf64")]
    public void Debug_information_of_any_version_gives_the_profile_of_dwarf_5(string compiler, params string[] options)
    {
        string folder = TestEnvironment.NewFolder();
        string reference = Build(compiler, Path.Combine(folder, "reference"), "-gdwarf-5");
        string other = Build(compiler, Path.Combine(folder, "other"), options);
        AssertSameProfile(reference, other);
    }

    [TestCase("--compress-debug-sections=zlib")]
    [TestCase("--compress-debug-sections=zlib-gnu")]
    [TestCase("--compress-debug-sections=zstd")]
    [TestCase("--remove-section=.debug_aranges")]
    public void Rewritten_sections_give_the_same_profile(string option)
    {
        string folder = TestEnvironment.NewFolder();
        string reference = Build("gcc-12", Path.Combine(folder, "reference"), "-gdwarf-5");
        string other = Path.Combine(folder, "other");
        TestEnvironment.Run("objcopy", option, reference, other);
        AssertSameProfile(reference, other);
    }

    [TestCase("gcc-12", "-no-pie")]
    [TestCase("gcc-12", "-static")]
    [TestCase("gcc-12", "-static-pie")]
    [TestCase("gcc-12", "-Wl,-z,noseparate-code")]
    [TestCase("gcc-12", "-Wl,-z,max-page-size=0x200000")]
    [TestCase("clang-22", "-fuse-ld=lld")]
    [TestCase("clang-22", "-fuse-ld=lld", "-Wl,--no-rosegment")]
    public void Addresses_of_any_kind_of_executable_are_found(string compiler, params string[] options)
    {
        string binary = Build(compiler, Path.Combine(TestEnvironment.NewFolder(), "program"), ["-g", .. options]);
        var profile = ProfileOf(binary, CountsOf(binary));
        Assert.That(profile.Functions.Select(f => f.Name), Does.Contain("tree_insert").And.Contain("run"));
        Assert.That(profile.Functions.Select(f => f.Body.MaximumCount()), Has.All.GreaterThan(0));
    }

    [Test]
    public void Shared_object_is_read_like_a_program()
    {
        string binary = Build("gcc-12", Path.Combine(TestEnvironment.NewFolder(), "libcmulti.so"), "-g", "-fPIC", "-shared");
        Assert.That(ProfileOf(binary, CountsOf(binary)).Functions.Select(f => f.Name), Does.Contain("tree_insert"));
    }

    [Test]
    public void Minimal_debug_information_gives_the_same_functions_files_and_inlined_calls()
    {
        string folder = TestEnvironment.NewFolder();
        string reference = Build("gcc-12", Path.Combine(folder, "reference"), "-gdwarf-5");
        string minimal = Build("gcc-12", Path.Combine(folder, "minimal"), "-g1");
        var counts = CountsOf(reference);
        var expected = Inlined(ProfileOf(reference, counts));
        Assert.That(Inlined(ProfileOf(minimal, counts)), Is.EqualTo(expected), "of lines -g1 has a few less, of functions none");
        Assert.That(expected, Has.Count.GreaterThan(20));
    }

    [Test]
    public void Mixed_versions_in_one_binary_are_read()
    {
        string folder = TestEnvironment.NewFolder();
        string sources = TestEnvironment.Data("programs/src/cmulti");
        string[] files = Sources(sources);
        var objects = new List<string>();
        for (int i = 0; i < files.Length; i++)
        {
            objects.Add(Path.Combine(folder, $"{i}.o"));
            TestEnvironment.Run("gcc-12", "-O2", $"-gdwarf-{2 + (i % 4)}", "-c", "-I", sources, files[i], "-o", objects[^1]);
        }

        string mixed = Path.Combine(folder, "mixed");
        TestEnvironment.Run("gcc-12", ["-o", mixed, .. objects]);
        AssertSameProfile(Build("gcc-12", Path.Combine(folder, "reference"), "-gdwarf-5"), mixed);
    }

    [Test]
    public void Link_time_optimised_program_is_read()
    {
        string binary = Build("gcc-12", Path.Combine(TestEnvironment.NewFolder(), "program"), "-g", "-flto");
        Assert.That(ProfileOf(binary, CountsOf(binary)).Functions.Select(f => f.Name), Does.Contain("tree_insert"));
    }

    private static void AssertSameProfile(string reference, string other)
    {
        var counts = CountsOf(reference);
        Assert.That(CountsOf(other).Ranges, Is.EqualTo(counts.Ranges), "the code must be the same for the comparison to mean anything");
        var expected = ProfileOf(reference, counts);
        var found = ProfileOf(other, counts);
        Assert.That(expected.Functions, Has.Count.GreaterThan(15));
        Assert.That(GcovTests.Write(found, GcovVersion.V2), Is.EqualTo(GcovTests.Write(expected, GcovVersion.V2)));
        Assert.That(found.Functions.Select(f => f.File), Is.EqualTo(expected.Functions.Select(f => f.File)));
    }

    /// <summary>Every function and inlined call with its path and file.</summary>
    private static List<string> Inlined(SampleProfile profile)
    {
        var result = new List<string>();
        void Visit(string path, FunctionBody body)
        {
            foreach (var call in body.Calls)
            {
                result.Add($"{path}/{call.Position}:{call.Callee} {call.File}");
                Visit($"{path}/{call.Position}:{call.Callee}", call.Body);
            }
        }

        foreach (var function in profile.Functions)
        {
            result.Add($"{function.Name} {function.File}");
            Visit(function.Name, function.Body);
        }

        return result;
    }

    private static SampleProfile ProfileOf(string binary, BinaryCounts counts)
    {
        string text = Path.Combine(TestEnvironment.NewFolder(), "counts.txt");
        CountsText.Save(counts, text);
        return AutoFdoConverter.Convert(text, binary, new ConversionOptions
        {
            Input = InputKind.CountsText,
            ForCompiler = new TargetCompiler(CompilerFamily.Gcc, 16),
        }).Profile;
    }

    /// <summary>Counts that touch every instruction of the program's own functions, by nothing but their addresses.</summary>
    private static BinaryCounts CountsOf(string binary)
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
                    ulong begin = offset + (length * part / 5);
                    ranges[begin] = new RangeCount(begin, offset + (length * (part + 1) / 5) - 1, 10 + (address % 97) + (31 * part), 0);
                }
            }
        }

        return new BinaryCounts(null, [], [.. ranges.Values], [], []);
    }

    private static string[] Sources(string folder) =>
        [.. Directory.GetFiles(folder, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static string Build(string compiler, string output, params string[] options)
    {
        string sources = TestEnvironment.Data("programs/src/cmulti");
        TestEnvironment.Run(compiler, ["-O2", "-w", .. options, "-I", sources, .. Sources(sources), "-o", output]);
        return output;
    }
}
