using FsCheck.Fluent;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Profiles;

public sealed class ProfileDiffTests
{
    private const string Left = "f:0:1\n 1: 60\n 2: g:0\n  0: 20\ngone:0:1\n 1: 20\n";
    private const string Right = "f:0:1\n 1: 120\n 2: g:0\n  0: 60\nnew:0:1\n 1: 20\n";

    [Test]
    public void Overlap_is_the_sum_of_the_smaller_shares()
    {
        var diff = SampleProfile.Diff(LlvmFormatTests.ReadText(Left), LlvmFormatTests.ReadText(Right));
        Assert.That(diff.Overlap, Is.EqualTo(0.6 + 0.2).Within(1e-9), "60 % of f:1, 20 % of g in f");
    }

    [Test]
    public void Functions_appear_vanish_and_move()
    {
        var diff = SampleProfile.Diff(LlvmFormatTests.ReadText(Left), LlvmFormatTests.ReadText(Right));
        Assert.That(diff.Functions.Select(f => (f.Name, f.LeftRank, f.RightRank)), Is.EquivalentTo(new[] { ("f", 1, 1), ("gone", 2, 0), ("new", 0, 2) }));
        var f = diff.Functions.Single(x => x.Name == "f");
        Assert.That((f.LeftTotal, f.RightTotal, f.LeftShare, f.RightShare), Is.EqualTo((80ul, 180ul, 0.8, 0.9)));
        Assert.That(f.Overlap, Is.EqualTo((120.0 / 180) + (20.0 / 80)).Within(1e-9), "2/3 of f:1, a quarter of g in f");
        Assert.That(diff.Positions[0], Is.EqualTo(new PositionDiff("gone/1", 20, null, 0.2)));
        Assert.That(diff.Positions.Select(p => p.Path), Does.Contain("f/2:g/0"));
    }

    [Test]
    public void Clones_of_a_function_count_as_the_function()
    {
        var first = LlvmFormatTests.ReadText("f:0:1\n 1: 20\n 2: 10 g:10\nf.constprop.0:0:1\n 1: 60\n 2: 10 g.part.0:10\nf.cold:0:1\n 3: 1\n");
        var second = LlvmFormatTests.ReadText("f:0:1\n 1: 80\n 2: 20 g:20\n 3: 1\n");
        var diff = SampleProfile.Diff(first, second);
        Assert.That(diff.Functions.Select(f => f.Name), Is.EqualTo(new[] { "f" }));
        Assert.That(diff.Overlap, Is.EqualTo(1));
    }

    [Test]
    public void Lines_before_the_first_are_the_same_in_a_profile_that_was_read()
    {
        static SampleProfile With(int line) => new([new FunctionProfile("f", "", 1, 0, new FunctionBody(
            [new PositionCount(new SourcePosition(line, 0), 5, [])], [new InlinedCall(new SourcePosition(line, 1), "g", "", new FunctionBody([new PositionCount(new SourcePosition(0, 0), 5, [])], []))]))]);
        Assert.That(SampleProfile.Diff(With(-19), With(65517)).Overlap, Is.EqualTo(1), "formats keep 16 bits");
    }

    [Test]
    public void Profile_of_twice_the_samples_is_the_same()
    {
        var profile = LlvmFormatTests.ReadText(Left);
        Assert.That(SampleProfile.Diff(profile, profile.Times(2)).Overlap, Is.EqualTo(1).Within(1e-9));
        Assert.That(SampleProfile.Diff(profile, profile.WithHashedNames()).Overlap, Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void Profile_has_exactly_all_in_common_with_itself()
    {
        foreach (var profile in ProfileGenerator.LlvmProfiles.Sample(40, 30))
        {
            Assert.That(SampleProfile.Diff(profile, profile).Overlap, Is.EqualTo(1));
        }
    }

    [Test]
    public void Profiles_without_counts_agree_with_each_other_only()
    {
        var empty = LlvmFormatTests.ReadText("f:0:0\n 1: 0\n");
        Assert.That(SampleProfile.Diff(empty, empty).Overlap, Is.EqualTo(1));
        Assert.That(SampleProfile.Diff(empty, LlvmFormatTests.ReadText(Left)).Overlap, Is.Zero);
    }
}
