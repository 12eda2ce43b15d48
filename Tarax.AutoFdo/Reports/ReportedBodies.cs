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
        names.Place(function.Name, function.File, function.StartLine);
        var bodies = new List<ReportedBody>();
        Add(-1, default, function.Name, function.Body, names, bodies);
        ulong self = function.Body.Positions.Aggregate(0UL, (sum, p) => SaturatingSum.Of(sum, p.Count));
        return new ReportFunction(names.Of(function.Name), total, self, function.HeadCount, [.. bodies]);
    }

    private static void Add(int parent, SourcePosition call, string name, FunctionBody body, ReportNames names, List<ReportedBody> bodies)
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
        });
        foreach (var inlined in body.Calls)
        {
            names.Place(inlined.Callee, inlined.File, inlined.StartLine);
            Add(index, inlined.Position, inlined.Callee, inlined.Body, names, bodies);
        }
    }
}
