using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Executions that say nothing of any block, by reason.</summary>
internal sealed class UnplacedCounts
{
    private readonly ulong[] _counts = new ulong[Enum.GetValues<UnplacedReason>().Length];

    /// <summary>Executions for a reason.</summary>
    public ulong this[UnplacedReason reason] => _counts[(int)reason];

    public void Add(UnplacedReason reason, ulong count) => _counts[(int)reason] = SaturatingSum.Of(_counts[(int)reason], count);

    /// <summary>The reasons for which there are any, in words.</summary>
    public IEnumerable<UnplacedExecutions> Reasons() => Enum.GetValues<UnplacedReason>().Where(r => this[r] > 0).Select(r => new UnplacedExecutions(Text(r), this[r]));

    /// <summary>The same counts, to which more may be added.</summary>
    public UnplacedCounts Copy()
    {
        var copy = new UnplacedCounts();
        _counts.CopyTo(copy._counts, 0);
        return copy;
    }

    /// <summary>A reason in words.</summary>
    private static string Text(UnplacedReason reason) => reason switch
    {
        UnplacedReason.BranchOutsideOfMap => "branches within code that the address map does not have (libraries, assembler, damaged entries)",
        UnplacedReason.BranchIntoBlock => "branches into the middle of blocks",
        UnplacedReason.BranchIntoFunction => "branches into the middle of other functions",
        UnplacedReason.RangeOutsideOfMap => "ranges in code that the address map does not have (libraries, assembler, damaged entries)",
        UnplacedReason.RangeThroughEnd => "ranges through the end of a block that does not go on (cut there)",
        UnplacedReason.DamagedEntry => "blocks of functions whose entries in the address map are damaged (code of two functions, or two blocks of one number, as cloned blocks have)",
        UnplacedReason.NoSymbol => "blocks of functions without a symbol",
        UnplacedReason.OfOtherBinary => "blocks of functions that another binary has, too, in which they ran more (that one decides)",
        UnplacedReason.UnwritableName => "blocks of functions whose name has a space",
        _ => "blocks of functions that share their name with others (debug information tells them apart: build with -g1)",
    };
}
