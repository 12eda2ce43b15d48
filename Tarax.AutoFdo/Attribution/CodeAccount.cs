namespace Tarax.AutoFdo.Attribution;

/// <summary>Executed code that is not in the positions of a profile, for one reason.</summary>
/// <param name="Id">Stable name of the reason, for scripts.</param>
/// <param name="Reason">The reason, in a few words.</param>
/// <param name="Bytes">Executed bytes: those of each range, as often as it ran.</param>
public sealed record LeftOutCode(string Id, string Reason, UInt128 Bytes);

/// <summary>
/// What became of everything that ran in a binary. The unit is the executed byte: of each straight-line range its bytes from the first to the first one of its last instruction, as often as it ran.
/// What is in positions and what is left out add up to what was executed, exactly.
/// </summary>
/// <param name="Executed">Executed bytes of all ranges that begin in the binary.</param>
/// <param name="InPositions">Of these, those of code whose position is in the profile.</param>
/// <param name="LeftOut">The others by reason, the largest first.</param>
public sealed record CodeAccount(UInt128 Executed, UInt128 InPositions, IReadOnlyList<LeftOutCode> LeftOut)
{
    /// <summary>Nothing ran, or it was not looked at.</summary>
    public static readonly CodeAccount Empty = new(0, 0, []);

    /// <summary>The share that is in positions, 0 to 1; 1 where nothing ran.</summary>
    public double Share => Executed == 0 ? 1 : (double)InPositions / (double)Executed;

    internal static CodeAccount Of(ExecutedBytes bytes)
    {
        var leftOut = new List<LeftOutCode>();
        foreach (var reason in Enum.GetValues<LeftOutReason>())
        {
            if (bytes.LeftOut(reason) is var sum && sum > 0)
            {
                leftOut.Add(new LeftOutCode(LeftOutReasons.IdOf(reason), LeftOutReasons.TextOf(reason), sum));
            }
        }

        leftOut.Sort((a, b) => a.Bytes != b.Bytes ? b.Bytes.CompareTo(a.Bytes) : string.CompareOrdinal(a.Id, b.Id));
        return new CodeAccount(bytes.Executed, bytes.InPositions, leftOut);
    }
}
