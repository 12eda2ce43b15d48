using System.Buffers.Binary;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>
/// Instructions of AArch64, as far as their flow and their kind are concerned (Arm Architecture Reference Manual for A-profile, C4.1: the encoding of branches,
/// loads and stores, data processing).
/// </summary>
internal sealed class Arm64Decoder : InstructionDecoder
{
    private const int Size = 4;
    private const uint Nop = 0xd503_201f;

    public override void Decode(ReadOnlySpan<byte> code, ulong address, ulong length, List<CodeInstruction> instructions)
    {
        ulong end = address + Math.Min(length, (ulong)code.Length);
        for (ulong at = address; at < end && (ulong)code.Length - (at - address) >= Size; at += Size)
        {
            instructions.Add(Decode(BinaryPrimitives.ReadUInt32LittleEndian(code[(int)(at - address)..]), at));
        }
    }

    /// <summary>Decodes one instruction; code is little-endian on every AArch64.</summary>
    public static CodeInstruction Decode(uint word, ulong address)
    {
        var (flow, distance) = FlowOf(word);
        ulong target = distance is { } bytes ? address + (ulong)bytes : 0;
        var kind = flow is InstructionFlow.Next or InstructionFlow.Stop ? KindOf(word) : CodeInstruction.KindOf(flow);
        return new CodeInstruction(address, target, Size, flow, kind, Selects: Selects(word));
    }

    private static (InstructionFlow Flow, long? Distance) FlowOf(uint word)
    {
        if ((word & 0x7c00_0000) == 0x1400_0000)
        {
            return ((word >> 31) != 0 ? InstructionFlow.Call : InstructionFlow.Jump, Signed(word, 0, 26) * Size); // B, BL
        }

        if ((word & 0xff00_0000) == 0x5400_0000)
        {
            // B.cond and BC.cond; conditions 14 and 15 are always true.
            return ((word & 0xe) == 0xe ? InstructionFlow.Jump : InstructionFlow.ConditionalJump, Signed(word, 5, 19) * Size);
        }

        if ((word & 0x7e00_0000) == 0x3400_0000)
        {
            return (InstructionFlow.ConditionalJump, Signed(word, 5, 19) * Size); // CBZ, CBNZ
        }

        if ((word & 0x7e00_0000) == 0x3600_0000)
        {
            return (InstructionFlow.ConditionalJump, Signed(word, 5, 14) * Size); // TBZ, TBNZ
        }

        if ((word & 0xfe00_0000) == 0xd600_0000)
        {
            // Branches to registers, with and without pointer authentication.
            return ((word >> 21) & 0xf) switch
            {
                0 or 8 => (InstructionFlow.IndirectJump, null), // BR, BRAA
                1 or 9 => (InstructionFlow.IndirectCall, null), // BLR, BLRAA
                2 or 4 or 5 => (InstructionFlow.Return, null), // RET, RETAA, ERET, DRPS
                _ => (InstructionFlow.Stop, null),
            };
        }

        // UDF; HLT and BRK, which do not come back.
        bool traps = (word & 0xffff_0000) == 0 || (word & 0xffe0_001f) is 0xd440_0000 or 0xd420_0000;
        return (traps ? InstructionFlow.Stop : InstructionFlow.Next, null);
    }

    /// <summary>CSEL, CSINC, CSINV, CSNEG of different registers (of the same, as in CSET, they make a value of a condition), FCSEL.</summary>
    private static bool Selects(uint word) =>
        ((word & 0x3fe0_0000) == 0x1a80_0000 && ((word >> 5) & 31) != ((word >> 16) & 31)) || (word & 0xff20_0c00) == 0x1e20_0c00;

    private static InstructionKind KindOf(uint word)
    {
        if ((word & 0x0a00_0000) == 0x0800_0000)
        {
            // Loads and stores. Exclusive ones and those of the large system extension are atomic.
            bool isExclusive = (word & 0x3f00_0000) == 0x0800_0000;
            bool isAtomic = (word & 0x3b20_0c00) == 0x3820_0000;
            bool isPair = (word & 0x3a00_0000) == 0x2800_0000;
            bool isLiteral = (word & 0x3b00_0000) == 0x1800_0000;
            bool loads = isLiteral || (word & (isPair ? 1u << 22 : 3u << 22)) != 0;
            return isExclusive || isAtomic ? InstructionKind.Atomic : loads ? InstructionKind.Load : InstructionKind.Store;
        }

        bool isDivision = (word & 0x7fe0_f800) == 0x1ac0_0800 || (word & 0xff20_fc00) == 0x1e20_1800;
        bool isMultiplication = (word & 0x7f00_0000) == 0x1b00_0000 || (word & 0xff20_fc00) == 0x1e20_0800;
        // Barriers, system registers, calls of the kernel, hypervisor and firmware (SVC, HVC, SMC).
        bool isBarrierOrSystem = ((word & 0xffc0_0000) == 0xd500_0000 && (word & 0xffff_f01f) != 0xd503_201f) || (word & 0xffe0_001c) == 0xd400_0000;
        return word == Nop ? InstructionKind.Padding
            : isDivision ? InstructionKind.Divide
            : isMultiplication ? InstructionKind.Multiply
            : isBarrierOrSystem ? InstructionKind.Slow
            : InstructionKind.Simple;
    }

    private static long Signed(uint word, int low, int bits) => (long)((ulong)word << (64 - low - bits)) >> (64 - bits);
}
