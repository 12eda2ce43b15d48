using Tarax.AutoFdo.Numbers;

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

    /// <summary>With other names for some; functions and calls that come to the same name are added up.</summary>
    public static SampleProfile Rename(SampleProfile profile, Dictionary<string, string> names)
    {
        string Mapped(string name) => names.GetValueOrDefault(name, name);
        return profile.With(profile.Functions.Select(f => names.ContainsKey(f.Name) || Mentions(f.Body, names) ? Rename(f, Mapped) : f));
    }

    /// <summary>With other names for it and for what it calls; calls that come to the same name are added up.</summary>
    public static FunctionProfile Rename(FunctionProfile function, Func<string, string> mapName)
    {
        var body = new BodyAccumulator();
        body.Add(function.Body, CountRule.Sum, p => p, mapName);
        return function with { Name = mapName(function.Name), Body = body.ToBody() };
    }

    public static FunctionProfile WithoutDiscriminators(FunctionProfile function) => function with { Body = WithoutDiscriminators(function.Body) };

    public static FunctionProfile WithoutZeroCounts(FunctionProfile function) => function with { Body = WithoutZeroCounts(function.Body) };

    /// <summary>With other counts for all that are in it.</summary>
    public static FunctionProfile WithCounts(FunctionProfile function, Func<ulong, ulong> count) =>
        function with { HeadCount = count(function.HeadCount), Body = WithCounts(function.Body, count) };

    /// <summary>
    /// How often an inlined body was entered. Nothing says it, but the first of its lines that ran does so about as often, where it is in no loop; lines before it may
    /// have been moved away.
    /// </summary>
    public static ulong Entries(FunctionBody body)
    {
        PositionCount? first = null;
        foreach (var position in body.Positions.AsSpan())
        {
            if (position.Count > 0)
            {
                first = position;
                break;
            }
        }

        ulong count = first?.Count ?? 0;
        foreach (var call in body.Calls.AsSpan())
        {
            if (first is not null && call.Position.CompareTo(first.Position) > 0)
            {
                break;
            }

            if (Entries(call.Body) is > 0 and var inner)
            {
                return first is not null && call.Position == first.Position ? Math.Max(count, inner) : inner;
            }
        }

        return count;
    }

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

    private static bool Mentions(FunctionBody body, Dictionary<string, string> names)
    {
        foreach (var position in body.Positions.AsSpan())
        {
            foreach (var target in position.Targets.AsSpan())
            {
                if (names.ContainsKey(target.Name))
                {
                    return true;
                }
            }
        }

        foreach (var call in body.Calls.AsSpan())
        {
            if (names.ContainsKey(call.Callee) || Mentions(call.Body, names))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Most lines have one position, and most calls one place: only what comes together is accumulated.
    /// </summary>
    private static FunctionBody WithoutDiscriminators(FunctionBody body)
    {
        if (body.Calls.Any(c => c.Position.Discriminator != 0))
        {
            var accumulator = new BodyAccumulator();
            accumulator.Add(body, CountRule.Maximum, p => p with { Discriminator = 0 }, n => n);
            return accumulator.ToBody();
        }

        var positions = new List<PositionCount>(body.Positions.Count);
        for (int start = 0, end; start < body.Positions.Count; start = end)
        {
            // The positions of a line stand together.
            var first = body.Positions[start];
            for (end = start + 1; end < body.Positions.Count && body.Positions[end].Position.LineOffset == first.Position.LineOffset; end++)
            {
            }

            positions.Add(end == start + 1 ? first with { Position = first.Position with { Discriminator = 0 } } : OfLine(body.Positions, start, end));
        }

        return body with { Positions = positions, Calls = [.. body.Calls.Select(c => c with { Body = WithoutDiscriminators(c.Body) })] };
    }

    /// <summary>The positions of one line as one: the largest count, and all targets.</summary>
    private static PositionCount OfLine(IReadOnlyList<PositionCount> positions, int start, int end)
    {
        var line = new BodyAccumulator();
        var place = positions[start].Position with { Discriminator = 0 };
        for (int i = start; i < end; i++)
        {
            line.AddCount(place, positions[i].Count, positions[i].CodeBytes, CountRule.Maximum);
            foreach (var target in positions[i].Targets)
            {
                line.AddTarget(place, target.Name, target.Count);
            }
        }

        return line.ToBody().Positions[0];
    }

    private static FunctionBody WithCounts(FunctionBody body, Func<ulong, ulong> count) => new(
        [.. body.Positions.Select(p => p with { Count = count(p.Count), Targets = WithCounts(p.Targets, count) })],
        [.. body.Calls.Select(c => c with { Body = WithCounts(c.Body, count) })])
    {
        StatedTotal = body.StatedTotal is { } total ? count(total) : null,
    };

    private static CallTarget[] WithCounts(IReadOnlyList<CallTarget> targets, Func<ulong, ulong> count)
    {
        var result = new CallTarget[targets.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = targets[i] with { Count = count(targets[i].Count) };
        }

        return result;
    }

    private static FunctionBody WithoutZeroCounts(FunctionBody body) => body with
    {
        Positions = [.. body.Positions.Where(p => p.Count > 0 || p.Targets.Count > 0)],
        Calls = [.. body.Calls.Select(c => c with { Body = WithoutZeroCounts(c.Body) }).Where(c => c.Body.Positions.Count + c.Body.Calls.Count > 0)],
    };
}
