namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>A function whose counts are in no counters.</summary>
/// <param name="Name">Linkage name.</param>
/// <param name="Share">Its share of all executions of source positions, 0 to 1.</param>
public sealed record FunctionWithoutNotes(string Name, double Share);

/// <summary>What became of counts in counters.</summary>
public sealed class CounterReport
{
    internal CounterReport()
    {
    }

    /// <summary>Functions in the notes.</summary>
    public int Functions { get; internal init; }

    /// <summary>Of these, the ones that ran.</summary>
    public int FunctionsThatRan { get; internal set; }

    /// <summary>Of these, the ones of which no code is left in the binary, and whose counts follow from those of their callers.</summary>
    public int FunctionsOfCallers { get; internal set; }

    /// <summary>Share of the executions of source positions that is of functions with notes, 0 to 1.</summary>
    public double ShareWithNotes { get; internal init; }

    /// <summary>Of these, the share that is of statements which a block of the notes has, 0 to 1; the others are of positions that no block has, such as those of prologues and epilogues.</summary>
    public double ShareInBlocks { get; internal set; }

    /// <summary>Functions with notes that ran and whose counters are all 0 nevertheless: what ran of them is of no block, or no flow through their blocks was found.</summary>
    public int FunctionsWithoutCounters { get; internal set; }

    /// <summary>Functions that ran and that no notes have, those that ran most first.</summary>
    public IReadOnlyList<FunctionWithoutNotes> WithoutNotes { get; internal init; } = [];

    /// <summary>The largest counter.</summary>
    public long Largest { get; internal set; }
}
