using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>How a profile is made ready for a compiler.</summary>
public sealed record TargetChoices
{
    /// <summary>The compiler that will read the profile; null where only its format is known.</summary>
    public TargetCompiler? Compiler { get; init; }

    /// <summary>The format that it will be written in.</summary>
    public ProfileFormat Format { get; init; }

    /// <summary>Where the counts of inlined functions stand.</summary>
    public InlinedBodies Inlined { get; init; }

    /// <summary>What becomes of head counts.</summary>
    public HeadCountHandling HeadCounts { get; init; }

    /// <summary>What is taken for hot, see <see cref="SampleProfile.HotCutoff"/>; null for what suits the compiler.</summary>
    public uint? HotCutoff { get; init; }

    /// <summary>Whether positions that did not run are left out.</summary>
    public bool OmitZeroCounts { get; init; }

    /// <summary>The passes that are not run, by <see cref="ProfilePass.Id"/>.</summary>
    public IReadOnlyCollection<string> PassesOff { get; init; } = [];

    internal bool Runs(ProfilePass pass) => !PassesOff.Contains(pass.Id) && pass.IsFor(new PassTarget(Compiler, Format));
}

/// <summary>Makes profiles ready for compilers. Pure: profiles stay as they are; any thread may call.</summary>
public static class TargetProfiles
{
    /// <summary>The same profile as a compiler makes best use of it, by its passes (<see cref="TargetCompiler.Passes"/>). What that gives is measured in <c>docs/outcome.md</c>.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="compiler">The compiler.</param>
    public static SampleProfile For(this SampleProfile profile, TargetCompiler compiler) => For(profile, new TargetChoices { Compiler = compiler, Format = compiler.Format }, out _);

    /// <summary>The same profile as a compiler makes best use of it.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="choices">The compiler, and what is asked for beside.</param>
    /// <param name="passes">What the passes did, in their order.</param>
    public static SampleProfile For(this SampleProfile profile, TargetChoices choices, out IReadOnlyList<PassResult> passes)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(choices);
        var results = new List<PassResult>();
        profile = profile.WithInlined(choices.Inlined);
        profile = choices.HotCutoff is { } cutoff ? profile.WithHotCutoff(cutoff) : profile;
        profile = choices.HeadCounts == HeadCountHandling.Drop ? profile.WithoutHeadCounts() : profile;
        foreach (var pass in ProfilePass.All)
        {
            bool isAskedOtherwise = choices.HeadCounts != HeadCountHandling.Auto && (pass == Gcc.GccPasses.EnteredOnce || pass == Gcc.GccPasses.CxxHeadCounts);
            if (pass.IsOfCode || isAskedOtherwise || !choices.Runs(pass))
            {
                continue;
            }

            var changed = pass.Run(profile);
            int differences = Differences(profile, changed);
            results.Add(new PassResult(pass.Id, differences));
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

/// <summary>What becomes of head counts, which say how often a function was entered.</summary>
public enum HeadCountHandling
{
    /// <summary>As the target compiler needs it: the passes <c>entered-once</c> and <c>cxx-head-counts</c>.</summary>
    Auto,

    /// <summary>As they were counted.</summary>
    Keep,

    /// <summary>None.</summary>
    Drop,
}
