namespace Tarax.AutoFdo.Profiles;

/// <summary>What a recorded branch is.</summary>
internal enum BranchKind
{
    /// <summary>Not known: there is no code, or it may be another when it runs.</summary>
    Unknown,

    /// <summary>A call.</summary>
    Call,

    /// <summary>A jump, by a condition or not.</summary>
    Jump,

    /// <summary>A return.</summary>
    Return,

    /// <summary>The instruction does not branch: an interrupt or a fault came there.</summary>
    Interrupt,
}

/// <summary>What branches are, by the code of the binary. Used by one thread.</summary>
internal interface IBranchKinds
{
    /// <summary>What the branch at an address is.</summary>
    /// <param name="address">ELF virtual address of its instruction.</param>
    BranchKind KindAt(ulong address);

    /// <summary>
    /// Whether a function begins with what only a function's begin has: saving a register, making room on the stack, or a landing pad of indirect branches. A loop's head has none of these, so a
    /// jump there is a call that takes the place of the function's last one.
    /// </summary>
    /// <param name="entry">ELF virtual address of its first instruction.</param>
    bool HasPrologueAt(ulong entry);
}
