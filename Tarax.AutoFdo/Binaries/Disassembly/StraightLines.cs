using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>What a recorded range says that the code does not.</summary>
internal enum RangeFault
{
    /// <summary>Nothing: the code can have run so.</summary>
    None,

    /// <summary>No instruction begins where it ends.</summary>
    EndsWithinInstruction,

    /// <summary>It ends at an instruction that never branches.</summary>
    EndsAtNoBranch,

    /// <summary>It goes on behind an instruction that never does.</summary>
    RunsThroughJump,
}

/// <summary>Whether straight lines of code can have run from their start to their end. Used by one thread.</summary>
internal sealed class StraightLines
{
    /// <summary>Bytes that are looked at; real recordings of kernels have one or two million. What is beyond is taken as it is.</summary>
    private const ulong MostBytes = 128 << 20;

    private readonly ExecutableCode _code;
    private readonly PatchSites _patches;
    private readonly InstructionDecoder _decoder;
    /// <summary>
    /// In a kernel an interrupt or a fault is a branch that is recorded, and it comes at any instruction. Recordings of user space alone do not have it, since its
    /// target is not there; those of both have a few, which are left out.
    /// </summary>
    private readonly bool _mayBeInterrupted;
    private readonly List<CodeInstruction> _instructions = [];
    private ulong _room;

    public StraightLines(ExecutableCode code, PatchSites patches, InstructionDecoder decoder, bool mayBeInterrupted, uint parts = 1)
    {
        _room = MostBytes / parts;
        _code = code;
        _patches = patches;
        _decoder = decoder;
        _mayBeInterrupted = mayBeInterrupted;
    }

    /// <summary>The first instruction from an address on that branches, or did.</summary>
    /// <param name="start">ELF virtual address of an instruction.</param>
    /// <param name="sources">ELF virtual addresses from which branches were recorded.</param>
    /// <returns>ELF virtual address of its first byte; of the last instruction that was looked at where none branches; the start itself where there is no code.</returns>
    public ulong NextBranch(ulong start, HashSet<ulong> sources)
    {
        const ulong Step = 256;
        const ulong Most = 1 << 16;
        ulong last = start;
        for (ulong at = start; at - start < Most;)
        {
            var bytes = _code.From(at);
            _instructions.Clear();
            _decoder.Decode(bytes, at, Step, _instructions);
            foreach (var instruction in _instructions)
            {
                last = instruction.Address;
                if (instruction.IsBranch || instruction.Flow == InstructionFlow.Stop || sources.Contains(last))
                {
                    return last;
                }
            }

            if (_instructions.Count == 0)
            {
                break;
            }

            at = _instructions[^1].End;
        }

        return last;
    }

    /// <summary>Looks at a range.</summary>
    /// <param name="start">ELF virtual address of its first instruction.</param>
    /// <param name="end">Of its last one, which branched.</param>
    public RangeFault Check(ulong start, ulong end)
    {
        var bytes = _code.From(start);
        if ((ulong)bytes.Length <= end - start || end - start >= _room)
        {
            return RangeFault.None;
        }

        _room -= end - start;
        _instructions.Clear();
        _decoder.Decode(bytes, start, end - start + 1, _instructions);
        if (_instructions.Count == 0)
        {
            return RangeFault.EndsWithinInstruction;
        }

        var last = _instructions[^1];
        if (last.Address != end)
        {
            return _patches.Overlap(last.Address, last.End) ? RangeFault.None : RangeFault.EndsWithinInstruction;
        }

        for (int i = 0; i < _instructions.Count - 1; i++)
        {
            // A call that lies behind comes back.
            bool goesOn = _instructions[i].FallsThrough || _instructions[i].Flow is InstructionFlow.Stop;
            if (!goesOn && !_patches.Overlap(_instructions[i].Address, _instructions[i].End))
            {
                return RangeFault.RunsThroughJump;
            }
        }

        bool branches = _mayBeInterrupted || last.IsBranch || last.Kind == InstructionKind.Slow;
        return branches || _patches.Overlap(last.Address, last.End) ? RangeFault.None : RangeFault.EndsAtNoBranch;
    }
}
