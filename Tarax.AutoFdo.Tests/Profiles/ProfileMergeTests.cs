using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Profiles;

public sealed class ProfileMergeTests
{
    [Test]
    public void Sum_does_not_depend_on_the_order() =>
        Prop.ForAll(ProfileGenerator.LlvmProfiles.ListOf(4).ToArbitrary(), profiles =>
        {
            string sum = ProfileText.Of(SampleProfile.Merge(profiles));
            string reversed = ProfileText.Of(SampleProfile.Merge(Enumerable.Reverse(profiles)));
            string nested = ProfileText.Of(SampleProfile.Merge([SampleProfile.Merge(profiles.Take(2)), SampleProfile.Merge(profiles.Skip(2))]));
            return sum == reversed && sum == nested;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Weight_of_three_is_the_profile_three_times() =>
        Prop.ForAll(ProfileGenerator.LlvmProfiles.ToArbitrary(), profile =>
            ProfileText.Of(profile.Times(3)) == ProfileText.Of(SampleProfile.Merge([profile, profile, profile]))).QuickCheckThrowOnFailure();

    [Test]
    public void Counts_heads_targets_and_totals_add_up_over_formats()
    {
        var gcc = LlvmFormatTests.Read(LlvmFormatTests.Write(LlvmFormatTests.ReadText("f:10:3\n 1: 7 g:2\n 2: h:3\n  0: 3\n"), ProfileFormat.GcovV2));
        var llvm = LlvmFormatTests.ReadText("f:100:4\n 1: 5 g:1\n 2: h:30\n  0: 2\n  1: 1\ng:9:1\n 0: 9\n");
        var sum = SampleProfile.Merge([gcc, llvm]);

        // The total of a profile for GCC, which states none, is not known, so that of the sum is the sum of the counts.
        Assert.That(ProfileText.Of(sum), Is.EqualTo("f 7 18(1=12[g 3];2 h6(0=5,1=1;))\ng 1 9(0=9;)"));
        Assert.That(sum.Diagnostics.Single().Id, Is.EqualTo(DiagnosticId.MixedCompilers));
    }

    [Test]
    public void Saturated_counts_are_told()
    {
        var profile = LlvmFormatTests.ReadText($"f:1:1\n 1: {ulong.MaxValue - 1}\n 2: 4\n");
        var sum = SampleProfile.Merge([profile, profile]);
        Assert.That(sum.Functions.Single().Body.Positions.Select(p => p.Count), Is.EqualTo(new[] { ulong.MaxValue, 8ul }));
        Assert.That(sum.Diagnostics.Single().Id, Is.EqualTo(DiagnosticId.SaturatedCounts));
    }

    [Test]
    public void Names_become_hashes_where_one_profile_has_hashes()
    {
        var named = LlvmFormatTests.ReadText("f:1:1\n 1: 5 g:2\n");
        foreach (var order in (SampleProfile[][])[[named, named.WithHashedNames()], [named.WithHashedNames(), named]])
        {
            var sum = SampleProfile.Merge(order);
            Assert.That(sum.HasHashedNames, Is.True);
            Assert.That(ProfileText.Of(sum), Is.EqualTo(ProfileText.Of(named.Times(2).WithHashedNames())));
        }
    }

    [Test]
    public void Flow_sensitive_discriminators_are_not_mixed_with_others()
    {
        var plain = LlvmFormatTests.ReadText("f:1:1\n 1: 5\n");
        var sensitive = new SampleProfile(plain.Functions) { IsFlowSensitive = true };
        Assert.That(() => SampleProfile.Merge([plain, sensitive]), Throws.InstanceOf<ProfileNotExpressibleException>());
        Assert.That(SampleProfile.Merge([plain, sensitive.WithoutDiscriminators()]).Functions.Single().HeadCount, Is.EqualTo(2));
    }

    [Test]
    public void Scaled_profiles_have_the_total_and_lose_nothing_that_ran()
    {
        var profile = LlvmFormatTests.ReadText("f:1000:10\n 1: 900\n 2: 99\n 3: 1\n 4: 0\n");
        var scaled = profile.ScaledTo(100);
        Assert.That(scaled.Functions.Single().Body.Positions.Select(p => p.Count), Is.EqualTo(new[] { 90ul, 10ul, 1ul, 0ul }));
        Assert.That(scaled.Functions.Single().HeadCount, Is.EqualTo(1));
        Assert.That(profile.ScaledTo(2_000_000).TotalCount(), Is.EqualTo(2_000_000));
    }

    [Test]
    public void Functions_below_the_minimum_are_left_out()
    {
        var profile = LlvmFormatTests.ReadText("f:1:1\n 1: 5\n 2: g:9\n  0: 9\nh:1:1\n 0: 8\n");
        Assert.That(profile.WithMinimumCount(9).Functions.Select(f => f.Name), Is.EqualTo(new[] { "f" }));
    }

    [Test]
    public void Symbol_lists_are_united()
    {
        var profile = LlvmFormatTests.ReadText("f:1:1\n 1: 5\n");
        var sum = SampleProfile.Merge([new SampleProfile(profile.Functions) { SymbolList = ["a", "f"] }, new SampleProfile(profile.Functions) { SymbolList = ["b", "f"] }]);
        Assert.That(sum.SymbolList, Is.EqualTo(new[] { "a", "b", "f" }));
    }

    [Test]
    public void Llvm_profdata_adds_up_as_we_do()
    {
        string folder = TestEnvironment.NewFolder();
        int number = 0;
        foreach (var profiles in ProfileGenerator.LlvmProfiles.Three().Sample(30, 6))
        {
            string[] files = [.. new[] { profiles.Item1, profiles.Item2, profiles.Item3 }.Select((profile, i) =>
            {
                string file = Path.Combine(folder, $"{number}-{i}.prof");
                profile.Save(file, ProfileFormat.LlvmExtBinary);
                return file;
            })];
            string theirs = Path.Combine(folder, $"{number++}.llvm");
            TestEnvironment.Run("llvm-profdata-22", ["merge", "--sample", "--extbinary", "-o", theirs, .. files]);
            byte[] ours = LlvmFormatTests.Write(SampleProfile.Merge(files.Select(SampleProfile.Load)), ProfileFormat.LlvmExtBinary);
            Assert.That(ours, Is.EqualTo(File.ReadAllBytes(theirs)));
        }
    }
}
