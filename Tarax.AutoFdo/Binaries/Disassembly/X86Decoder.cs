using Iced.Intel;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Instructions of x86 in 64 and 32 bits, decoded by Iced.</summary>
internal sealed unsafe class X86Decoder : InstructionDecoder
{
    private const int Registers = 16;
    private readonly MappedCode _reader = new();
    private readonly Decoder _decoder;
    private readonly int _pointerSize;

    /// <summary>The address that was last loaded into a register by LEA; 0 for none.</summary>
    private readonly ulong[] _addressIn = new ulong[Registers];

    /// <summary>The jump table from which a register was last loaded.</summary>
    private readonly (ulong Table, JumpTableForm Form)[] _targetIn = new (ulong, JumpTableForm)[Registers];

    public X86Decoder(int bits)
    {
        _pointerSize = bits / 8;
        _decoder = Decoder.Create(bits, _reader);
    }

    public override void Decode(ReadOnlySpan<byte> code, ulong address, ulong length, List<CodeInstruction> instructions)
    {
        Array.Clear(_addressIn);
        Array.Clear(_targetIn);
        fixed (byte* start = code)
        {
            _reader.Set(start, start + code.Length);
            _decoder.IP = address;
            ulong end = address + Math.Min(length, (ulong)code.Length);
            for (ulong at = address; at < end;)
            {
                _decoder.Decode(out var instruction);
                if (instruction.IsInvalid)
                {
                    instructions.Add(new CodeInstruction(at, 0, 1, InstructionFlow.Stop, InstructionKind.Simple));
                    at++;
                    _reader.Set(start + (at - address), start + code.Length);
                    _decoder.IP = at;
                    continue;
                }

                instructions.Add(Describe(instruction));
                at = instruction.NextIP;
            }
        }
    }

    private CodeInstruction Describe(in Instruction instruction)
    {
        var flow = FlowOf(instruction);
        var (table, form) = (0UL, JumpTableForm.None);
        if (flow == InstructionFlow.IndirectJump)
        {
            (table, form) = TableOf(instruction);
        }
        else if (flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump or InstructionFlow.Call)
        {
            table = instruction.NearBranchTarget;
        }
        else
        {
            FollowRegisters(instruction);
        }

        var kind = flow == InstructionFlow.Next ? KindOf(instruction) : CodeInstruction.KindOf(flow);
        return new CodeInstruction(instruction.IP, table, (byte)instruction.Length, flow, kind, form, instruction.Mnemonic is >= Mnemonic.Cmova and <= Mnemonic.Cmovs);
    }

    private static InstructionFlow FlowOf(in Instruction instruction) => instruction.FlowControl switch
    {
        FlowControl.UnconditionalBranch => InstructionFlow.Jump,
        FlowControl.ConditionalBranch => InstructionFlow.ConditionalJump,
        FlowControl.IndirectBranch => InstructionFlow.IndirectJump,
        FlowControl.Call when instruction.IsCallNear => InstructionFlow.Call,
        FlowControl.Call => InstructionFlow.Next, // SYSCALL and its like: they come back
        FlowControl.IndirectCall => InstructionFlow.IndirectCall,
        FlowControl.Return => InstructionFlow.Return,
        FlowControl.Exception => InstructionFlow.Stop, // UD2
        FlowControl.XbeginXabortXend when instruction.Mnemonic == Mnemonic.Xbegin => InstructionFlow.ConditionalJump,
        _ => InstructionFlow.Next,
    };

    private static InstructionKind KindOf(in Instruction instruction)
    {
        if (instruction.FlowControl is FlowControl.Interrupt or FlowControl.Call)
        {
            return InstructionKind.Slow; // INT, SYSENTER, VMCALL
        }

        switch (instruction.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Int3:
                return InstructionKind.Padding;
            case Mnemonic.Lea or Mnemonic.Endbr64 or Mnemonic.Endbr32 or Mnemonic.Prefetcht0 or Mnemonic.Prefetchw:
                return InstructionKind.Simple;
            case Mnemonic.Imul or Mnemonic.Mul or Mnemonic.Mulx or Mnemonic.Mulsd or Mnemonic.Mulss or Mnemonic.Mulpd or Mnemonic.Mulps:
                return InstructionKind.Multiply;
            case Mnemonic.Div or Mnemonic.Idiv or Mnemonic.Divsd or Mnemonic.Divss or Mnemonic.Divpd or Mnemonic.Divps
                or Mnemonic.Sqrtsd or Mnemonic.Sqrtss or Mnemonic.Sqrtpd or Mnemonic.Sqrtps or Mnemonic.Fdiv or Mnemonic.Fdivp or Mnemonic.Fsqrt:
                return InstructionKind.Divide;
            case Mnemonic.Pause or Mnemonic.Cpuid or Mnemonic.Mfence or Mnemonic.Lfence or Mnemonic.Sfence or Mnemonic.Rdtsc or Mnemonic.Rdtscp
                or Mnemonic.Wrmsr or Mnemonic.Rdmsr or Mnemonic.Syscall or Mnemonic.Hlt or Mnemonic.In or Mnemonic.Out or Mnemonic.Invlpg or Mnemonic.Swapgs:
                return InstructionKind.Slow;
            case Mnemonic.Push:
                return InstructionKind.Store;
            case Mnemonic.Pop or Mnemonic.Leave:
                return InstructionKind.Load;
        }

        if (instruction.HasRepPrefix || instruction.HasRepnePrefix)
        {
            return InstructionKind.Slow;
        }

        int operands = instruction.OpCount;
        bool writes = operands > 0 && instruction.Op0Kind == OpKind.Memory && instruction.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Bt);
        if (instruction.HasLockPrefix || (writes && instruction.Mnemonic == Mnemonic.Xchg))
        {
            return InstructionKind.Atomic;
        }

