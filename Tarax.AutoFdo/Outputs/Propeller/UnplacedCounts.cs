using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Executions that say nothing of any block, by reason.</summary>
internal sealed class UnplacedCounts
{
    private readonly ulong[] _counts = new ulong[Enum.GetValues<UnplacedReason>().Length];

    /// <summary>Executions for a reason.</summary>
    public ulong this[UnplacedReason reason] => _counts[(int)reason];

    public void Add(UnplacedReason reason, ulong count) => _counts[(int)reason] = SaturatingSum.Of(_counts[(int)reason], count);

    /// <summary>A reason in words.</summary>
    public static string Text(UnplacedReason reason) => reason switch
    {
        UnplacedReason.BranchOutsideOfMap => "branches within code that the address map does not have (libraries, assembler, damaged entries)",
        UnplacedReason.BranchIntoBlock => "branches into the middle of blocks",
        UnplacedReason.BranchIntoFunction => "branches into the middle of other functions",
        UnplacedReason.RangeOutsideOfMap => "ranges in code that the address map does not have (libraries, assembler, damaged entries)",
        UnplacedReason.RangeThroughEnd => "ranges through the end of a block that does not go on (cut there)",
        UnplacedReason.DamagedEntry => "blocks of functions whose entries in the address map are damaged (code of two functions, or two blocks of one number, as cloned blocks have)",
        UnplacedReason.NoSymbol => "blocks of functions without a symbol",
        UnplacedReason.UnwritableName => "blocks of functions whose name has a space",
        _ => "blocks of functions that share their name with others (debug information tells them apart: build with -g1)",
    };
}
