using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Gcc;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Profiles;

public sealed class ProfileShapeTests
{
    [Test]
    public void Flat_profile_has_inlined_counts_in_the_functions_that_they_are_of()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 1: 40 g:2\n 2: h:60\n  0: 30\n  3: k:10\n   1: 10\nh:9:1\n 0: 9\n");
        Assert.That(ProfileText.Of(nested.WithInlined(InlinedBodies.Flat)), Is.EqualTo(
            "f 4 70(1=40[g 2],2=30[h 30];)\nh 31 49(0=39,3=10[k 10];)\nk 10 10(1=10;)"));
    }

    [Test]
    public void Profile_of_both_shapes_has_them_at_the_call_too()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 1: 40\n 2: h:60\n  0: 30\n  3: k:10\n   1: 10\n");
        Assert.That(ProfileText.Of(nested.WithInlined(InlinedBodies.Both)), Is.EqualTo(
            "f 4 100(1=40;2 h60(0=30;3 k10(1=10;)))\nh 30 60(0=30;3 k10(1=10;))\nk 10 10(1=10;)"));
    }

    [Test]
    public void Nested_shape_changes_nothing() => Prop.ForAll(ProfileGenerator.LlvmProfiles.ToArbitrary(), profile =>
        ReferenceEquals(profile.WithInlined(InlinedBodies.Nested), profile)).QuickCheckThrowOnFailure();

    [Test]
    public void Flat_profile_loses_no_count_of_a_line_and_has_no_nesting() => Prop.ForAll(ProfileGenerator.LlvmProfiles.ToArbitrary(), profile =>
    {
        var flat = profile.WithInlined(InlinedBodies.Flat);
        return flat.Functions.All(f => f.Body.Calls.Count == 0) && flat.TotalCount() >= profile.TotalCount()
            && ProfileText.Of(flat.WithInlined(InlinedBodies.Flat)) == ProfileText.Of(flat);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void Function_that_was_inlined_in_two_places_called_as_often_as_in_both()
    {
        var nested = LlvmFormatTests.ReadText("a:1:1\n 1: f:30\n  2: h:30\n   0: 30\nb:1:1\n 1: f:20\n  2: h:20\n   0: 20\n");
        Assert.That(ProfileText.Of(nested.WithInlined(InlinedBodies.Flat)), Is.EqualTo(
            "a 1 30(1=30[f 30];)\nb 1 20(1=20[f 20];)\nf 50 50(2=50[h 50];)\nh 50 50(0=50;)"));
    }

    [Test]
    public void Function_is_entered_as_often_as_the_first_of_its_lines_that_ran()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 2: h:60\n  0: 0\n  1: 30\n  2: 60\n 5: k:9\n  0: 0\n");
        Assert.That(ProfileText.Of(nested.WithInlined(InlinedBodies.Flat)), Does.StartWith("f 4 30(2=30[h 30],5=0;)\nh 30 90("));
    }

    [Test]
    public void Inlined_functions_were_seen_when_the_function_was_that_they_were_in()
    {
        var nested = new SampleProfile([LlvmFormatTests.ReadText("f:1:1\n 2: h:60\n  0: 60\n").Functions.Single() with { FirstTime = 7 }]);
        Assert.That(nested.WithInlined(InlinedBodies.Flat).Functions.Select(f => f.FirstTime), Is.EqualTo(new[] { 7ul, 7ul }));
    }

    [Test]
    public void Nesting_that_would_fill_the_memory_in_both_places_is_refused()
    {
        var body = new FunctionBody([.. Enumerable.Range(0, 30_000).Select(i => new PositionCount(new SourcePosition(i, 0), 1, []))], []);
        for (int depth = 0; depth < 200; depth++)
        {
            body = new FunctionBody([], [new InlinedCall(new SourcePosition(1, 0), "f", "", body)]);
        }

        var profile = new SampleProfile([new FunctionProfile("f", "", 1, 0, body)]);
        Assert.That(() => profile.WithInlined(InlinedBodies.Both), Throws.InstanceOf<ProfileNotExpressibleException>());
        Assert.That(profile.WithInlined(InlinedBodies.Flat).Functions.Single().Body.Positions, Has.Count.EqualTo(30_000));
    }

    [Test]
    public void Profile_for_gcc_16_has_positions_of_calls_and_no_heads_of_cpp_and_keeps_what_is_said_to_be_hot()
    {
        var nested = LlvmFormatTests.ReadText("_Z1fv:100:4\n 1: 40\n 2: h:60\n  0: 30\ng:3:2\n 1: 3\n");
        var shaped = nested.For(new TargetCompiler(Compilers.Gcc, 16));
        Assert.That(ProfileText.Of(shaped), Is.EqualTo("_Z1fv 0 100(1=40,2=30;2 h60(0=30;))\ng 2 3(1=3;)"));
        Assert.That(shaped.HotCutoff, Is.EqualTo(999_900));
        Assert.That(nested.WithHotCutoff(999_000).For(new TargetCompiler(Compilers.Gcc, 16)).HotCutoff, Is.EqualTo(999_000));
        Assert.That(ProfileText.Of(nested.For(new TargetCompiler(Compilers.Clang, 22))), Is.EqualTo(ProfileText.Of(nested)));
    }

    [Test]
    public void Function_that_was_inlined_into_itself_adds_to_itself()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 1: 40\n 2: f:60\n  1: 30\n");
        Assert.That(ProfileText.Of(nested.WithInlined(InlinedBodies.Flat)), Does.StartWith("f 34 ").And.EndWith("(1=70,2=30[f 30];)"));
    }

    [Test]
    public void Call_that_was_inlined_has_a_position_that_ran_as_often()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 1: 40\n 2: h:60\n  0: 30\n 3: h:2\n  0: 2\n");
        Assert.That(ProfileText.Of(CallPositions.Of(nested)), Does.Contain("(1=40,2=30,3=2;2 h"));
    }

    [Test]
    public void Call_of_which_only_later_lines_have_samples_ran_once_at_least()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 1: 0\n 2: 0\n 3: 0\n 2: h:60\n  0: 0\n  1: 30\n  2: 60\n 3: k:9\n  0: 0\n 4: m:9\n  1: n:9\n   1: 0\n   2: 9\n");
        Assert.That(ProfileText.Of(CallPositions.Of(nested)), Does.Contain("(1=0,2=1,3=0,4=1;2 h").And.Contain("4 m9(1=1;1 n9("), "k never ran");
        Assert.That(ProfileText.Of(CallPositions.Of(CallPositions.Of(nested))), Is.EqualTo(ProfileText.Of(CallPositions.Of(nested))));
    }

    [Test]
    public void Count_that_a_call_has_in_a_profile_that_was_read_stays_so()
    {
        var nested = LlvmFormatTests.ReadText("f:100:4\n 2: 7\n 3: 0\n 2: h:60\n  0: 30\n 3: h:2\n  0: 2\n");
        Assert.That(ProfileText.Of(CallPositions.Of(nested)), Does.Contain("(2=7,3=2;2 h"));
    }

    [Test]
    public void Head_counts_are_dropped_of_the_functions_that_are_meant()
    {
        var profile = LlvmFormatTests.ReadText("_Z1fv:100:4\n 1: 40\ng:100:4\n 1: 40\n");
        Assert.That(profile.WithoutHeadCounts(f => f.Name[0] == '_').Functions.Select(f => f.HeadCount), Is.EqualTo(new[] { 0ul, 4ul }));
        Assert.That(profile.WithoutHeadCounts().Functions.Select(f => f.HeadCount), Is.EqualTo(new[] { 0ul, 0ul }));
    }

    [Test]
    public void Row_by_which_compilers_tell_hot_code_says_what_is_asked_for_and_survives_the_file()
    {
        var profile = LlvmFormatTests.ReadText("f:1:1\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $" {i}: {i * i * i}\n")));
        var hot = profile.WithHotCutoff(999_900);
        static (ulong Minimum, ulong Positions) Row(SampleProfile of, uint cutoff) =>
            ProfileSummary.Of(of).Rows.Where(r => r.Cutoff == cutoff).Select(r => (r.MinimumCount, r.Positions)).Single();
        Assert.That(Row(hot, 990_000), Is.EqualTo(Row(profile, 999_900)).And.Not.EqualTo(Row(profile, 990_000)));
        Assert.That(Row(hot, 999_000), Is.EqualTo(Row(profile, 999_000)));

        var read = LlvmFormatTests.Read(LlvmFormatTests.Write(hot, ProfileFormat.GcovV3));
        Assert.That(read.HotCutoff, Is.EqualTo(999_900));
        Assert.That(LlvmFormatTests.Read(LlvmFormatTests.Write(profile, ProfileFormat.GcovV3)).HotCutoff, Is.Zero);
        Assert.That(SampleProfile.Merge([profile, read]).HotCutoff, Is.EqualTo(999_900));
        var small = LlvmFormatTests.ReadText("f:1:1\n 1: 5\n");
        Assert.That(LlvmFormatTests.Read(LlvmFormatTests.Write(small, ProfileFormat.GcovV3)).HotCutoff, Is.Zero, "all rows are equal");
        Assert.That(() => profile.WithHotCutoff(123), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
