using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>A function as viewers have it: by its name, its file and its first line. Static functions of one name are several.</summary>
/// <param name="Name">Index of the name.</param>
/// <param name="File">Index of the file; null where it is not known.</param>
/// <param name="Line">First line; null where it is not known, and of code in another file than the function.</param>
internal readonly record struct ViewedFunction(int Name, int? File, uint? Line);

/// <summary>The positions of functions as stacks of the calls that are inlined into each other.</summary>
internal sealed class StackWalk
{
    private readonly ReportData _data;
    private readonly List<ViewedFunction> _functions;
    private readonly Dictionary<ViewedFunction, int> _indices = [];

    public StackWalk(ReportData data)
    {
        _data = data;
        _functions = [.. data.Names.Select((n, i) => new ViewedFunction(i, n.File, n.Line))];
        for (int i = 0; i < _functions.Count; i++)
        {
            _indices.Add(_functions[i], i);
        }
    }

    /// <summary>The functions of all stacks that were asked for: first those of the names, in their order.</summary>
    public IReadOnlyList<ViewedFunction> Functions => _functions;

    /// <summary>The positions that ran: index of the body, and index in it.</summary>
    public static IEnumerable<(int Body, int Position)> Positions(ReportFunction function)
    {
        for (int body = 0; body < function.Bodies.Length; body++)
        {
            for (int position = 0; position < function.Bodies[body].Counts.Length; position++)
            {
                if (function.Bodies[body].Counts[position] > 0)
                {
                    yield return (body, position);
                }
            }
        }
    }

    /// <summary>The functions of a body and of the calls that it is inlined into, up to the outermost.</summary>
    public IEnumerable<int> Stack(ReportFunction function, int body)
    {
        for (int at = body; at >= 0; at = function.Bodies[at].Parent)
        {
            yield return IndexOf(Own(function.Bodies[at]));
        }
    }

    /// <summary>The function and the line of a position and then of the calls that it is inlined into, up to the outermost. Where a line in a file is not known, it is the distance from the function's first.</summary>
    public IEnumerable<(int Function, long Line)> Lines(ReportFunction function, int body, int position)
    {
        int line = function.Bodies[body].Lines[position];
        for (int at = body; at >= 0; at = function.Bodies[at].Parent)
        {
            yield return PlaceOf(function.Bodies[at], line);
            line = function.Bodies[at].Line;
        }
    }

    private (int Function, long Line) PlaceOf(ReportedBody body, int line)
    {
        if (body.Elsewhere?.FirstOrDefault(e => e.Line == line) is { } elsewhere)
        {
            // Of a line that may be in either of two files it is not said which.
            bool isPlain = !elsewhere.IsAlsoHere && body.Elsewhere.Count(e => e.Line == line) == 1;
            return isPlain && elsewhere is { File: { } file, At: { } at } ? (IndexOf(new ViewedFunction(body.Name, file, null)), at) : (IndexOf(Own(body)), 0);
        }

        var own = Own(body);
        return (IndexOf(own), (own.Line ?? 0) + (line > short.MaxValue ? line - (1L << 16) : line));
    }

    private ViewedFunction Own(ReportedBody body) =>
        body.FirstLine is null ? _functions[body.Name] : new ViewedFunction(body.Name, body.File, body.FirstLine);

    private int IndexOf(ViewedFunction function)
    {
        if (!_indices.TryGetValue(function, out int index))
        {
            index = _functions.Count;
            _indices.Add(function, index);
            _functions.Add(function);
        }

        return index;
    }
}
