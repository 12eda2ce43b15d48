using System.Runtime.InteropServices;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>How ranges are divided by where the branches come from that lead to their start.</summary>
/// <param name="Own">From the same function.</param>
/// <param name="Returned">By a return of another function.</param>
/// <param name="Foreign">From elsewhere.</param>
internal readonly record struct OriginCounts(ulong Own, ulong Returned, ulong Foreign)
{
    public OriginCounts With(OriginCounts other) =>
        new(SaturatingSum.Of(Own, other.Own), SaturatingSum.Of(Returned, other.Returned), SaturatingSum.Of(Foreign, other.Foreign));

    /// <summary>Divides executions as the branches are divided; what does not come out even, and all where no branch was seen, is of the same function.</summary>
    public OriginCounts Divide(ulong executions)
    {
        var all = (UInt128)Own + Returned + Foreign;
        if (all == 0)
        {
            return new OriginCounts(executions, 0, 0);
        }

        ulong returned = (ulong)((UInt128)executions * Returned / all);
        ulong foreign = Own == 0 ? executions - returned : (ulong)((UInt128)executions * Foreign / all);
        return new OriginCounts(executions - returned - foreign, returned, foreign);
    }
}

/// <summary>
/// Where execution came from when it ran on at an address. BOLT lets what ran behind a call begin with the call's own block, but only where it came back from another function, so that has to be told.
/// Of a binary's counts branches and ranges are sums of their own; where branches of different origins lead to one address, its ranges are divided alike.
/// </summary>
internal sealed class RangeOrigins
{
    private readonly Dictionary<ulong, OriginCounts> _byTarget = [];

    public RangeOrigins(BinaryCounts counts, BoltCode code)
    {
        var (from, function, returns) = (ulong.MaxValue, ulong.MaxValue, false);
        foreach (var branch in counts.Branches)
        {
            if (!code.TryGetAddress(branch.To, out ulong target))
            {
                continue;
            }

            if (branch.From != from)
            {
                from = branch.From;
                bool isKnown = code.TryGetAddress(from, out ulong source);
                function = isKnown ? code.FunctionAt(source)?.Start ?? 0 : 0;
                returns = isKnown && code.Returns(source);
            }

            bool isOwn = function == (code.FunctionAt(target)?.Start ?? 0);
            Add(branch.To, isOwn ? new OriginCounts(branch.Count, 0, 0) : returns ? new OriginCounts(0, branch.Count, 0) : new OriginCounts(0, 0, branch.Count));
        }

        foreach (var entry in counts.Entries)
        {
            Add(entry.Address, new OriginCounts(0, 0, entry.Count));
        }
    }

    /// <summary>The branches that lead to a file offset.</summary>
    public OriginCounts At(ulong offset) => _byTarget.GetValueOrDefault(offset);

    private void Add(ulong target, OriginCounts counts)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_byTarget, target, out _);
        known = known.With(counts);
    }
}
