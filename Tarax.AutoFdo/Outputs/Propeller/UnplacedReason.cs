namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Why executions of branches and ranges say nothing of any block.</summary>
internal enum UnplacedReason
{
    /// <summary>Branches from code that the map does not have to such code: libraries that were linked without one, assembler, stubs of the linker.</summary>
    BranchOutsideOfMap,

    /// <summary>Branches within a function to where no block begins, and that are no returns.</summary>
    BranchIntoBlock,

    /// <summary>Branches from a function to a block of another that is not its first, and that are no returns.</summary>
    BranchIntoFunction,

    /// <summary>Ranges that begin in code that the map does not have.</summary>
    RangeOutsideOfMap,

    /// <summary>Ranges that go on behind a block that does not fall through.</summary>
    RangeThroughEnd,

    /// <summary>What ran in functions whose entry in the map has a block's number twice, or contradicts another one.</summary>
    DamagedEntry,

    /// <summary>What ran in functions that no symbol names.</summary>
    NoSymbol,

    /// <summary>What ran in functions whose name others have, too, and whose module is not known, or is the same.</summary>
    AmbiguousName,

    /// <summary>What ran in functions that another binary of the build has, too, where they ran more.</summary>
    OfOtherBinary,

    /// <summary>What ran in functions whose name has a character that the profile cannot have.</summary>
    UnwritableName,
}
