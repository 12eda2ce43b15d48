using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports;

/// <summary>The functions of a profile as a report has them.</summary>
internal static class ReportedBodies
{
    /// <summary>The functions, those with the largest totals first, as <c>tarax show</c> has them.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="names">The report's names.</param>
    /// <param name="places">Where functions are defined, for what the profile does not say; null for none.</param>
    public static ReportFunction[] Of(SampleProfile profile, ReportNames names, SourcePlaces? places) =>
    [
        .. profile.Functions.Select(f => (Function: f, Total: f.Body.TotalCount())).OrderByDescending(f => f.Total).ThenBy(f => f.Function.Name, StringComparer.Ordinal)
            .Select(f => Of(f.Function, f.Total, names, places)),
    ];

    private static ReportFunction Of(FunctionProfile function, ulong total, ReportNames names, SourcePlaces? places)
    {
        var bodies = new List<ReportedBody>();
        Add(new InlinedCall(default, function.Name, function.File, function.Body) { StartLine = function.StartLine }, -1, names, places, bodies);
        ulong self = function.Body.Positions.Aggregate(0UL, (sum, p) => SaturatingSum.Of(sum, p.Count));
        return new ReportFunction(names.Of(function.Name), total, self, function.HeadCount, [.. bodies]);
    }

    private static void Add(InlinedCall call, int parent, ReportNames names, SourcePlaces? places, List<ReportedBody> bodies)
    {
        var place = Place(call, names, places);
        int index = bodies.Count;
        var positions = call.Body.Positions;
        bool hasDiscriminators = positions.Any(p => p.Position.Discriminator != 0);
        var targets = new List<ulong>();
        for (int i = 0; i < positions.Count; i++)
        {
            foreach (var target in positions[i].Targets)
            {
                targets.AddRange([(ulong)i, (ulong)names.Of(target.Name), target.Count]);
            }
        }

        bodies.Add(new ReportedBody(parent, call.Position.LineOffset, call.Position.Discriminator, names.Of(call.Callee), [.. positions.Select(p => p.Position.LineOffset)], [.. positions.Select(p => p.Count)])
        {
            Discriminators = hasDiscriminators ? [.. positions.Select(p => p.Position.Discriminator)] : null,
            Targets = targets.Count == 0 ? null : [.. targets],
            File = place?.File,
            FirstLine = place?.Line,
        });
        foreach (var inlined in call.Body.Calls)
        {
            Add(inlined, index, names, places, bodies);
        }
    }

    /// <summary>Notes where a function is defined.</summary>
    /// <returns>The place, where the function's name has another already, or several.</returns>
    private static (int File, uint Line)? Place(InlinedCall call, ReportNames names, SourcePlaces? places)
    {
        (string File, uint Line) place = call.StartLine > 0 ? (call.File, call.StartLine) : places?.Of(call.Callee, call.File) ?? default;
        if (place.Line == 0 || place.File.Length == 0)
        {
            return null;
        }

        names.Place(call.Callee, place.File, place.Line);
        return names.PlaceOf(names.Of(call.Callee)) == place ? null : (names.File(place.File), place.Line);
    }
}
