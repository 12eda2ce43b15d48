namespace Tarax.AutoFdo.Profiles;

/// <summary>The names of a profile: functions, inlined functions and call targets.</summary>
internal static class ProfileNames
{
    public static HashSet<string> Of(SampleProfile profile)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in profile.Functions.AsSpan())
        {
            names.Add(function.Name);
            Add(function.Body, names);
        }

        return names;
    }

    private static void Add(FunctionBody body, HashSet<string> names)
    {
        foreach (var position in body.Positions.AsSpan())
        {
            foreach (var target in position.Targets.AsSpan())
            {
                names.Add(target.Name);
            }
        }

        foreach (var call in body.Calls.AsSpan())
        {
            names.Add(call.Callee);
            Add(call.Body, names);
        }
    }
}
