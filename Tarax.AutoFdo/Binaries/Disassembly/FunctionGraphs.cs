using System.Collections.Concurrent;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>The control flow of a binary's functions; any thread may ask for it.</summary>
internal sealed class FunctionGraphs
{
    private readonly ExecutableCode _code;
    private readonly PatchSites _patches;

    /// <summary>Decoders that no thread uses now.</summary>
    private readonly ConcurrentBag<InstructionDecoder> _decoders = [];
    private readonly bool _isOfKernel;

    private FunctionGraphs(ExecutableCode code, PatchSites patches, bool isOfKernel)
    {
        _isOfKernel = isOfKernel;
        _code = code;
        _patches = patches;
    }

    /// <summary>The functions of a binary; null where the file does not hold its code, or it is code of a machine that is not known.</summary>
    public static FunctionGraphs? Of(ElfFile binary)
    {
        var code = new ExecutableCode(binary);
        return code.HasBytes && InstructionDecoder.For(code) is not null ? new FunctionGraphs(code, PatchSites.Of(code, binary), binary.IsOfKernel) : null;
    }

    /// <summary>What recorded branches are.</summary>
    public BranchInstructions Branches() => new(_code, _patches);

    /// <summary>Whether ranges can have run; for one thread.</summary>
    /// <param name="parts">How many of these share what is looked at in all.</param>
    public StraightLines Lines(int parts = 1) => new(_code, _patches, InstructionDecoder.For(_code)!, _isOfKernel, (uint)parts);

    /// <summary>
    /// Which functions may be looked into. Functions do not overlap but in damaged debug information, so together they are not much larger than the code; those that come when that much has been
    /// seen are left as they are.
    /// </summary>
    /// <param name="functions">The code of each, in their order.</param>
    public bool[] Affordable(IReadOnlyList<CodeRange[]> functions)
    {
        const ulong MostOfCode = 4;
        UInt128 seen = 0;
        bool[] affordable = new bool[functions.Count];
        for (int i = 0; i < affordable.Length; i++)
        {
            foreach (var part in functions[i])
            {
                seen += part.End > part.Start ? Math.Min(part.End - part.Start, _code.CodeSize) : 0;
            }

            affordable[i] = seen <= (UInt128)_code.CodeSize * MostOfCode;
        }

        return affordable;
    }

    /// <summary>The control flow of a function; null where there is no code at its entry.</summary>
    /// <param name="parts">Its code, in any order.</param>
    /// <param name="entry">ELF virtual address of its first instruction.</param>
    public ControlFlowGraph? Build(ReadOnlySpan<CodeRange> parts, ulong entry)
    {
        var decoder = _decoders.TryTake(out var unused) ? unused : InstructionDecoder.For(_code)!;
        try
        {
            return ControlFlowGraph.Build(parts, entry, _code, _patches, decoder);
        }
        finally
        {
            _decoders.Add(decoder);
        }
    }
}
