namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>What the address map says of a block.</summary>
[Flags]
internal enum BlockProperties : byte
{
    None = 0,

    /// <summary>Its end is a return, or a call in place of one.</summary>
    Returns = 1,

    /// <summary>Its end is a call in place of a return.</summary>
    TailCall = 2,

    /// <summary>Exceptions are caught here.</summary>
    LandingPad = 4,

    /// <summary>It may go on into the block behind it.</summary>
    FallsThrough = 8,

    /// <summary>Its end is a branch to an address in a register or in memory.</summary>
    IndirectBranch = 0x10,

    All = 0x1f,
}
