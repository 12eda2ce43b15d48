using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>A profile as text of which every difference is seen; files and times are left out.</summary>
internal static class ProfileText
{
    public static string Of(SampleProfile profile) =>
        string.Join('\n', profile.Functions.Select(f => $"{f.Name} {f.HeadCount} {Of(f.Body)}"));

    private static string Of(FunctionBody body) =>
        $"{body.StatedTotal ?? body.TotalCount()}({string.Join(',', body.Positions.Select(p => $"{p.Position}={p.Count}{string.Concat(p.Targets.Select(t => $"[{t.Name} {t.Count}]"))}"))};"
        + $"{string.Join(',', body.Calls.Select(c => $"{c.Position} {c.Callee}{Of(c.Body)}"))})";
}
