using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Gcov;

namespace Tarax.AutoFdo.Tests.Profiles;

public sealed class TargetCompilerTests
{
    [TestCase("gcc-5", GcovVersion.V1)]
    [TestCase("gcc-11", GcovVersion.V1)]
    [TestCase("gcc-12", GcovVersion.V2)]
    [TestCase("gcc-13", GcovVersion.V2)]
    [TestCase("gcc-15.2.0", GcovVersion.V2)]
    [TestCase("x86_64-linux-gnu-g++-16", GcovVersion.V3)]
    [TestCase("gcc16", GcovVersion.V3)]
    public void Compiler_decides_version(string name, GcovVersion version)
    {
        Assert.That(TargetCompiler.TryParse(name, out var compiler), Is.True);
        Assert.That(compiler.GcovVersion, Is.EqualTo(version));
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
        Assert.That(compiler.ToString(), Is.EqualTo(expected));
    }

    [TestCase("GNU AS 2.40")]
    [TestCase("rustc version 1.95.0")]
    [TestCase("")]
    public void Producers_without_a_compiler_of_c_are_refused(string producer) =>
        Assert.That(TargetCompiler.TryParseProducer(producer, out _), Is.False);
}
