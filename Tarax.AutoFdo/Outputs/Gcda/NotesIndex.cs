namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>Finds functions of all notes of a program by name.</summary>
internal sealed class NotesIndex
{
    private readonly Dictionary<string, List<IndexedFunction>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string File, string Unit), IReadOnlyList<IndexedFunction>> _found = [];
    private readonly Dictionary<NotesFunction, IndexedFunction> _ofNotes = [];

    public NotesIndex(IEnumerable<NotesFile> notes)
    {
        foreach (var file in notes)
        {
            string unit = UnitOf(file);
            foreach (var function in file.Functions)
            {
                var indexed = new IndexedFunction(file, function, unit);
                if (!_byName.TryGetValue(function.Name, out var named))
                {
                    _byName.Add(function.Name, named = []);
                }

                named.Add(indexed);
                _ofNotes.Add(function, indexed);
            }
        }
    }

    public IndexedFunction Find(NotesFunction function) => _ofNotes[function];

    /// <summary>
    /// The functions of a name. Statics of one name in several files are different functions, told apart by what their paths have in common from the end; inline ones of headers are in the notes of
    /// each unit that has code of them, each with counters of its own.
    /// </summary>
    /// <param name="name">Assembler name.</param>
    /// <param name="file">Path of the file that defines it; empty where it is not known.</param>
    /// <param name="unit">Source file of the unit whose code it is; empty where it is not known.</param>
    public IReadOnlyList<IndexedFunction> Find(string name, string file, string unit)
    {
        if (!_found.TryGetValue((name, file, unit), out var found))
        {
            found = Nearest(Nearest(_byName.GetValueOrDefault(name) ?? [], f => f.Path, file, 1), f => f.Unit, unit, 0);
            _found.Add((name, file, unit), found);
        }

        return found;
    }

    /// <summary>Those whose paths have most in common with one; none where the base names differ, if they must not.</summary>
    private static IReadOnlyList<IndexedFunction> Nearest(IReadOnlyList<IndexedFunction> functions, Func<IndexedFunction, string> pathOf, string path, int least)
    {
        if (path.Length == 0 || functions.Count == 0 || (least == 0 && functions.Count == 1))
        {
            return functions;
        }

        string[] parts = Parts(path);
        int most = functions.Max(f => CommonParts(Parts(pathOf(f)), parts));
        return most < least ? [] : most == 0 ? functions : [.. functions.Where(f => CommonParts(Parts(pathOf(f)), parts) == most)];
    }

    /// <summary>The source file of a unit: that of most of its functions which is no header.</summary>
    private static string UnitOf(NotesFile notes)
    {
        string? source = notes.Functions.Select(f => f.Source).Where(s => !Path.GetExtension(s).StartsWith(".h", StringComparison.Ordinal) && Path.HasExtension(s))
            .GroupBy(s => s, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        return source is null ? "" : Path.Combine(notes.Folder, source);
    }

    private static string[] Parts(string path) => Path.GetFullPath(path, "/").Split('/');

    /// <summary>How many parts of two paths are the same, from the end; a base name is one.</summary>
    private static int CommonParts(string[] left, string[] right)
    {
        int common = 0;
        while (common < left.Length && common < right.Length && left[^(common + 1)] == right[^(common + 1)])
        {
            common++;
        }

        return common;
    }
}

/// <summary>A function of notes, with what is asked of it often.</summary>
internal sealed class IndexedFunction
{
    private readonly HashSet<(string File, uint Line)> _lines = [];

    public IndexedFunction(NotesFile notes, NotesFunction function, string unit)
    {
        (Function, Unit) = (function, unit);
        Path = System.IO.Path.Combine(notes.Folder, function.Source);
        foreach (var position in function.Positions)
        {
            _lines.Add((position.File, position.Line));
        }
    }

    public NotesFunction Function { get; }

    /// <summary>Path of the file that defines it.</summary>
    public string Path { get; }

    /// <summary>Source file of its unit; empty where it is not known.</summary>
    public string Unit { get; }

    /// <summary>Whether a block has a line.</summary>
    /// <param name="file">Base name of the file.</param>
    /// <param name="line">The line.</param>
    public bool HasLine(string file, uint line) => _lines.Contains((file, line));
}
