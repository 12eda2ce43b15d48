using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests.Targets;

public sealed class TargetCompilerTests
{
    [TestCase("gcc-5", "gcov-1")]
    [TestCase("gcc-11", "gcov-1")]
    [TestCase("gcc-12", "gcov-2")]
    [TestCase("gcc-13", "gcov-2")]
    [TestCase("gcc-15.2.0", "gcov-2")]
    [TestCase("x86_64-linux-gnu-g++-16", "gcov-3")]
    [TestCase("gcc16", "gcov-3")]
    public void Compiler_decides_version(string name, string format)
    {
        Assert.That(TargetCompiler.TryParse(name, out var compiler), Is.True);
        Assert.That(compiler!.Format.Name, Is.EqualTo(format));
    }

    [TestCase("gcc-11", "-fauto-profile=a.afdo")]
    [TestCase("gcc-12", "-fauto-profile=a.afdo -fvect-cost-model=very-cheap")]
    [TestCase("gcc-14", "-fauto-profile=a.afdo")]
    [TestCase("gcc-16", "-fauto-profile=a.afdo -fpeel-loops -funswitch-loops -fprofile-partial-training")]
    [TestCase("clang-22", "-fprofile-sample-use=a.afdo")]
    public void Compiler_is_given_the_profile_and_what_helps_beside_it(string name, string options)
    {
        Assert.That(TargetCompiler.TryParse(name, out var compiler), Is.True);
        Assert.That(compiler!.RebuildOptions("a.afdo"), Is.EqualTo(options));
    }

    [TestCase("_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC4EOS4_", "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2EOS4_")]
    [TestCase("_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC4IS3_EEPKcRKS3_", "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2IS3_EEPKcRKS3_")]
    [TestCase("_ZN4Json5ValueD4Ev", "_ZN4Json5ValueD2Ev")]
    [TestCase("_ZN1aILi44EEC4Ev", "_ZN1aILi44EEC2Ev")]
    [TestCase("_ZN3AC4E", "_ZN3AC4E")]
    [TestCase("_ZN5xC4EyC1Ev", "_ZN5xC4EyC1Ev")]
    [TestCase("_ZN99C4Ev", "_ZN99C4Ev")]
    [TestCase("_ZN1AC4Ev.part.0", "_ZN1AC4Ev.part.0")]
    [TestCase("C4E", "C4E")]
    public void GCC_16_gets_the_base_variant_of_constructors_and_destructors(string name, string expected)
    {
        var body = new FunctionBody([new(new(1, 0), 5, [new(name, 5)])], [new(new(2, 0), name, "", new FunctionBody([new(new(1, 0), 3, [])], []))]);
        var function = new SampleProfile([new(name, "", 0, 0, body)]).For(new TargetCompiler(Compilers.Gcc, 16)).Functions.Single();
        Assert.That((function.Name, function.Body.Positions[0].Targets[0].Name, function.Body.Calls[0].Callee), Is.EqualTo((expected, expected, expected)));
        Assert.That(new SampleProfile([new(name, "", 0, 0, body)]).For(new TargetCompiler(Compilers.Gcc, 12)).Functions.Single().Name, Is.EqualTo(name));
    }

    [TestCase("gcc")]
    [TestCase("12")]
    [TestCase("icc-12")]
    [TestCase("gcc-x")]
    [TestCase("")]
    public void Other_names_are_refused(string name) => Assert.That(TargetCompiler.TryParse(name, out _), Is.False);

    [TestCase("GNU C17 12.2.0 -mtune=generic -O2", "gcc-12")]
    [TestCase("GNU C++17 16.2.0 -O2", "gcc-16")]
    [TestCase("GNU GIMPLE 11.3.0 -O2 -flto", "gcc-11")]
    [TestCase("GNU C 4.6.x-google 20120601 (prerelease)", "gcc-4")]
    [TestCase("Debian clang version 14.0.6", "clang-14")]
    [TestCase("clang version 22.1.8 (++20260101)", "clang-22")]
    public void Producer_names_the_compiler(string producer, string expected)
    {
        Assert.That(TargetCompiler.TryParseProducer(producer, out var compiler), Is.True);
        Assert.That(compiler!.ToString(), Is.EqualTo(expected));
    }

    [TestCase("GNU AS 2.40")]
    [TestCase("rustc version 1.95.0")]
    [TestCase("")]
    public void Producers_without_a_compiler_of_c_are_refused(string producer) =>
        Assert.That(TargetCompiler.TryParseProducer(producer, out _), Is.False);
}
