namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Decodes the instructions of one machine, one after another; each thread needs one of its own.</summary>
internal abstract class InstructionDecoder
{
    /// <summary>e_machine of x86 in 32 bits.</summary>
    public const ushort MachineX86 = 3;

    /// <summary>e_machine of x86 in 64 bits.</summary>
    public const ushort MachineX8664 = 62;

    private const ushort MachineAArch64 = 183;

    /// <summary>A decoder for the code of a binary; null where its machine is not known.</summary>
    public static InstructionDecoder? For(ExecutableCode code) => code.Machine switch
    {
        MachineX8664 => new X86Decoder(64),
        MachineX86 => new X86Decoder(32),
        MachineAArch64 => new Arm64Decoder(),
        _ => null,
    };

    /// <summary>Decodes straight-line code.</summary>
    /// <param name="code">The code, and what lies behind it up to the end of the section.</param>
    /// <param name="address">ELF virtual address of its first byte.</param>
    /// <param name="length">Bytes of which the instructions begin in them.</param>
    /// <param name="instructions">Where they are added. Bytes that are none count as one of one byte that goes nowhere.</param>
    public abstract void Decode(ReadOnlySpan<byte> code, ulong address, ulong length, List<CodeInstruction> instructions);
}
