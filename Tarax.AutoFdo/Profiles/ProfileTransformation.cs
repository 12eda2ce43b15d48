using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo.Profiles;

/// <summary>Profiles made from profiles.</summary>
internal static class ProfileTransformation
{
    /// <summary>Functions of one name as one: counts add up, the earliest time stays.</summary>
    public static FunctionProfile Sum(IReadOnlyList<FunctionProfile> functions)
    {
        var body = new BodyAccumulator();
        string file = functions[0].File;
        ulong head = 0;
        ulong firstTime = 0;
        foreach (var function in functions)
        {
            body.Add(function.Body, CountRule.Sum, p => p, n => n);
            file = CommonFile(file, function.File);
            head = SaturatingSum.Of(head, function.HeadCount);
            firstTime = Earliest(firstTime, function.FirstTime);
        }

        return new FunctionProfile(functions[0].Name, file, head, firstTime, body.ToBody());
    }

    /// <summary>Under other names; functions and calls that come to the same name are added up.</summary>
    public static SampleProfile Rename(SampleProfile profile, Func<string, string> mapName) =>
        new(profile.Functions.Select(f => f with { Name = mapName(f.Name), Body = Mapped(f.Body, CountRule.Sum, p => p, mapName) }));

    public static FunctionProfile WithoutDiscriminators(FunctionProfile function) =>
        function with { Body = Mapped(function.Body, CountRule.Maximum, p => p with { Discriminator = 0 }, n => n) };

    public static FunctionProfile WithoutZeroCounts(FunctionProfile function) => function with { Body = WithoutZeroCounts(function.Body) };

    /// <summary>
    /// The file to state for two definitions of one name. GCC 16 keeps one file for each name and compares base names, and takes any file
    /// where none is stated (autofdo_source_profile::find_iter_for_function_instance); so it is stated only where the base names agree.
    /// </summary>
    public static string CommonFile(string left, string right)
    {
        if (left == right)
        {
            return left;
        }

        return Path.GetFileName(left) == Path.GetFileName(right) ? (string.CompareOrdinal(left, right) < 0 ? left : right) : "";
    }

    /// <summary>The earlier of two times, of which 0 means unknown.</summary>
    public static ulong Earliest(ulong left, ulong right) => left == 0 ? right : right == 0 ? left : Math.Min(left, right);

    private static FunctionBody Mapped(FunctionBody body, CountRule rule, Func<SourcePosition, SourcePosition> mapPosition, Func<string, string> mapName)
    {
        var accumulator = new BodyAccumulator();
        accumulator.Add(body, rule, mapPosition, mapName);
        return accumulator.ToBody();
    }

    private static FunctionBody WithoutZeroCounts(FunctionBody body) => new(
        [.. body.Positions.Where(p => p.Count > 0 || p.Targets.Count > 0)],
        [.. body.Calls.Select(c => c with { Body = WithoutZeroCounts(c.Body) }).Where(c => c.Body.Positions.Count + c.Body.Calls.Count > 0)]);
}
