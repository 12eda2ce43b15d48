using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Binaries.Dwarf;

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
        string reference = CompiledProgram.Build(compiler, Path.Combine(folder, "reference"), "-gdwarf-5");
        string other = CompiledProgram.Build(compiler, Path.Combine(folder, "other"), options);
        CompiledProgram.AssertSameProfile(reference, other);
    }

    [TestCase("--compress-debug-sections=zlib")]
    [TestCase("--compress-debug-sections=zlib-gnu")]
    [TestCase("--compress-debug-sections=zstd")]
    [TestCase("--remove-section=.debug_aranges")]
    public void Rewritten_sections_give_the_same_profile(string option)
    {
        string folder = TestEnvironment.NewFolder();
        string reference = CompiledProgram.Build("gcc-12", Path.Combine(folder, "reference"), "-gdwarf-5");
        string other = Path.Combine(folder, "other");
        TestEnvironment.Run("objcopy", option, reference, other);
        CompiledProgram.AssertSameProfile(reference, other);
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
        string binary = CompiledProgram.Build(compiler, Path.Combine(TestEnvironment.NewFolder(), "program"), ["-g", .. options]);
        var profile = CompiledProgram.ProfileOf(binary, CompiledProgram.CountsOf(binary));
        Assert.That(profile.Functions.Select(f => f.Name), Does.Contain("tree_insert").And.Contain("run"));
        Assert.That(profile.Functions.Select(f => f.Body.MaximumCount()), Has.All.GreaterThan(0));
    }

    [Test]
    public void Shared_object_is_read_like_a_program()
    {
        string binary = CompiledProgram.Build("gcc-12", Path.Combine(TestEnvironment.NewFolder(), "libcmulti.so"), "-g", "-fPIC", "-shared");
        Assert.That(CompiledProgram.ProfileOf(binary, CompiledProgram.CountsOf(binary)).Functions.Select(f => f.Name), Does.Contain("tree_insert"));
    }

    [Test]
    public void Minimal_debug_information_gives_the_same_functions_files_and_inlined_calls()
    {
        string folder = TestEnvironment.NewFolder();
        string reference = CompiledProgram.Build("gcc-12", Path.Combine(folder, "reference"), "-gdwarf-5");
        string minimal = CompiledProgram.Build("gcc-12", Path.Combine(folder, "minimal"), "-g1");
        var counts = CompiledProgram.CountsOf(reference);
        var expected = Inlined(CompiledProgram.ProfileOf(reference, counts));
        Assert.That(Inlined(CompiledProgram.ProfileOf(minimal, counts)), Is.EqualTo(expected), "of lines -g1 has a few less, of functions none");
        Assert.That(expected, Has.Count.GreaterThan(20));
    }

    [Test]
    public void Mixed_versions_in_one_binary_are_read()
    {
        string folder = TestEnvironment.NewFolder();
        string sources = TestEnvironment.Data("programs/src/cmulti");
        string[] files = CompiledProgram.Sources(sources);
        var objects = new List<string>();
        for (int i = 0; i < files.Length; i++)
        {
            objects.Add(Path.Combine(folder, $"{i}.o"));
            TestEnvironment.Run("gcc-12", "-O2", $"-gdwarf-{2 + (i % 4)}", "-c", "-I", sources, files[i], "-o", objects[^1]);
        }

        string mixed = Path.Combine(folder, "mixed");
        TestEnvironment.Run("gcc-12", ["-o", mixed, .. objects]);
        CompiledProgram.AssertSameProfile(CompiledProgram.Build("gcc-12", Path.Combine(folder, "reference"), "-gdwarf-5"), mixed);
    }

    [Test]
    public void Link_time_optimised_program_is_read()
    {
        string binary = CompiledProgram.Build("gcc-12", Path.Combine(TestEnvironment.NewFolder(), "program"), "-g", "-flto");
        Assert.That(CompiledProgram.ProfileOf(binary, CompiledProgram.CountsOf(binary)).Functions.Select(f => f.Name), Does.Contain("tree_insert"));
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
}
