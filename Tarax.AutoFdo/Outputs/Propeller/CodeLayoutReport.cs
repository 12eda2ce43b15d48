namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Executions of branches, ranges or blocks that say nothing of the layout, for one reason.</summary>
/// <param name="Reason">The reason, in a few words.</param>
/// <param name="Executions">How many.</param>
public sealed record UnplacedExecutions(string Reason, ulong Executions);

/// <summary>What was found for a layout, and what it is worth.</summary>
public sealed class CodeLayoutReport
{
    internal CodeLayoutReport()
    {
    }

    /// <summary>Functions in the address map.</summary>
    public int FunctionsInMap { get; internal init; }

    /// <summary>Functions that ran, which have an order.</summary>
    public int Functions { get; internal init; }

    /// <summary>Blocks of these functions.</summary>
    public int Blocks { get; internal init; }

    /// <summary>Of these, the ones that ran.</summary>
    public int HotBlocks { get; internal init; }

    /// <summary>Bytes of the blocks that ran.</summary>
    public ulong HotBytes { get; internal init; }

    /// <summary>Executions of all blocks of these functions.</summary>
    public ulong Executions { get; internal init; }

    /// <summary>The binary as it is.</summary>
    public LayoutMeasure Before { get; internal init; } = new(0, 0, 0);

    /// <summary>As it will be, but for what the compiler does otherwise in the next build.</summary>
    public LayoutMeasure After { get; internal init; } = new(0, 0, 0);

    /// <summary>Executions that say nothing of the layout, by reason; reasons without any are left out.</summary>
    public IReadOnlyList<UnplacedExecutions> Unplaced { get; internal init; } = [];
}
