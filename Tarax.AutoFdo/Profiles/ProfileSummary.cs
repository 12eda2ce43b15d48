using System.Runtime.InteropServices;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Profiles;

/// <summary>How many of the hottest positions hold a share of all counts.</summary>
/// <param name="Cutoff">The share in millionths.</param>
/// <param name="MinimumCount">Count of the coldest of these positions.</param>
/// <param name="Positions">Number of these positions.</param>
public readonly record struct SummaryRow(uint Cutoff, ulong MinimumCount, ulong Positions);

/// <summary>The distribution of a profile's counts, from which GCC 16 takes its threshold for hot code.</summary>
public sealed class ProfileSummary
{
    /// <summary>
    /// The row by which compilers tell hot code: GCC 16 by its parameter hot-bb-count-ws-permille, LLVM by its option profile-summary-cutoff-hot.
    /// </summary>
    internal const uint NaturalHotCutoff = 990_000;

    private static readonly uint[] Cutoffs =
    [
        10_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000,
        800_000, 900_000, 950_000, 990_000, 999_000, 999_900, 999_990, 999_999,
    ];

    private readonly Dictionary<ulong, ulong> _frequencies = [];

    private ProfileSummary()
    {
    }

    /// <summary>Sum of the counts of all positions; saturates.</summary>
    public ulong TotalCount { get; private set; }

    /// <summary>Largest count of a position.</summary>
    public ulong MaximumCount { get; private set; }

    /// <summary>Largest head count of a function.</summary>
    public ulong MaximumHeadCount { get; private set; }

    /// <summary>Number of positions, those of count 0 included.</summary>
    public ulong Positions { get; private set; }

    /// <summary>Number of functions.</summary>
    public ulong Functions { get; private set; }

    /// <summary>One row for each of the sixteen shares from 1 % to 99.9999 %. That of 99 % says what <see cref="SampleProfile.HotCutoff"/> asks for.</summary>
    public IReadOnlyList<SummaryRow> Rows { get; private set; } = [];

    /// <summary>Whether there is a row for a share in millionths.</summary>
    internal static bool HasRow(uint cutoff) => Array.IndexOf(Cutoffs, cutoff) >= 0;

    /// <summary>Computes the summary of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static ProfileSummary Of(SampleProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var summary = new ProfileSummary { Functions = (ulong)profile.Functions.Count };
        foreach (var function in profile.Functions)
        {
            summary.MaximumHeadCount = Math.Max(summary.MaximumHeadCount, function.HeadCount);
            summary.Add(function.Body);
        }

        summary.Rows = summary.ComputeRows();
        summary.StateHotCutoff(profile.HotCutoff);
        return summary;
    }

    /// <summary>Where more is to be taken for hot than the compiler takes, the row that it looks at says what another one says.</summary>
    private void StateHotCutoff(uint cutoff)
    {
        int natural = Array.IndexOf(Cutoffs, NaturalHotCutoff);
        int stated = Array.IndexOf(Cutoffs, cutoff);
        if (stated > natural)
        {
            var rows = Rows.ToArray();
            rows[natural] = rows[stated] with { Cutoff = NaturalHotCutoff };
            Rows = rows;
        }
    }

    private void Add(FunctionBody body)
    {
        foreach (var position in body.Positions.AsSpan())
        {
            TotalCount = SaturatingSum.Of(TotalCount, position.Count);
            MaximumCount = Math.Max(MaximumCount, position.Count);
            Positions++;
            CollectionsMarshal.GetValueRefOrAddDefault(_frequencies, position.Count, out _)++;
        }

        foreach (var call in body.Calls.AsSpan())
        {
            Add(call.Body);
        }
    }

    private List<SummaryRow> ComputeRows()
    {
        const ulong Million = 1_000_000;
        var rows = new List<SummaryRow>(Cutoffs.Length);
        using var next = _frequencies.OrderByDescending(f => f.Key).GetEnumerator();
        UInt128 sum = 0;
        ulong minimum = 0;
        ulong positions = 0;
        foreach (uint cutoff in Cutoffs)
        {
            var wanted = (UInt128)TotalCount * cutoff / Million;
            while (sum < wanted && next.MoveNext())
            {
                minimum = next.Current.Key;
                sum += (UInt128)minimum * next.Current.Value;
                positions += next.Current.Value;
            }

            rows.Add(new SummaryRow(cutoff, minimum, positions));
        }

        return rows;
    }
}
