using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests.Targets.Clang;

public sealed class CallCountsTests
{
    /// <summary>As in llvm-profgen (ProfileGeneratorBase::updateCallsiteSamples).</summary>
    [Test]
    public void Calls_of_a_function_itself_raise_their_positions_and_those_of_code_inlined_into_it_do_not()
    {
        string path = Path.Combine(TestEnvironment.NewFolder(), "profile.txt");
        File.WriteAllText(path, "f:100:1\n 1: 5 g:7 k:1\n 2: 9 g:7\n 3: h:10\n  4: 5 g:7\n");
        var body = SampleProfile.Load(path).For(new TargetCompiler(Compilers.Clang, 22)).Functions.Single().Body;
        Assert.That(body.Positions.Select(p => p.Count), Is.EqualTo(new[] { 8UL, 9UL }));
        Assert.That(body.Calls.Single().Body.Positions.Single().Count, Is.EqualTo(5));
    }
}
