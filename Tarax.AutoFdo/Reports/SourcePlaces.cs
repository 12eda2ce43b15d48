using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>
/// Where the functions of a profile begin in the source, by the debug information of a binary: offsets of positions are relative to that. Static functions of one name begin at several places, and a
/// profile has one function for them, or says by its file which it is.
/// </summary>
internal sealed class SourcePlaces
{
    private readonly Dictionary<string, List<(string File, uint Line)>> _places = new(StringComparer.Ordinal);

    /// <summary>Which lines are of other files than their functions.</summary>
    public OtherFiles Others { get; } = new();

    /// <summary>What was compiled of each file.</summary>
    public CompiledSources Compiled { get; } = new();

    /// <summary>Looks the functions of a profile up, those that are inlined into others too.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="binary">The binary, with debug information or with a separate file of it.</param>
    /// <param name="debugDirectories">Folders of separate debug files.</param>
    /// <exception cref="InvalidFormatException">The binary is not an ELF file, or is damaged.</exception>
    /// <exception cref="ConversionException">It has no debug information.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SourcePlaces Of(SampleProfile profile, string binary, IEnumerable<string> debugDirectories)
    {
        using var file = Binary.Open(binary, debugDirectories);
        return file.Use(opened => Of(profile, opened));
    }

    /// <summary>Looks the functions of a profile up in a binary that stays open.</summary>
    /// <exception cref="ConversionException">It has no debug information.</exception>
    public static SourcePlaces Of(SampleProfile profile, Binary binary)
    {
        ProfileConversion.CheckDebugInformation(binary);
        var places = new SourcePlaces();
        places.Complete(profile, binary);
        return places;
    }

    /// <summary>Looks up those functions of a profile that have no place yet, and ends with it.</summary>
    public void Complete(SampleProfile profile, Binary binary)
    {
        var symbolizer = binary.Symbolizer;
        var wanted = ProfileNames.Of(profile).Where(n => !_places.ContainsKey(n)).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count > 0)
        {
            foreach (var (name, address) in symbolizer.FunctionStarts())
            {
                if (wanted.Contains(name) && symbolizer.FindFunction(address) is { } function)
                {
                    Add(name, symbolizer.Files(function, symbolizer.Source(function)));
                }
            }
        }

        Others.Finish();
    }

    /// <summary>Adds a function, and what is inlined into it.</summary>
    /// <param name="name">Its name, which is that of the first scope.</param>
    /// <param name="code">Its code.</param>
    public void Add(string name, CodeFiles code)
    {
        Others.Add(code);
        Compiled.Add(code);
        var scopes = code.Source.Scopes;
        for (int i = 0; i < scopes.Length; i++)
        {
            var described = scopes[i].Function;
            if (described is { DeclarationLine: > 0, File.Length: > 0 })
            {
                Add(i == 0 ? name : described.Name, (described.File, described.DeclarationLine));
            }
        }

        if (CloneSuffix.Cut(name) is var own && own != name && scopes[0].Function is { DeclarationLine: > 0, File.Length: > 0 } function)
        {
            Add(own, (function.File, function.DeclarationLine));
        }
    }

    /// <summary>Tells a report where functions are defined.</summary>
    public void Place(ReportNames names)
    {
        foreach (var (name, places) in _places)
        {
            names.Place(name, places);
        }
    }

    /// <summary>All places where a function of a name is defined; none where it is not known.</summary>
    public IReadOnlyList<(string File, uint Line)> All(string function) => _places.TryGetValue(function, out var places) ? places : [];

    /// <summary>Where a function is defined; null where it is not known, and where it may be one of several.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="file">Its file as the profile has it; empty where it has none.</param>
    public (string File, uint Line)? Of(string function, string file)
    {
        // Profiles that were added up keep the path of one of the files that are called alike.
        var fitting = All(function) is { Count: > 1 } all && file.Length > 0 ? [.. all.Where(p => Path.GetFileName(p.File) == Path.GetFileName(file))] : All(function);
        return fitting is [var only] ? only : null;
    }

    private void Add(string name, (string File, uint Line) place)
    {
        if (!_places.TryGetValue(name, out var known))
        {
            _places.Add(name, [place]);
        }
        else if (!known.Contains(place) && !known.Exists(k => k.Line == place.Line && SourceFiles.IsSame(k.File, place.File)))
        {
            known.Add(place);
        }
    }
}
