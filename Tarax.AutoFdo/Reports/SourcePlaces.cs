using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>Where the functions of a profile begin in the source, by the debug information of a binary: offsets of positions are relative to that.</summary>
internal sealed class SourcePlaces
{
    private readonly Dictionary<string, (string File, uint Line)> _places = new(StringComparer.Ordinal);

    private SourcePlaces()
    {
    }

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
        var symbolizer = binary.Symbolizer;
        ProfileConversion.CheckDebugInformation(binary);
        var places = new SourcePlaces();
        var wanted = ProfileNames.Of(profile).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, address) in symbolizer.FunctionStarts())
        {
            if (!wanted.Contains(name) || symbolizer.FindFunction(address) is not { } function)
            {
                continue;
            }

            var scopes = symbolizer.Source(function).Scopes;
            for (int i = 0; i < scopes.Length; i++)
            {
                var described = scopes[i].Function;
                if (described.DeclarationLine > 0)
                {
                    places._places.TryAdd(i == 0 ? name : described.Name, (described.File, described.DeclarationLine));
                }
            }
        }

        return places;
    }

    /// <summary>Tells a report where functions are defined.</summary>
    public void Place(ReportNames names)
    {
        foreach (var (name, place) in _places)
        {
            names.Place(name, place.File, place.Line);
        }
    }

    /// <summary>The file and line of a position; null where the function is not known.</summary>
    public (string File, long Line)? Of(string function, SourcePosition position) =>
        _places.TryGetValue(function, out var place) && LineOf(place.Line, position.LineOffset) is > 0 and var line ? (place.File, line) : null;

    /// <summary>Formats keep 16 bits of an offset, so lines before the function's first come round; 0 is no line.</summary>
    private static long LineOf(uint first, int offset) => first + (long)(offset > short.MaxValue ? offset - (1 << 16) : offset);
}
