using Tarax.AutoFdo.Reports.Page;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Reports;

/// <summary>The functions and files that a report speaks of, each told once.</summary>
/// <param name="shortOf">What people call a function by its linkage name; null for the linkage name itself.</param>
internal sealed class ReportNames(Func<string, string>? shortOf)
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shorts = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private readonly Dictionary<string, int> _fileIndices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string File, uint Line)> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<(string File, uint Line)>> _several = new(StringComparer.Ordinal);

    /// <summary>The hash that a profile has in place of each name; null for a profile that has names.</summary>
    public IReadOnlyDictionary<string, string>? HashOf { get; init; }

    /// <summary>The index of a name.</summary>
    public int Of(string name)
    {
        if (!_indices.TryGetValue(name, out int index))
        {
            index = _names.Count;
            _indices.Add(name, index);
            _names.Add(name);
        }

        return index;
    }

    /// <summary>The name of an index.</summary>
    public string NameOf(int index) => _names[index];

    /// <summary>The index of a name that is known already; null for others.</summary>
    public int? Known(string name) => _indices.TryGetValue(name, out int index) ? index : null;

    /// <summary>What people call a function.</summary>
    public string Short(string name)
    {
        if (shortOf is null)
        {
            return name;
        }

        if (!_shorts.TryGetValue(name, out string? known))
        {
            known = shortOf(name);
            _shorts.Add(name, known);
        }

        return known;
    }

    /// <summary>The index of a file.</summary>
    public int File(string path)
    {
        if (!_fileIndices.TryGetValue(path, out int index))
        {
            index = _files.Count;
            _fileIndices.Add(path, index);
            _files.Add(path);
        }

        return index;
    }

    /// <summary>The path of a file's index.</summary>
    public string FileOf(int index) => _files[index];

    /// <summary>Notes where a function is defined; what was noted first stays.</summary>
    public void Place(string name, string file, uint line)
    {
        if (line > 0 && file.Length > 0 && !_several.ContainsKey(name))
        {
            _places.TryAdd(name, (file, line));
        }
    }

    /// <summary>Notes where functions of a name are defined: of several it is not known which is meant, where a body does not say it.</summary>
    public void Place(string name, IReadOnlyList<(string File, uint Line)> places)
    {
        if (places is [var (file, line)])
        {
            Place(name, file, line);
        }
        else
        {
            _several[name] = places;
        }
    }

    /// <summary>Where a function is defined; null where that is not known.</summary>
    public (string File, uint Line)? PlaceOf(int name) => _places.TryGetValue(_names[name], out var place) ? place : null;

    /// <summary>All names.</summary>
    /// <param name="fileOf">The file of a function whose line is not known; null where the file is not known either.</param>
    public ReportedName[] ToArray(Func<string, string?> fileOf)
    {
        var names = new ReportedName[_names.Count];
        for (int i = 0; i < names.Length; i++)
        {
            string name = _names[i];
            (string File, uint Line)? place = PlaceOf(i);
            string? file = place?.File ?? (_several.ContainsKey(name) ? null : fileOf(name));
            string called = HashOf is null || HashOf.ContainsKey(name) ? Short(name) : $"hash {name}";
            names[i] = new ReportedName(Valid(name), called == name ? null : Valid(called), file is null ? null : File(file), place?.Line)
            {
                Hash = HashOf?.GetValueOrDefault(name),
                Places = _several.TryGetValue(name, out var several) ? [.. several.Select(p => new ReportedPlace(File(p.File), p.Line))] : null,
            };
        }

        return names;
    }

    /// <summary>All files.</summary>
    public string[] Files() => [.. _files.Select(Valid)];

    /// <summary>Text that UTF-8 can have: of bytes that are none their numbers (<see cref="FileName"/>).</summary>
    public static string Valid(string text)
    {
        int first = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        for (int i = first < 0 ? text.Length : first; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return Printable.Of(text);
            }
        }

        return text;
    }
}
