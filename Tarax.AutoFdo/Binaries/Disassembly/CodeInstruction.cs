namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Where execution goes after an instruction.</summary>
internal enum InstructionFlow : byte
{
    /// <summary>To the next one.</summary>
    Next,

    /// <summary>To its target only.</summary>
    Jump,

    /// <summary>To its target or to the next one.</summary>
    ConditionalJump,

    /// <summary>To where a register or a place in memory says.</summary>
    IndirectJump,

    /// <summary>To its target, and back to the next one.</summary>
    Call,

    /// <summary>To where a register or a place in memory says, and back to the next one.</summary>
    IndirectCall,

    /// <summary>Out of the function.</summary>
    Return,

    /// <summary>Nowhere: an instruction that traps, or bytes that are none.</summary>
    Stop,
}

/// <summary>Instructions that take about the same time.</summary>
internal enum InstructionKind : byte
{
    /// <summary>Arithmetic on registers, moves, comparisons.</summary>
    Simple,

    /// <summary>Does nothing: it fills up the space before a jump's target.</summary>
    Padding,

    /// <summary>Reads memory.</summary>
    Load,

    /// <summary>Writes memory.</summary>
    Store,

    /// <summary>Multiplies.</summary>
    Multiply,

    /// <summary>Divides, or takes a root.</summary>
    Divide,

    /// <summary>Jumps or calls to a place that the code names.</summary>
    Branch,

    /// <summary>Jumps or calls to where a register or memory says.</summary>
    IndirectBranch,

    /// <summary>Returns.</summary>
    Return,

    /// <summary>Reads and writes memory that other processors see change at once.</summary>
    Atomic,

    /// <summary>A loop by itself, or waits for everything before it.</summary>
    Slow,

    /// <summary>No instruction: what it takes to begin anew behind a branch that the processor took for the other way.</summary>
    Misprediction,
}

/// <summary>How the targets of an indirect jump stand in memory.</summary>
internal enum JumpTableForm : byte
{
    /// <summary>Not known.</summary>
    None,

    /// <summary>Addresses of 8 bytes.</summary>
    Absolute,

    /// <summary>Distances from the table's start, signed, of 4 bytes.</summary>
    Relative,
}

/// <summary>An instruction as far as control flow and time are concerned.</summary>
/// <param name="Address">ELF virtual address.</param>
/// <param name="Target">Of a direct jump or call: where it goes. Of an indirect jump: the table of its targets, where its form is known.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Flow">Where execution goes on.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Table">Form of the table of an indirect jump.</param>
/// <param name="Selects">Whether it takes one of two values by a condition, which a branch could have done: CMOV, CSEL.</param>
internal readonly record struct CodeInstruction(
    ulong Address, ulong Target, byte Length, InstructionFlow Flow, InstructionKind Kind, JumpTableForm Table = JumpTableForm.None, bool Selects = false)
{
    public ulong End => Address + Length;

    /// <summary>Whether it goes elsewhere than to the next one, or may.</summary>
    public bool IsBranch => Flow is not (InstructionFlow.Next or InstructionFlow.Stop);

    /// <summary>Whether a block of straight-line code ends behind it. After a call execution comes back.</summary>
    public bool EndsBlock => Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump or InstructionFlow.Return or InstructionFlow.Stop;

    /// <summary>Whether the next instruction may follow.</summary>
    public bool FallsThrough => Flow is InstructionFlow.Next or InstructionFlow.ConditionalJump or InstructionFlow.Call or InstructionFlow.IndirectCall;

    /// <summary>The kind of an instruction that does not just go on.</summary>
    public static InstructionKind KindOf(InstructionFlow flow) => flow switch
    {
        InstructionFlow.IndirectJump or InstructionFlow.IndirectCall => InstructionKind.IndirectBranch,
        InstructionFlow.Return => InstructionKind.Return,
        _ => InstructionKind.Branch,
    };
}
