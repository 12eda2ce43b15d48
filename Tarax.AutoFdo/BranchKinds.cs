using Tarax.AutoFdo.Disassembly;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo;

/// <summary>Tells by the instruction at its source what a recorded branch is. Used by one thread.</summary>
internal sealed class BranchKinds(BranchInstructions instructions) : IBranchKinds
{
    /// <inheritdoc/>
    public BranchKind KindAt(ulong address) => instructions.FlowAt(address) switch
    {
        null => BranchKind.Unknown,
        InstructionFlow.Call or InstructionFlow.IndirectCall => BranchKind.Call,
        InstructionFlow.Jump or InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump => BranchKind.Jump,
        InstructionFlow.Return => BranchKind.Return,
        _ => BranchKind.Interrupt,
    };

    /// <inheritdoc/>
    public bool HasPrologueAt(ulong entry) => instructions.HasPrologueAt(entry);
}
