using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets;

/// <summary>
/// One thing that is done to a profile for the sake of the compiler that will read it. Passes run in a fixed order, each once, and the same ones whether a recording is converted, profiles are merged,
/// or a profile is made ready by the library. Run on what it made, a pass changes nothing. Immutable.
/// </summary>
public sealed class ProfilePass
{
    private readonly Func<TargetCompiler?, ProfileFormat, bool> _isFor;
    private readonly Func<SampleProfile, SampleProfile>? _change;

    /// <summary>A pass that changes profiles.</summary>
    /// <param name="id">See <see cref="Id"/>.</param>
    /// <param name="summary">See <see cref="Summary"/>.</param>
    /// <param name="isFor">Whether it is run for a compiler, which is null where only the format is known, and a format.</param>
    /// <param name="change">What it does: pure, and without effect on what it made.</param>
    public ProfilePass(string id, string summary, Func<TargetCompiler?, ProfileFormat, bool> isFor, Func<SampleProfile, SampleProfile> change)
        : this(id, summary, isFor)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(isFor);
        ArgumentNullException.ThrowIfNull(change);
        _change = change;
    }

    internal ProfilePass(string id, string summary, Func<TargetCompiler?, ProfileFormat, bool> isFor)
    {
        (Id, Summary, _isFor) = (id, summary, isFor);
    }

    /// <summary>By which it is named on the command line and in reports.</summary>
    public string Id { get; }

    /// <summary>What it does, in a few words.</summary>
    public string Summary { get; }

    /// <summary>Whether it works on counts of code, before there is a profile: a profile that was read shows what it did, but it cannot be done there.</summary>
    public bool IsOfCode => _change is null;

    internal bool IsFor(TargetCompiler? compiler, ProfileFormat format) => _isFor(compiler, format);

    internal SampleProfile Run(SampleProfile profile) => _change!(profile);
}

/// <summary>What a pass did.</summary>
/// <param name="Id">See <see cref="ProfilePass.Id"/>.</param>
/// <param name="FunctionsChanged">Number of functions that it changed; null for passes of code.</param>
public sealed record PassResult(string Id, int? FunctionsChanged);
