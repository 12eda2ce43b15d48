using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>
/// The blocks of a function and the ways between them. There is a way from outside to each block, over others, and from each block to outside: where the code does
/// not show it, an <see cref="FlowEdgeKind.Unseen"/> edge stands for it.
/// </summary>
internal sealed class ControlFlowGraph
{
    /// <summary>What is not the function.</summary>
    public const int Outside = -1;

    /// <summary>Functions with many jumps of unknown targets get no more edges than this for each block, so that they stay as large as their code.</summary>
    private const int MostEdgesOfBlock = 8;

    /// <summary>Entries of jump tables that any function may have.</summary>
    private const int MostTargets = 16_384;

    /// <summary>Where a thread collects the instructions of a function.</summary>
    [ThreadStatic]
    private static List<CodeInstruction>? CollectedInstructions;

    private readonly CodeInstruction[] _instructions;
    private readonly List<BasicBlock> _blocks = [];
    private readonly List<FlowEdge> _edges = [];
    private readonly List<int> _unknownJumps = [];
    private bool[] _isFiller = [];

    private ControlFlowGraph(CodeInstruction[] instructions) => _instructions = instructions;

    /// <summary>All instructions by ascending address.</summary>
    public CodeInstruction[] Instructions => _instructions;

    /// <summary>The blocks by ascending address.</summary>
    public List<BasicBlock> Blocks => _blocks;

    /// <summary>The ways between blocks.</summary>
    public List<FlowEdge> Edges => _edges;

    /// <summary>Whether a block is none, but fills up the space before one: no way leads to it or from it.</summary>
    public bool IsFiller(int block) => _isFiller[block];

    /// <summary>Builds the graph of a function.</summary>
    /// <param name="parts">Its code, in any order.</param>
    /// <param name="entry">ELF virtual address of its first instruction.</param>
    /// <param name="code">The binary.</param>
    /// <param name="patches">What a kernel rewrites.</param>
    /// <param name="decoder">This thread's decoder.</param>
    /// <returns>Null where there is no code at the entry.</returns>
    public static ControlFlowGraph? Build(ReadOnlySpan<CodeRange> parts, ulong entry, ExecutableCode code, PatchSites patches, InstructionDecoder decoder)
    {
        var graph = new ControlFlowGraph(Decode(parts, code, decoder));
        if (graph.InstructionAt(entry) < 0)
        {
            return null;
        }

        var targets = graph.ExtraTargets(code, patches);
        graph.CutBlocks(entry, targets);
        graph.Connect(entry, targets);
        graph.LeaveOutFillers();
        graph.ConnectUnreached();
        graph.ConnectEndless();
        return graph;
    }

