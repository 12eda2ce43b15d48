using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports;

/// <summary>
/// Lines of functions that are of another file than the function: of a file that is included within it, for instance. A profile has only their distances from the function's first line, where lines of
/// both files may be one.
/// </summary>
internal sealed class OtherFiles
{
    private readonly List<CodeFiles> _code = [];
    private readonly Dictionary<(string File, uint First), FunctionLines> _functions = [];

    /// <summary>Adds what the debug information says of a function's code. Everything is added before anything is asked.</summary>
    public void Add(CodeFiles code)
    {
        _code.Add(code);
        foreach (var scope in code.Source.Scopes)
        {
            if (scope.Function.DeclarationLine > 0)
            {
                _functions.TryAdd((scope.Function.File, scope.Function.DeclarationLine), new FunctionLines());
            }
        }

        foreach (var (scope, line, file) in code.Lines())
        {
            if (file is not null && Of(code, scope) is { } function)
            {
                function.Others.Add((Distance(code, scope, line), file, line));
            }
        }
    }

    /// <summary>Notes which lines are also of the functions' own files, of functions that have any of others, or of which it is not plain.</summary>
    public void Finish()
    {
        foreach (var code in _code)
        {
            foreach (var (scope, line, file) in code.Lines())
            {
                if (file is null && Of(code, scope) is { } function && (function.Others.Count > 0 || line < code.Source.Scopes[scope].Function.DeclarationLine))
                {
                    function.Own.Add(Distance(code, scope, line));
                }
            }
        }

        _code.Clear();
    }

    /// <summary>Where a position is, which may be in several files.</summary>
    /// <param name="function">Where its function is defined.</param>
    /// <param name="line">Its distance from there.</param>
    /// <returns>The places; none where the binary has no such line of the function, and it is before its first.</returns>
    public IReadOnlyList<(string File, long Line)> PlacesOf((string File, uint Line) function, int line)
    {
        var places = new List<(string, long)>();
        bool isBefore = (ushort)line > short.MaxValue;
        _functions.TryGetValue(function, out var lines);
        var others = lines is null ? [] : lines.At(line);
        if (others.Count > 0 ? lines!.Own.Contains((ushort)line) : !isBefore || lines?.Own.Contains((ushort)line) == true)
        {
            places.Add((function.File, function.Line + (isBefore ? (ushort)line - (1L << 16) : (ushort)line)));
        }

        places.AddRange(others.Select(o => (o.File, (long)o.Line)));
        return places;
    }

    /// <summary>A function with the lines of its bodies that are of other files.</summary>
    /// <param name="function">The function.</param>
    /// <param name="names">The report's names, with the places of functions.</param>
    public ReportFunction With(ReportFunction function, ReportNames names)
    {
        var calls = function.Bodies.Where(b => b.Parent >= 0).ToLookup(b => b.Parent, b => b.Line);
        return function with { Bodies = [.. function.Bodies.Select((body, i) => With(body, calls[i], names))] };
    }

    private ReportedBody With(ReportedBody body, IEnumerable<int> calls, ReportNames names)
    {
        (string File, uint Line)? own = body is { File: { } file, FirstLine: { } first } ? (names.FileOf(file), first) : names.PlaceOf(body.Name);
        if (own is not { } place || !_functions.TryGetValue(place, out var lines))
        {
            return body;
        }

        var found = new List<ReportedElsewhere>();
        foreach (int line in body.Lines.Concat(calls).Distinct().Order())
        {
            bool isOwn = lines.Own.Contains((ushort)line);
            int before = found.Count;
            foreach (var (_, path, at) in lines.At(line))
            {
                found.Add(new ReportedElsewhere(line, isOwn) { File = names.File(path), At = at });
            }

            // A line before the first is none of the function's, if its code does not say so; profiles for Clang have code without a line at line 0.
            if (found.Count == before && !isOwn && (ushort)line > short.MaxValue && (ushort)line != (ushort)-(int)place.Line)
            {
                found.Add(new ReportedElsewhere(line, false));
            }
        }

        return found.Count == 0 ? body : body with { Elsewhere = [.. found] };
    }

    private FunctionLines? Of(CodeFiles code, int scope) =>
        code.Source.Scopes[scope].Function is { DeclarationLine: > 0 } function ? _functions[(function.File, function.DeclarationLine)] : null;

    /// <summary>Formats keep 16 bits of a distance.</summary>
    private static ushort Distance(CodeFiles code, int scope, uint line) => (ushort)(line - code.Source.Scopes[scope].Function.DeclarationLine);

    /// <summary>Lines of a function, by their distances from its first.</summary>
    private sealed class FunctionLines
    {
        public SortedSet<(ushort Distance, string File, uint Line)> Others { get; } = new(Comparer<(ushort Distance, string File, uint Line)>.Create((a, b) =>
            a.Distance != b.Distance ? a.Distance.CompareTo(b.Distance) : a.File != b.File ? string.CompareOrdinal(a.File, b.File) : a.Line.CompareTo(b.Line)));

        public HashSet<ushort> Own { get; } = [];

        /// <summary>What has a distance of other files.</summary>
        public SortedSet<(ushort Distance, string File, uint Line)> At(int line) => Others.GetViewBetween(((ushort)line, "", 0), ((ushort)line, "\uffff", uint.MaxValue));
    }
}
