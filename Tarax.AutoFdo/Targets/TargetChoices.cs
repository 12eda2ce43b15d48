using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>How a profile is made ready for a compiler.</summary>
public sealed record TargetChoices
{
    /// <summary>The compiler that will read the profile; null where only its format is known.</summary>
    public TargetCompiler? Compiler { get; init; }

    /// <summary>The format that it will be written in.</summary>
    public required ProfileFormat Format { get; init; }

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

    internal bool Runs(ProfilePass pass) => !PassesOff.Contains(pass.Id) && pass.IsFor(Compiler, Format);
}
