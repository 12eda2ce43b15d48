using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>How much two profiles agree.</summary>
internal static class ProfileOverlap
{
    /// <summary>The part that two profiles have in common, by weight of positions: 0 to 1.</summary>
    public static double Of(SampleProfile leftProfile, SampleProfile rightProfile)
    {
        var (left, right) = (Weights(leftProfile), Weights(rightProfile));
        double leftTotal = left.Values.Sum(v => (double)v);
        double rightTotal = right.Values.Sum(v => (double)v);
        return left.Keys.Intersect(right.Keys).Sum(k => Math.Min(left[k] / leftTotal, right[k] / rightTotal));
    }

    private static Dictionary<string, ulong> Weights(SampleProfile profile)
    {
        var weights = new Dictionary<string, ulong>();
        void Add(string path, FunctionBody body)
        {
            foreach (var position in body.Positions)
            {
                weights[$"{path}/{position.Position}"] = position.Count;
            }

            foreach (var call in body.Calls)
            {
                Add($"{path}/{call.Position}:{call.Callee}", call.Body);
            }
        }

        foreach (var function in profile.Functions)
        {
            Add(function.Name, function.Body);
        }

        return weights;
    }
}
