using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>Profiles of create_gcov, to be compared with.</summary>
internal static class ReferenceProfile
{
    /// <summary>The same with parts that GCC split off a function and inlined again as the function's own, see <see cref="CanonicalProfile.WithoutParts"/>.</summary>
    public static SampleProfile WithoutParts(IEnumerable<FunctionProfile> functions) => new(functions.Select(function =>
    {
        var body = new BodyAccumulator();
        Take(body, function.Name, function.Body);
        return function with { Body = body.ToBody() };
    }));

    private static void Take(BodyAccumulator to, string name, FunctionBody body)
    {
        foreach (var position in body.Positions)
        {
            to.AddCount(position.Position, position.Count, 0, CountRule.Maximum);
            foreach (var target in position.Targets)
            {
                to.AddTarget(position.Position, target.Name, target.Count);
            }
        }

        foreach (var call in body.Calls)
        {
            bool isPart = call.Callee == name && call.Position == new SourcePosition(0, 0);
            Take(isPart ? to : to.CallAt(call.Position, call.Callee, call.File), call.Callee, call.Body);
        }
    }
}
