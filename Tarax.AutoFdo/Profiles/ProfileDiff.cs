using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Profiles;

/// <summary>One function in two profiles.</summary>
/// <param name="Name">Linkage name.</param>
/// <param name="LeftTotal">Sum of its counts in the one profile; 0 where it is not in it.</param>
/// <param name="RightTotal">Sum of its counts in the other.</param>
/// <param name="LeftShare">Its share of all counts of the one, 0 to 1.</param>
/// <param name="RightShare">Its share of all counts of the other.</param>
/// <param name="Overlap">What its two bodies have in common, each taken for a whole: 0 to 1.</param>
/// <param name="LeftRank">Its place by counts in the one, from 1; 0 where it is not in it.</param>
/// <param name="RightRank">Its place in the other.</param>
public sealed record FunctionDiff(
    string Name, ulong LeftTotal, ulong RightTotal, double LeftShare, double RightShare, double Overlap, int LeftRank, int RightRank)
{
    /// <summary>By how much its share differs.</summary>
    public double Difference => Math.Abs(LeftShare - RightShare);
}

/// <summary>One position in two profiles.</summary>
/// <param name="Path">The function, and the calls inlined into each other down to the position: <c>main/3:f/2.1</c>.</param>
/// <param name="LeftCount">Its count in the one; null where it is not in it.</param>
/// <param name="RightCount">Its count in the other.</param>
/// <param name="Difference">By how much its share of all counts differs.</param>
public sealed record PositionDiff(string Path, ulong? LeftCount, ulong? RightCount, double Difference);

/// <summary>
/// How much two profiles agree. All is compared by shares, so that a profile of twice as many samples is the same. The overlap is that of
/// <c>llvm-profdata overlap --sample</c>: for each position the smaller of its two shares, added up. Clones that a compiler made of a function (<c>f.constprop.0</c>) count as the function, as they
/// do for the compiler that reads the profile.
/// </summary>
public sealed class ProfileDiff
{
    private ProfileDiff(Weights left, Weights right)
    {
        Overlap = Common(left.Positions, right.Positions, left.Total, right.Total);
        Functions = [.. FunctionsOf(left, right).OrderByDescending(f => f.Difference).ThenBy(f => f.Name, StringComparer.Ordinal)];
        Positions = [.. PositionsOf(left, right).OrderByDescending(p => p.Difference).ThenBy(p => p.Path, StringComparer.Ordinal)];
    }

    /// <summary>What the profiles have in common: 0 to 1. Two profiles without any count agree wholly.</summary>
    public double Overlap { get; }

    /// <summary>All functions of both, those whose share differs most first.</summary>
    public IReadOnlyList<FunctionDiff> Functions { get; }

    /// <summary>All positions of both, those whose share differs most first.</summary>
    public IReadOnlyList<PositionDiff> Positions { get; }

    /// <summary>Compares two profiles.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static ProfileDiff Of(SampleProfile left, SampleProfile right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        bool isHashed = left.HasHashedNames || right.HasHashedNames;
        Weights WeightsOf(SampleProfile profile)
        {
            var whole = CloneSuffix.Without(profile);
            return new Weights(isHashed ? whole.WithHashedNames() : whole);
        }

        return new ProfileDiff(WeightsOf(left), WeightsOf(right));
    }

    private static double Common(Dictionary<string, ulong> left, Dictionary<string, ulong> right, double leftTotal, double rightTotal)
    {
        if (leftTotal == 0 || rightTotal == 0)
        {
            return leftTotal == rightTotal ? 1 : 0;
        }

        // What differs, and not what is common: so that a profile has exactly 1 in common with itself.
        double different = 0;
        foreach (var (path, count) in left)
        {
            different += Math.Abs((count / leftTotal) - (right.GetValueOrDefault(path) / rightTotal));
        }

        foreach (var (path, count) in right)
        {
            different += left.ContainsKey(path) ? 0 : count / rightTotal;
        }

        return Math.Clamp(1 - (different / 2), 0, 1);
    }

    private static IEnumerable<FunctionDiff> FunctionsOf(Weights left, Weights right)
    {
        foreach (string name in left.Functions.Keys.Union(right.Functions.Keys))
        {
            var (a, b) = (left.Functions.GetValueOrDefault(name), right.Functions.GetValueOrDefault(name));
            yield return new FunctionDiff(
                name, (ulong)(a?.Total ?? 0), (ulong)(b?.Total ?? 0), left.ShareOf(a), right.ShareOf(b),
                a is null || b is null ? 0 : Common(a.Positions, b.Positions, a.Total, b.Total), a?.Rank ?? 0, b?.Rank ?? 0);
        }
    }

    private static IEnumerable<PositionDiff> PositionsOf(Weights left, Weights right)
    {
        foreach (string path in left.Positions.Keys.Union(right.Positions.Keys))
        {
            ulong? a = left.Positions.TryGetValue(path, out ulong l) ? l : null;
            ulong? b = right.Positions.TryGetValue(path, out ulong r) ? r : null;
            yield return new PositionDiff(path, a, b, Math.Abs(left.ShareOf(a ?? 0) - right.ShareOf(b ?? 0)));
        }
    }

    /// <summary>The counts of a profile by path.</summary>
    private sealed class Weights
    {
        public Weights(SampleProfile profile)
        {
            var byTotal = new List<FunctionWeights>(profile.Functions.Count);
            foreach (var function in profile.Functions)
            {
                var positions = new Dictionary<string, ulong>(StringComparer.Ordinal);
                Add(function.Name, function.Body, positions);
                double total = 0;
                foreach (var (path, count) in positions)
                {
                    Positions[path] = count;
                    total += count;
                }

                var weights = new FunctionWeights(function.Name, positions, total);
                Functions.Add(function.Name, weights);
                byTotal.Add(weights);
                Total += total;
            }

            byTotal.Sort((a, b) => a.Total != b.Total ? b.Total.CompareTo(a.Total) : string.CompareOrdinal(a.Name, b.Name));
            for (int i = 0; i < byTotal.Count; i++)
            {
                byTotal[i].Rank = i + 1;
            }
        }

        public Dictionary<string, ulong> Positions { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, FunctionWeights> Functions { get; } = new(StringComparer.Ordinal);

        public double Total { get; }

        public double ShareOf(FunctionWeights? function) => ShareOf(function?.Total ?? 0);

        public double ShareOf(double count) => Total == 0 ? 0 : count / Total;

        private static void Add(string path, FunctionBody body, Dictionary<string, ulong> positions)
        {
            foreach (var position in body.Positions)
            {
                string key = $"{path}/{AsWritten(position.Position)}";
                positions[key] = SaturatingSum.Of(positions.GetValueOrDefault(key), position.Count);
            }

            foreach (var call in body.Calls)
            {
                Add($"{path}/{AsWritten(call.Position)}:{call.Callee}", call.Body, positions);
            }
        }

        /// <summary>Formats keep 16 bits of a line: one before the function's first is a large number in a profile that was read, and negative in one that was made just now.</summary>
        private static SourcePosition AsWritten(SourcePosition position) => position with { LineOffset = position.LineOffset & ushort.MaxValue };
    }

    private sealed class FunctionWeights(string name, Dictionary<string, ulong> positions, double total)
    {
        public string Name => name;

        public Dictionary<string, ulong> Positions => positions;

        public double Total => total;

        public int Rank { get; set; }
    }
}
