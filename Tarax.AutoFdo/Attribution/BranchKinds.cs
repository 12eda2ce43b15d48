using Tarax.AutoFdo.Binaries.Disassembly;

namespace Tarax.AutoFdo.Attribution;

/// <summary>Finds by the instruction at its source what a recorded branch is. Used by one thread.</summary>
internal sealed class BranchKinds(BranchInstructions instructions)
{
    /// <summary>What the branch at an address is.</summary>
    /// <param name="address">ELF virtual address of its instruction.</param>
    public BranchKind KindAt(ulong address) => instructions.FlowAt(address) switch
    {
        null => BranchKind.Unknown,
        InstructionFlow.Call or InstructionFlow.IndirectCall => BranchKind.Call,
        InstructionFlow.Jump or InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump => BranchKind.Jump,
        InstructionFlow.Return => BranchKind.Return,
        _ => BranchKind.Interrupt,
    };

    /// <summary>Bytes of the instruction at an ELF virtual address; 0 where there is no code.</summary>
    public int LengthAt(ulong address) => instructions.LengthAt(address);

    /// <summary>
    /// Whether a function begins with what only a function's start has: saving a register, making room on the stack, or a landing pad of indirect branches. A loop's head has none of these, so a
    /// jump there is a call that takes the place of the function's last one.
    /// </summary>
    /// <param name="entry">ELF virtual address of its first instruction.</param>
    public bool HasPrologueAt(ulong entry) => instructions.HasPrologueAt(entry);
}
