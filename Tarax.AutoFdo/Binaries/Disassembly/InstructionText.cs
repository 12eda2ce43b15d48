using Iced.Intel;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Instructions as an assembler has them: of x86 by Iced, of other machines their bytes. One thread at a time.</summary>
internal sealed class InstructionText
{
    private readonly ExecutableCode _code;
    private readonly FastFormatter _formatter;
    private readonly FastStringOutput _output = new();

    /// <param name="binary">The binary.</param>
    /// <param name="symbolOf">The start and the name of what holds an address that a branch goes to; null where that is not known.</param>
    public InstructionText(ElfFile binary, Func<ulong, (ulong Start, string Name)?> symbolOf)
    {
        _code = new ExecutableCode(binary);
        _formatter = new FastFormatter(new BranchTargets(symbolOf));
        _formatter.Options.SpaceAfterOperandSeparator = true;
        _formatter.Options.RipRelativeAddresses = true;
        _formatter.Options.UseHexPrefix = true;
        _formatter.Options.UppercaseHex = false;
    }

    /// <summary>The instructions of some code by address: their lengths and texts. Ends where the file has no bytes.</summary>
    public IEnumerable<(int Length, string Text)> Of(CodeRange range)
    {
        byte[] bytes = _code.From(range.Start) is { IsEmpty: false } code ? code[..(int)Math.Min((ulong)code.Length, range.End - range.Start)].ToArray() : [];
        return _code.IsX86 ? OfX86(bytes, range.Start) : OfOthers(bytes);
    }

    private IEnumerable<(int Length, string Text)> OfX86(byte[] bytes, ulong start)
    {
        const int BitsOfLong = 64;
        const int BitsOfShort = 32;
        var decoder = Decoder.Create(_code.Machine == InstructionDecoder.MachineX8664 ? BitsOfLong : BitsOfShort, bytes, start);
        ulong end = start + (ulong)bytes.Length;
        while (decoder.IP < end)
        {
            decoder.Decode(out var instruction);
            _output.Clear();
            _formatter.Format(instruction, _output);
            yield return (instruction.Length, _output.ToString());
        }
    }

    private static IEnumerable<(int Length, string Text)> OfOthers(byte[] bytes)
    {
        const int Length = 4;
        for (int at = 0; at + Length <= bytes.Length; at += Length)
        {
            yield return (Length, $".inst {BitConverter.ToUInt32(bytes, at):x8}");
        }
    }

    private sealed class BranchTargets(Func<ulong, (ulong Start, string Name)?> symbolOf) : ISymbolResolver
    {
        public bool TryGetSymbol(in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
        {
            if (instruction.IsCallNear || instruction.IsJmpShortOrNear || instruction.IsJccShortOrNear)
            {
                if (symbolOf(address) is { } found)
                {
                    symbol = new SymbolResult(found.Start, found.Name);
                    return true;
                }
            }

            symbol = default;
            return false;
        }
    }
}
