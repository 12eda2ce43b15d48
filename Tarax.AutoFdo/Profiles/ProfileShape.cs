using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo.Profiles;

/// <summary>Profiles that say the same in another shape: inlined bodies as functions of their own.</summary>
internal sealed class ProfileShape
{
    private readonly SortedDictionary<string, Function> _functions = new(StringComparer.Ordinal);
    private readonly bool _keepsNested;

    private ProfileShape(bool keepsNested) => _keepsNested = keepsNested;

    /// <summary>The functions in a shape.</summary>
    /// <param name="functions">Functions with inlined bodies at the places of their calls.</param>
    /// <param name="shape">Flat or both.</param>
    public static List<FunctionProfile> Of(IReadOnlyList<FunctionProfile> functions, InlinedBodies shape)
    {
        var result = new ProfileShape(shape == InlinedBodies.Both);
        foreach (var function in functions)
        {
            var own = result.FunctionOf(function.Name, function.File);
            own.HeadCount = SaturatingSum.Of(own.HeadCount, function.HeadCount);
            own.FirstTime = ProfileTransformation.Earliest(own.FirstTime, function.FirstTime);
            result.Add(own, function.Body);
        }

        var shaped = new List<FunctionProfile>(result._functions.Count);
        foreach (var (name, function) in result._functions)
        {
            shaped.Add(function.ToProfile(name));
        }

        return shaped;
    }

    /// <summary>
    /// Adds a body to a function: its positions, and what was inlined into it to the functions that it is of. A function inlined into itself, directly or not, adds
    /// to itself.
    /// </summary>
    private void Add(Function function, FunctionBody body)
    {
        var accumulated = function.Body;
        if (_keepsNested)
        {
            accumulated.Add(body, CountRule.Sum, p => p, n => n);
        }
        else
        {
            accumulated.Add(body with { Calls = [], StatedTotal = OwnTotal(body) }, CountRule.Sum, p => p, n => n);
        }

        foreach (var call in body.Calls)
        {
            ulong entries = ProfileTransformation.Entries(call.Body);
            if (!_keepsNested)
            {
                accumulated.AddCount(call.Position, entries, 0, CountRule.Maximum);
                if (entries > 0)
                {
                    accumulated.AddTarget(call.Position, call.Callee, entries);
                }
            }

            var callee = FunctionOf(call.Callee, call.File);
            callee.HeadCount = SaturatingSum.Of(callee.HeadCount, entries);
            Add(callee, call.Body);
        }
    }

    private Function FunctionOf(string name, string file)
    {
        if (!_functions.TryGetValue(name, out var function))
        {
            function = new Function(file);
            _functions.Add(name, function);
        }

        function.File = ProfileTransformation.CommonFile(function.File, file);
        return function;
    }

    /// <summary>A total without those of the inlined bodies, which go elsewhere.</summary>
    private static ulong? OwnTotal(FunctionBody body)
    {
        if (body.StatedTotal is not { } total)
        {
            return null;
        }

        foreach (var call in body.Calls)
        {
            total -= Math.Min(total, call.Body.StatedTotal ?? 0);
        }

        return total;
    }

    private sealed class Function(string file)
    {
        public BodyAccumulator Body { get; } = new();

        public string File { get; set; } = file;

        public ulong HeadCount { get; set; }

        public ulong FirstTime { get; set; }

        public FunctionProfile ToProfile(string name) => new(name, File, HeadCount, FirstTime, Body.ToBody());
    }
}
