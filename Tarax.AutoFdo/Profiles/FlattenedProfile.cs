using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Profiles;

/// <summary>Profiles that say the same in another shape: inlined bodies as functions of their own.</summary>
internal sealed class FlattenedProfile
{
    private readonly SortedDictionary<string, Function> _functions = new(StringComparer.Ordinal);
    /// <summary>The most positions with each body in both places: the depth of inlining is below thirty where compilers do it, and most of it near the top.</summary>
    private const long Times = 20;
    private const long Least = 1_000_000;

    private readonly bool _keepsNested;
    private long _positions;

    private readonly long _most;

    private FlattenedProfile(bool keepsNested, long positions)
    {
        _keepsNested = keepsNested;
        _most = Least + (Times * positions);
    }

    /// <summary>The functions in a shape.</summary>
    /// <param name="functions">Functions with inlined bodies at the places of their calls.</param>
    /// <param name="shape">Flat or both.</param>
    public static List<FunctionProfile> Of(IReadOnlyList<FunctionProfile> functions, InlinedBodies shape)
    {
        var result = new FlattenedProfile(shape == InlinedBodies.Both, functions.Sum(f => (long)f.Body.PositionTotal()));
        foreach (var function in functions)
        {
            var own = result.FunctionOf(function.Name, function.File);
            own.HeadCount = SaturatingSum.Of(own.HeadCount, function.HeadCount);
            own.FirstTime = ProfileTransformation.Earliest(own.FirstTime, function.FirstTime);
            result.Add(own, function.Body, function.FirstTime);
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
    private void Add(Function function, FunctionBody body, ulong firstTime)
    {
        if (_keepsNested)
        {
            Reserve(body.PositionTotal());
            function.Body.Add(body, CountRule.Sum, p => p, n => n);
        }
        else
        {
            function.Body.Add(WithoutCalls(body), CountRule.Sum, p => p, n => n);
        }

        foreach (var call in body.Calls)
        {
            var callee = FunctionOf(call.Callee, call.File);
            callee.HeadCount = SaturatingSum.Of(callee.HeadCount, ProfileTransformation.Entries(call.Body));
            callee.FirstTime = ProfileTransformation.Earliest(callee.FirstTime, firstTime);
            Add(callee, call.Body, firstTime);
        }
    }

    /// <summary>A position for each inlined call instead of its body. What bytes of code the counts are of is not known then, so no total is stated.</summary>
    private static FunctionBody WithoutCalls(FunctionBody body)
    {
        var accumulator = new BodyAccumulator();
        accumulator.Add(body with { Calls = [], StatedTotal = null }, CountRule.Sum, p => p, n => n);
        foreach (var call in body.Calls)
        {
            ulong entries = ProfileTransformation.Entries(call.Body);
            accumulator.AddCount(call.Position, entries, 0, CountRule.Maximum);
            if (entries > 0)
            {
                accumulator.AddTarget(call.Position, call.Callee, entries);
            }
        }

        return accumulator.ToBody();
    }

    /// <summary>Each level of inlining repeats all that are below it: what is nested a thousand deep on purpose would fill the memory.</summary>
    private void Reserve(int positions)
    {
        _positions += positions;
        if (_positions > _most)
        {
            throw new ProfileNotExpressibleException($"inlined functions are nested so deep that a profile with each in both places has over {Times} times as many positions; take --inlined nested or flat");
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

    private sealed class Function(string file)
    {
        public BodyAccumulator Body { get; } = new();

        public string File { get; set; } = file;

        public ulong HeadCount { get; set; }

        public ulong FirstTime { get; set; }

        public FunctionProfile ToProfile(string name) => new(name, File, HeadCount, FirstTime, Body.ToBody());
    }
}
