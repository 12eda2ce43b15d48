using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Conversion;

/// <summary>Makes profiles ready for compilers. Pure: profiles stay as they are; any thread may call.</summary>
public static class TargetProfiles
{
    /// <summary>The same profile as a compiler makes best use of it, by its passes (<see cref="ProfilePasses.Of"/>). What that gives is measured in <c>docs/outcome.md</c>.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="compiler">The compiler.</param>
    public static SampleProfile For(this SampleProfile profile, TargetCompiler compiler)
    {
        ArgumentNullException.ThrowIfNull(compiler);
        return For(profile, new TargetChoices { Compiler = compiler, Format = compiler.Format }, out _);
    }

    /// <summary>The same profile as a compiler makes best use of it.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="choices">The compiler, and what is asked for beside.</param>
    /// <param name="passes">What the passes did, in their order.</param>
    public static SampleProfile For(this SampleProfile profile, TargetChoices choices, out IReadOnlyList<PassResult> passes) => For(profile, choices, StageClock.None, out passes);

    internal static SampleProfile For(SampleProfile profile, TargetChoices choices, StageClock clock, out IReadOnlyList<PassResult> passes)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(choices);
        var results = new List<PassResult>();
        var shaped = profile.WithInlined(choices.Inlined);
        profile = Differences(profile, shaped) == 0 ? profile : shaped;
        profile = choices.HotCutoff is { } cutoff ? profile.WithHotCutoff(cutoff) : profile;
        profile = choices.HeadCounts == HeadCountHandling.Drop ? profile.WithoutHeadCounts() : profile;
        foreach (var pass in ProfilePasses.Known(choices.Compiler))
        {
            bool isAskedOtherwise = choices.HeadCounts != HeadCountHandling.Auto && (pass == GccPasses.EnteredOnce || pass == GccPasses.CxxHeadCounts);
            if (pass.IsOfCode || isAskedOtherwise || !choices.Runs(pass))
            {
                continue;
            }

            var before = profile;
            var changed = pass.Run(profile) ?? throw new InvalidOperationException($"the pass {pass.Id} gives no profile");
            int differences = Differences(profile, changed);
            results.Add(new PassResult(pass.Id, differences));
            clock.End(pass.Id, () => $"{before.Functions.Count} functions", () => $"{differences} changed");
            profile = differences == 0 && changed.HotCutoff == profile.HotCutoff ? profile : changed;
        }

        passes = results;
        return choices.OmitZeroCounts ? profile.WithoutZeroCounts() : profile;
    }

    /// <summary>Number of functions that are in one of two profiles only, or are not the same in both.</summary>
    private static int Differences(SampleProfile before, SampleProfile after)
    {
        if (ReferenceEquals(before, after))
        {
            return 0;
        }

        int differences = 0;
        int i = 0;
        foreach (var function in after.Functions)
        {
            while (i < before.Functions.Count && string.CompareOrdinal(before.Functions[i].Name, function.Name) < 0)
            {
                differences++;
                i++;
            }

            bool isThere = i < before.Functions.Count && before.Functions[i].Name == function.Name;
            differences += isThere && before.Functions[i].HasSameCounts(function) ? 0 : 1;
            i += isThere ? 1 : 0;
        }

        return differences + before.Functions.Count - i;
    }
}
