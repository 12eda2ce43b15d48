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
        var exactCalls = new Dictionary<(int Parent, int Line, int Name, uint Discriminator), int>();
        for (int i = 1; i < function.Bodies.Length; i++)
        {
            var body = function.Bodies[i];
            calls.TryAdd((body.Parent, body.Line & 0xffff, body.Name), i);
            exactCalls.TryAdd((body.Parent, body.Line & 0xffff, body.Name, body.Discriminator), i);
        }

        for (int i = 1; i < _places.Length; i++)
        {
            ref readonly var scope = ref source.Scopes[i];
            var around = _places[scope.Parent];
            int line = (int)(scope.CallLine - source.Scopes[scope.Parent].Function.DeclarationLine);

            // Where a profile has no discriminators, calls of one function on one line are one body.
            int own = 0;
            bool isKnown = around.Line is null && names.Known(scope.Function.Name) is { } name
                && (exactCalls.TryGetValue((around.Body, line & 0xffff, name, scope.CallDiscriminator), out own) || calls.TryGetValue((around.Body, line & 0xffff, name), out own));
            _places[i] = isKnown ? (own, null) : (around.Body, around.Line ?? line);
        }
    }

    /// <summary>Whether a piece of code stands at the line of a call, since the profile does not have the call.</summary>
    public bool IsAtCall(in CodeSegment segment) => _places[segment.Scope].Line is not null;

    /// <summary>The body of a piece of code, and its line in that.</summary>
    public (int Body, int Line) At(in CodeSegment segment)
    {
        var (body, line) = _places[segment.Scope];
        return (body, line ?? (int)(segment.Line - _source.Scopes[segment.Scope].Function.DeclarationLine));
    }
}
