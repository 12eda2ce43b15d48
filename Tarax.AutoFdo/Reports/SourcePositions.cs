using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats.Gcov;

namespace Tarax.AutoFdo.Reports;

/// <summary>The positions of functions in a binary's line table, wherever their code lies: on its own or inlined.</summary>
internal sealed class SourcePositions
{
    private readonly Dictionary<string, HashSet<SourcePosition>> _positions = new(StringComparer.Ordinal);
    private readonly Func<string, string> _nameOf;
    private readonly bool _isHashed;
    private readonly bool _linesOnly;

    private SourcePositions(Func<string, string> nameOf, bool isHashed, bool linesOnly)
    {
        _nameOf = nameOf;
        _isHashed = isHashed;
        _linesOnly = linesOnly;
    }

    /// <summary>Reads the positions of a profile's functions, and of what is inlined into them.</summary>
    public static SourcePositions Of(Symbolizer symbolizer, SampleProfile profile, bool linesOnly)
    {
        // GCC up to 15 cuts names at the first dot, and hashes cannot be turned back: names are compared as the profile has them.
        const int LastThatCuts = 2;
        bool cuts = profile.Format is GcovProfileFormat { Version: <= LastThatCuts };
        Func<string, string> nameOf = profile.HasHashedNames ? name => HashedNames.ToName(HashedNames.HashOf(name))
            : cuts ? name => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? name[..dot] : name
            : name => name;
        var positions = new SourcePositions(nameOf, profile.HasHashedNames, linesOnly);
        var wanted = ProfileNames.Of(profile).Select(n => cuts ? nameOf(n) : n).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, address) in symbolizer.FunctionStarts())
        {
            if (wanted.Contains(nameOf(name)) && symbolizer.FindFunction(address) is { } function)
            {
                positions.Add(symbolizer.Source(function), name);
            }
        }

        return positions;
    }

    /// <summary>Whether there is code of a function.</summary>
    public bool Has(string name) => _positions.ContainsKey(Own(name));

    /// <summary>Whether there is code at a position of a function.</summary>
    public bool Has(string name, SourcePosition position) => _positions.TryGetValue(Own(name), out var known) && known.Contains(Comparable(position));

    private void Add(FunctionSource source, string outerName)
    {
        var sets = new HashSet<SourcePosition>?[source.Scopes.Length];
        foreach (ref readonly var segment in source.Segments.AsSpan())
        {
            var described = source.Scopes[segment.Scope].Function;
            string name = segment.Scope == 0 ? outerName : described.Name;
            if (described.DeclarationLine == 0 || name.Length == 0)
            {
                continue;
            }

            var set = sets[segment.Scope] ??= SetOf(_nameOf(name));
            set.Add(Comparable(new SourcePosition((int)(segment.Line - described.DeclarationLine), segment.Discriminator)));
        }
    }

    private HashSet<SourcePosition> SetOf(string name)
    {
        if (!_positions.TryGetValue(name, out var set))
        {
            set = [];
            _positions.Add(name, set);
        }

        return set;
    }

    /// <summary>A name of the profile as names of the binary are kept.</summary>
    private string Own(string name) => _isHashed ? name : _nameOf(name);

    /// <summary>Formats keep 16 bits of the line.</summary>
    private SourcePosition Comparable(SourcePosition position) => new(position.LineOffset & 0xffff, _linesOnly ? 0 : position.Discriminator);
}
