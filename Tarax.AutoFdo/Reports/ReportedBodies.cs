using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports;

/// <summary>The functions of a profile as a report has them.</summary>
internal static class ReportedBodies
{
    /// <summary>The functions, those with the largest totals first, as <c>tarax show</c> has them.</summary>
    public static ReportFunction[] Of(SampleProfile profile, ReportNames names) =>
    [
        .. profile.Functions.Select(f => (Function: f, Total: f.Body.TotalCount())).OrderByDescending(f => f.Total).ThenBy(f => f.Function.Name, StringComparer.Ordinal)
            .Select(f => Of(f.Function, f.Total, names)),
    ];

    private static ReportFunction Of(FunctionProfile function, ulong total, ReportNames names)
    {
        var bodies = new List<ReportedBody>();
        Add(-1, default, function.Name, function.Body, Place(function.Name, function.File, function.StartLine, names), names, bodies);
        ulong self = function.Body.Positions.Aggregate(0UL, (sum, p) => SaturatingSum.Of(sum, p.Count));
        return new ReportFunction(names.Of(function.Name), total, self, function.HeadCount, [.. bodies]);
    }

    private static void Add(int parent, SourcePosition call, string name, FunctionBody body, (int File, uint Line)? place, ReportNames names, List<ReportedBody> bodies)
    {
        int index = bodies.Count;
        var positions = body.Positions;
        bool hasDiscriminators = positions.Any(p => p.Position.Discriminator != 0);
        var targets = new List<ulong>();
        for (int i = 0; i < positions.Count; i++)
        {
            foreach (var target in positions[i].Targets)
            {
                targets.AddRange([(ulong)i, (ulong)names.Of(target.Name), target.Count]);
            }
        }

        bodies.Add(new ReportedBody(parent, call.LineOffset, call.Discriminator, names.Of(name), [.. positions.Select(p => p.Position.LineOffset)], [.. positions.Select(p => p.Count)])
        {
            Discriminators = hasDiscriminators ? [.. positions.Select(p => p.Position.Discriminator)] : null,
            Targets = targets.Count == 0 ? null : [.. targets],
            File = place?.File,
            FirstLine = place?.Line,
        });
        foreach (var inlined in body.Calls)
        {
            Add(index, inlined.Position, inlined.Callee, inlined.Body, Place(inlined.Callee, inlined.File, inlined.StartLine, names), names, bodies);
        }
    }

    /// <summary>Notes where a function is defined.</summary>
    /// <returns>The place, where the function's name has another already.</returns>
    private static (int File, uint Line)? Place(string name, string file, uint line, ReportNames names)
    {
        names.Place(name, file, line);
        return line > 0 && file.Length > 0 && names.PlaceOf(names.Of(name)) is { } known && known != (file, line) ? (names.File(file), line) : null;
    }
}
