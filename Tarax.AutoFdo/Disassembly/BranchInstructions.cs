using System.Buffers.Binary;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo.Disassembly;

/// <summary>Tells by the instruction at its source what a recorded branch is. Used by one thread.</summary>
internal sealed class BranchInstructions : IBranchKinds
{
    private readonly ExecutableCode _code;
    private readonly PatchSites _patches;
    private readonly InstructionDecoder _decoder;
    private readonly List<CodeInstruction> _instructions = [];

    public BranchInstructions(ExecutableCode code, PatchSites patches)
    {
        _code = code;
        _patches = patches;
        _decoder = InstructionDecoder.For(code)!;
    }

    /// <inheritdoc/>
    public BranchKind KindAt(ulong address)
    {
        var bytes = _code.From(address);
        _instructions.Clear();
        if (bytes.IsEmpty)
        {
            return BranchKind.Unknown;
        }

        _decoder.Decode(bytes, address, 1, _instructions);
        if (_instructions.Count == 0 || _patches.Overlap(address, _instructions[0].End))
        {
            return BranchKind.Unknown;
        }

        return _instructions[0].Flow switch
        {
            InstructionFlow.Call or InstructionFlow.IndirectCall => BranchKind.Call,
            InstructionFlow.Jump or InstructionFlow.ConditionalJump or InstructionFlow.IndirectJump => BranchKind.Jump,
            InstructionFlow.Return => BranchKind.Return,
            _ => BranchKind.Interrupt,
        };
    }

    /// <inheritdoc/>
    public bool HasPrologueAt(ulong entry)
    {
        var code = _code.From(entry);
        return _code.IsX86 ? HasX86Prologue(code) : HasArm64Prologue(code);
    }

    /// <summary>ENDBR64 or ENDBR32, PUSH of a register, SUB of RSP (Intel SDM, volume 2).</summary>
    private static bool HasX86Prologue(ReadOnlySpan<byte> code)
    {
        const byte Push = 0x50;
        return code.StartsWith((ReadOnlySpan<byte>)[0xf3, 0x0f, 0x1e]) || code.StartsWith((ReadOnlySpan<byte>)[0x48, 0x83, 0xec]) || code.StartsWith((ReadOnlySpan<byte>)[0x48, 0x81, 0xec])
            || (code.Length > 0 && (code[0] & 0xf8) == Push) || (code.Length > 1 && code[0] == 0x41 && (code[1] & 0xf8) == Push);
    }

    /// <summary>BTI, PACIASP or PACIBSP, STP with pre-index of SP, SUB of SP (Arm ARM, C6.2).</summary>
    private static bool HasArm64Prologue(ReadOnlySpan<byte> code)
    {
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(code, out uint word))
        {
            return false;
        }

        return (word & 0xffffff3f) == 0xd503241f || (word & 0xffffffbf) == 0xd503233f
            || (word & 0xffc003e0) == 0xa98003e0 || (word & 0xff8003ff) == 0xd10003ff;
    }
}
