using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>What a pass is run for.</summary>
/// <param name="Compiler">The compiler that will read the profile; null where only its format is known.</param>
/// <param name="Format">The format.</param>
internal readonly record struct PassTarget(TargetCompiler? Compiler, ProfileFormat Format);

/// <summary>
/// One thing that is done to a profile for the sake of the compiler that will read it. Passes run in a fixed order, each once, and the same ones whether a recording is converted, profiles are merged,
/// or a profile is made ready by the library. Run on what it made, a pass changes nothing. Immutable.
/// </summary>
public sealed class ProfilePass
{
    private readonly Func<PassTarget, bool> _isFor;
    private readonly Func<SampleProfile, SampleProfile>? _change;

    internal ProfilePass(string id, string summary, Func<PassTarget, bool> isFor, Func<SampleProfile, SampleProfile>? change = null)
    {
        (Id, Summary, _isFor, _change) = (id, summary, isFor, change);
    }

    /// <summary>By which it is named on the command line and in reports.</summary>
    public string Id { get; }

    /// <summary>What it does, in a few words.</summary>
    public string Summary { get; }

    /// <summary>Whether it works on counts of code, before there is a profile: a profile that was read shows what it did, but it cannot be done there.</summary>
    public bool IsOfCode => _change is null;

    internal bool IsFor(PassTarget target) => _isFor(target);

    internal SampleProfile Run(SampleProfile profile) => _change!(profile);
}

/// <summary>What a pass did.</summary>
/// <param name="Id">See <see cref="ProfilePass.Id"/>.</param>
/// <param name="FunctionsChanged">Number of functions that it changed; null for passes of code.</param>
public sealed record PassResult(string Id, int? FunctionsChanged);
