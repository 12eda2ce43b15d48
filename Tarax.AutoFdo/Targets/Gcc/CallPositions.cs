using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>
/// A position, without targets, where something was inlined, that ran as often as what was inlined was entered. GCC 16 takes it for the block of the call where it does not inline there again;
/// without it, it guesses that block (auto-profile.cc, afdo_set_bb_count).
/// </summary>
internal static class CallPositions
{
    /// <summary>The same profile with these positions.</summary>
    public static SampleProfile Of(SampleProfile profile)
    {
        // Samples miss what runs a few times, such as calls from main. GCC 16 takes that for code that never runs, and puts it into the cold part with the loops that are inlined there. What is a
        // thousandth as hot as the hottest does not belong there; with less, lua became slower by 2 % (docs/outcome.md). The largest count stays the same if this is done twice.
        const ulong Share = 1000;
        ulong most = profile.Functions.Count == 0 ? 0 : profile.Functions.Max(f => f.Body.MaximumCount());
        return profile.With(profile.Functions.Select(f => f with { Body = FixedPointOf(f.Body, Math.Max(most / Share, 1)) }));
    }

    /// <summary>A body's first line may be a position that is made here, and says then how often the call around it ran: it is done until nothing changes, as it would if it were done again.</summary>
    private static FunctionBody FixedPointOf(FunctionBody body, ulong least)
    {
        if (body.Calls.Count == 0)
        {
            return body;
        }

        var fixedPoint = WithPositions(body, least);
        for (var next = WithPositions(WithoutEntries(fixedPoint), least); !next.HasSameCounts(fixedPoint); next = WithPositions(next, least))
        {
            fixedPoint = next;
        }

        return fixedPoint;
    }

    private static FunctionBody WithoutEntries(FunctionBody body) => body with { Entries = null, Calls = [.. body.Calls.Select(c => c with { Body = WithoutEntries(c.Body) })] };

    /// <summary>
    /// Count of a body's first line, or of what was inlined there. Where it did not run, later lines say too little: their counts in place of it made bzip2 slower by 0.8 %.
    /// </summary>
    private static ulong FirstLine(FunctionBody body)
    {
        ulong first = body.Positions.Count > 0 ? body.Positions[0].Count : 0;
        bool startsWithCall = body.Calls.Count > 0 && (body.Positions.Count == 0 || body.Calls[0].Position.CompareTo(body.Positions[0].Position) <= 0);
        return startsWithCall ? Math.Max(first, FirstLine(body.Calls[0].Body)) : first;
    }

    /// <summary>How often a call ran whose body this is: no more often than its code was entered, where that is known. A first line that is a loop's condition runs more often.</summary>
    private static ulong Entered(FunctionBody body) => body.Entries is > 0 and var entries ? Math.Min(entries, FirstLine(body)) : FirstLine(body);

    private static FunctionBody WithPositions(FunctionBody body, ulong least)
    {
        if (body.Calls.Count == 0)
        {
            return body;
        }

        var accumulator = new BodyAccumulator();
        accumulator.Add(body with { Calls = [], StatedTotal = null }, CountRule.Sum, p => p, n => n);
        ulong[] entered = new ulong[body.Calls.Count];
        for (int i = 0; i < entered.Length; i++)
        {
            // In a profile that was read, a count that is there already is the better one: of the call's own code, or of this very transformation.
            var called = body.Calls[i].Body;
            entered[i] = called.Entries is null && accumulator.CountAt(body.Calls[i].Position) > 0 ? 0 : Entered(called) is > 0 and var known ? known : called.MaximumCount() >= least ? 1UL : 0;
        }

        for (int i = 0; i < entered.Length; i++)
        {
            if (entered[i] > 0)
            {
                accumulator.AddCount(body.Calls[i].Position, entered[i], 0, CountRule.Maximum);
            }
        }

        return body with { Positions = accumulator.ToBody().Positions, Calls = [.. body.Calls.Select(c => c with { Body = WithPositions(c.Body, least) })] };
    }
}
