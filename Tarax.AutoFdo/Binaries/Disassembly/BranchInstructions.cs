using System.Buffers.Binary;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>The instructions at the sources and targets of recorded branches. Used by one thread.</summary>
internal sealed class BranchInstructions
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

    /// <summary>Where the instruction at an address goes on; null where there is no code, or it may be another when it runs.</summary>
    /// <param name="address">ELF virtual address of the instruction.</param>
    public InstructionFlow? FlowAt(ulong address) => TryDecode(address, out var instruction) && !_patches.Overlap(address, instruction.End) ? instruction.Flow : null;

    /// <summary>Bytes of the instruction at an ELF virtual address; 0 where there is no code. What a kernel writes in place of one is as long.</summary>
    public int LengthAt(ulong address) => TryDecode(address, out var instruction) ? (int)(instruction.End - address) : 0;

    private bool TryDecode(ulong address, out CodeInstruction instruction)
    {
        var bytes = _code.From(address);
        _instructions.Clear();
        if (!bytes.IsEmpty)
        {
            _decoder.Decode(bytes, address, 1, _instructions);
        }

        instruction = _instructions is [var first, ..] ? first : default;
        return _instructions.Count > 0;
    }

    /// <summary>
    /// Whether a function begins with what only a function's start has: saving a register, making room on the stack, or a landing pad of indirect branches.
    /// </summary>
    /// <param name="entry">ELF virtual address of its first instruction.</param>
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