        return writes ? InstructionKind.Store
            : instruction.MemoryIndex != Register.None || instruction.MemoryBase != Register.None || HasMemoryOperand(instruction) ? InstructionKind.Load
            : InstructionKind.Simple;
    }

    private static bool HasMemoryOperand(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Memory)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Compilers of position-independent code jump by a table of distances: <c>lea table(%rip),b; movslq (b,i,4),a; add b,a; jmp *a</c>; others by
    /// <c>jmp *table(,i,8)</c>, with or without a register between (gcc 11 to 16, clang 14 to 22 on x86-64).
    /// </summary>
    private void FollowRegisters(in Instruction instruction)
    {
        int written = instruction.OpCount > 0 && instruction.Op0Kind == OpKind.Register ? NumberOf(instruction.Op0Register) : -1;
        if (written < 0)
        {
            return;
        }

        var (address, target) = (0UL, (0UL, JumpTableForm.None));
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Lea when instruction.IsIPRelativeMemoryOperand:
                address = instruction.IPRelativeMemoryAddress;
                break;
            case Mnemonic.Movsxd when instruction.MemoryIndexScale == 4 && NumberOf(instruction.MemoryBase) is >= 0 and var tableBase && _addressIn[tableBase] != 0:
                target = (_addressIn[tableBase] + instruction.MemoryDisplacement64, JumpTableForm.Relative);
                break;
            case Mnemonic.Mov when instruction.Op1Kind == OpKind.Memory:
                target = TableOf(instruction);
                break;
            case Mnemonic.Mov when instruction.Op1Kind == OpKind.Register && NumberOf(instruction.Op1Register) is >= 0 and var from:
                (address, target) = (_addressIn[from], _targetIn[from]);
                break;
            case Mnemonic.Add when instruction.Op1Kind == OpKind.Register && NumberOf(instruction.Op1Register) is >= 0 and var added:
                target = _targetIn[written].Form == JumpTableForm.Relative ? _targetIn[written] : _targetIn[added].Form == JumpTableForm.Relative ? _targetIn[added] : default;
                break;
            case Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Push or Mnemonic.Bt:
                return;
        }

        _addressIn[written] = address;
        _targetIn[written] = target;
    }

    /// <summary>The table from which a jump, or a load before it, takes its target.</summary>
    private (ulong Table, JumpTableForm Form) TableOf(in Instruction instruction)
    {
        if (instruction.Op0Kind == OpKind.Register && instruction.Mnemonic == Mnemonic.Jmp)
        {
            return NumberOf(instruction.Op0Register) is >= 0 and var register ? _targetIn[register] : default;
        }

        if (instruction.MemoryIndex == Register.None || instruction.MemoryIndexScale != _pointerSize)
        {
            return default;
        }

        return instruction.MemoryBase == Register.None ? (instruction.MemoryDisplacement64, JumpTableForm.Absolute)
            : NumberOf(instruction.MemoryBase) is >= 0 and var tableBase && _addressIn[tableBase] != 0 ? (_addressIn[tableBase] + instruction.MemoryDisplacement64, JumpTableForm.Absolute)
            : default;
    }

    private static int NumberOf(Register register) =>
        register is >= Register.RAX and <= Register.R15 ? register - Register.RAX
        : register is >= Register.EAX and <= Register.R15D ? register - Register.EAX
        : -1;

    /// <summary>Code that stays where it lies.</summary>
    private sealed class MappedCode : CodeReader
    {
        private byte* _next;
        private byte* _end;

        public void Set(byte* start, byte* end)
        {
            _next = start;
            _end = end;
        }

        public override int ReadByte() => _next < _end ? *_next++ : -1;
    }
}
