using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports;

/// <summary>Which body of a profile the code of each inlined call belongs to. Calls that the profile does not have belong to the line of the call.</summary>
internal sealed class ScopeBodies
{
    private readonly FunctionSource _source;
    private readonly (int Body, int? Line)[] _places;

    public ScopeBodies(FunctionSource source, ReportFunction function, ReportNames names)
    {
        _source = source;
        _places = new (int, int?)[source.Scopes.Length];
        var calls = new Dictionary<(int Parent, int Line, int Name), int>();
        for (int i = 1; i < function.Bodies.Length; i++)
        {
            var body = function.Bodies[i];
            calls.TryAdd((body.Parent, body.Line & 0xffff, body.Name), i);
        }

        for (int i = 1; i < _places.Length; i++)
        {
            ref readonly var scope = ref source.Scopes[i];
            var around = _places[scope.Parent];
            int line = (int)(scope.CallLine - source.Scopes[scope.Parent].Function.DeclarationLine);
            _places[i] = around.Line is null && names.Known(scope.Function.Name) is { } name && calls.TryGetValue((around.Body, line & 0xffff, name), out int own) ? (own, null) : (around.Body, around.Line ?? line);
        }
    }

    /// <summary>The body of a piece of code, and its line in that.</summary>
    public (int Body, int Line) At(in CodeSegment segment)
    {
        var (body, line) = _places[segment.Scope];
        return (body, line ?? (int)(segment.Line - _source.Scopes[segment.Scope].Function.DeclarationLine));
    }
}