    /// <summary>Index of the instruction at an address; negative where none begins there.</summary>
    public int InstructionAt(ulong address)
    {
        int low = 0;
        int high = _instructions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ulong found = _instructions[middle].Address;
            if (found == address)
            {
                return middle;
            }

            (low, high) = found < address ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Index of the instruction that holds an address, or the last one before it.</summary>
    public int InstructionHolding(ulong address) => InstructionAt(address) is var index && index >= 0 ? index : Math.Max(~index - 1, 0);

    /// <summary>Index of the block that holds an instruction.</summary>
    public int BlockOf(int instruction)
    {
        int low = 0;
        int high = _blocks.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _blocks[middle].First <= instruction ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    private static CodeInstruction[] Decode(ReadOnlySpan<CodeRange> parts, ExecutableCode code, InstructionDecoder decoder)
    {
        var sorted = parts.ToArray();
        Array.Sort(sorted, static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        var instructions = CollectedInstructions ??= [];
        instructions.Clear();
        ulong decoded = 0;
        foreach (var part in sorted)
        {
            // Parts may overlap in damaged debug information.
            ulong start = Math.Max(part.Start, decoded);
            if (part.End > start && code.From(start) is { IsEmpty: false } bytes)
            {
                decoder.Decode(bytes, start, part.End - start, instructions);
                decoded = instructions.Count > 0 ? Math.Max(part.End, instructions[^1].End) : part.End;
            }
        }

        return [.. instructions];
    }

    /// <summary>Where instructions go beyond their own targets: by jump tables, and where a kernel writes jumps. Pairs of instruction and target.</summary>
    private List<(int Instruction, int Target)> ExtraTargets(ExecutableCode code, PatchSites patches)
    {
        var tables = new HashSet<ulong>();
        foreach (var instruction in _instructions)
        {
            if (instruction.Table != JumpTableForm.None)
            {
                tables.Add(instruction.Target);
            }
        }

        var targets = new List<(int, int)>();
        for (int i = 0; i < _instructions.Length; i++)
        {
            var instruction = _instructions[i];
            if (instruction.Table != JumpTableForm.None && targets.Count < MostTargets + (MostEdgesOfBlock * _instructions.Length))
            {
                foreach (ulong target in JumpTable.Read(code, instruction.Target, instruction.Table, a => InstructionAt(a) >= 0, tables.Contains))
                {
                    targets.Add((i, InstructionAt(target)));
                }
            }
        }

        if (!patches.IsEmpty)
        {
            AddPatched(patches, targets);
        }

        targets.Sort();
        return targets;
    }

    private void AddPatched(PatchSites patches, List<(int, int)> targets)
    {
        int first = 0;
        while (first < _instructions.Length)
        {
            int last = first;
            while (last + 1 < _instructions.Length && _instructions[last + 1].Address == _instructions[last].End)
            {
                last++;
            }

            foreach (var site in patches.Within(_instructions[first].Address, _instructions[last].End))
            {
                int at = InstructionAt(site.Start);
                bool isWritten = at >= 0 && site.Target != 0 && !(_instructions[at].Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump && _instructions[at].Target == site.Target);
                if (isWritten && InstructionAt(site.Target) is >= 0 and var target)
                {
                    targets.Add((at, target));
                }

                // A jump that becomes nothing.
                if (at >= 0 && _instructions[at].Flow == InstructionFlow.Jump && at < last)
                {
                    targets.Add((at, at + 1));
                }
            }

            first = last + 1;
        }
    }

    private void CutBlocks(ulong entry, List<(int Instruction, int Target)> targets)
    {
        var begins = new bool[_instructions.Length + 1];
        begins[InstructionAt(entry)] = true;
        foreach (var (instruction, target) in targets)
        {
            begins[target] = true;
            begins[instruction + 1] = true;
        }

        for (int i = 0; i < _instructions.Length; i++)
        {
            var instruction = _instructions[i];
            begins[i] |= i == 0 || instruction.Address != _instructions[i - 1].End;
            begins[i + 1] |= instruction.EndsBlock;
            if (instruction.Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump && InstructionAt(instruction.Target) is >= 0 and var target)
            {
                begins[target] = true;
            }
        }

        for (int first = 0; first < _instructions.Length;)
        {
            int next = first + 1;
            while (next < _instructions.Length && !begins[next])
            {
                next++;
            }

            _blocks.Add(new BasicBlock(first, next - first));
            first = next;
        }
    }

    private void Connect(ulong entry, List<(int Instruction, int Target)> targets)
    {
        _edges.Add(new FlowEdge(Outside, BlockOf(InstructionAt(entry)), FlowEdgeKind.CallOrReturn));
        int nextTarget = 0;
        for (int block = 0; block < _blocks.Count; block++)
        {
            int last = _blocks[block].Last;
            var instruction = _instructions[last];
            if (instruction.FallsThrough)
            {
                bool isContinued = block + 1 < _blocks.Count && _instructions[last + 1].Address == instruction.End;
                _edges.Add(new FlowEdge(block, isContinued ? block + 1 : Outside, isContinued ? FlowEdgeKind.FallThrough : FlowEdgeKind.FallOut));
            }

            if (instruction.Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump)
            {
                bool isOwn = InstructionAt(instruction.Target) is >= 0;
                _edges.Add(new FlowEdge(block, isOwn ? BlockOf(InstructionAt(instruction.Target)) : Outside, isOwn ? FlowEdgeKind.Taken : FlowEdgeKind.CallOrReturn));
            }
            else if (instruction.Flow is InstructionFlow.Return or InstructionFlow.Stop)
            {
                _edges.Add(new FlowEdge(block, Outside, FlowEdgeKind.CallOrReturn));
            }

            bool isKnown = instruction.Flow != InstructionFlow.IndirectJump;
            for (; nextTarget < targets.Count && targets[nextTarget].Instruction <= last; nextTarget++)
            {
                isKnown = true;
                bool isRepeated = nextTarget > 0 && targets[nextTarget] == targets[nextTarget - 1];
                if (!isRepeated)
                {
                    _edges.Add(new FlowEdge(block, BlockOf(targets[nextTarget].Target), FlowEdgeKind.Taken));
                }
            }

            if (!isKnown)
            {
                // It may as well be a call at the end of the function.
                _unknownJumps.Add(block);
                _edges.Add(new FlowEdge(block, Outside, FlowEdgeKind.CallOrReturn));
            }
        }
    }

    /// <summary>Nothing leads into what fills up the space before a jump's target; it leads nowhere either.</summary>
    private void LeaveOutFillers()
    {
        var (follows, isTarget) = (new bool[_blocks.Count], new bool[_blocks.Count]);
        foreach (var edge in _edges)
        {
            if (edge.To >= 0)
            {
                bool isNext = edge.Kind == FlowEdgeKind.FallThrough;
                follows[edge.To] |= isNext;
                isTarget[edge.To] |= !isNext;
            }
        }

        _isFiller = new bool[_blocks.Count];
        for (int block = 0; block < _blocks.Count; block++)
        {
            _isFiller[block] = !isTarget[block] && (!follows[block] || _isFiller[block - 1]) && IsPadding(_blocks[block]);
        }

        _edges.RemoveAll(e => e.From >= 0 && _isFiller[e.From]);
    }

    /// <summary>Blocks that nothing leads to are reached by jumps whose targets are not known, or from outside: as landing pads of exceptions are.</summary>
    private void ConnectUnreached()
    {
        var search = new Reachability(_blocks.Count, _edges, forward: true);
        for (int block = 0; block < _blocks.Count; block++)
        {
            if (!search.IsReached(block) && !_isFiller[block])
            {
                _edges.Add(new FlowEdge(Outside, block, FlowEdgeKind.Unseen));
                for (int i = 0; i < _unknownJumps.Count && _edges.Count < MostEdgesOfBlock * _blocks.Count; i++)
                {
                    int jump = _unknownJumps[i];
                    _edges.Add(new FlowEdge(jump, block, FlowEdgeKind.Taken));
                }

                search.Reach(block);
            }
        }
    }

    private bool IsPadding(BasicBlock block)
    {
        for (int i = block.First; i <= block.Last; i++)
        {
            if (_instructions[i].Kind != InstructionKind.Padding)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What never comes to a return is left in another way.</summary>
    private void ConnectEndless()
    {
        var search = new Reachability(_blocks.Count, _edges, forward: false);
        for (int block = _blocks.Count - 1; block >= 0; block--)
        {
            if (!search.IsReached(block) && !_isFiller[block])
            {
                _edges.Add(new FlowEdge(block, Outside, FlowEdgeKind.Unseen));
                search.Reach(block);
            }
        }
    }
}
