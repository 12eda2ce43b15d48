using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// How often blocks ran, and what led from one to another. Branches are recorded as they are. Ranges say how often a block went on into the next. A call ends a range in the middle of a block, and the
/// return begins another; where the call is a block's last instruction, the return belongs to that block, which then went on.
/// </summary>
internal sealed class BlockFlow
{
    private readonly BlockIndex _index;
    private readonly ElfFile _file;
    private readonly Dictionary<(int From, int To), ulong> _jumps = [];
    private readonly Dictionary<(int From, int Function), ulong> _calls = [];
    private readonly ulong[] _left;
    private readonly ulong[] _entered;
    private readonly ulong[] _returned;
    private readonly ulong[] _called;

    public BlockFlow(BlockIndex index, ElfFile file, BinaryCounts counts)
    {
        (_index, _file) = (index, file);
        int blocks = index.Blocks.Length;
        (_left, _entered, _returned, _called) = (new ulong[blocks], new ulong[blocks], new ulong[blocks], new ulong[blocks]);
        (Executed, FellThrough) = (new ulong[blocks], new ulong[blocks]);
        foreach (var branch in counts.Branches)
        {
            AddBranch(branch);
        }

        foreach (var entry in counts.Entries)
        {
            if (file.TryGetVirtualAddress(entry.Address, out ulong address) && index.Target(address) is >= 0 and var block)
            {
                Arrive(block, address, entry.Count);
            }
            else
            {
                Unplaced.Add(UnplacedReason.BranchOutsideOfMap, entry.Count);
            }
        }

        AddRanges(counts.Ranges);
        Complete();
    }

    /// <summary>Executions of each block.</summary>
    public ulong[] Executed { get; }

    /// <summary>How often each block went on into the one behind it.</summary>
    public ulong[] FellThrough { get; }

    /// <summary>Taken branches within functions.</summary>
    public IReadOnlyDictionary<(int From, int To), ulong> Jumps => _jumps;

    /// <summary>Calls, also in place of returns, from blocks to functions.</summary>
    public IReadOnlyDictionary<(int From, int Function), ulong> Calls => _calls;

    /// <summary>What is in none of these.</summary>
    public UnplacedCounts Unplaced { get; } = new();

    private void AddBranch(in BranchCount branch)
    {
        bool isFromCode = _file.TryGetVirtualAddress(branch.From, out ulong fromAddress);
        bool isToCode = _file.TryGetVirtualAddress(branch.To, out ulong toAddress);
        int from = isFromCode ? _index.Holding(fromAddress) : -1;
        int to = isToCode ? _index.Target(toAddress) : -1;
        if (from < 0)
        {
            if (to < 0)
            {
                Unplaced.Add(UnplacedReason.BranchOutsideOfMap, branch.Count);
            }
            else
            {
                Arrive(to, toAddress, branch.Count);
            }

            return;
        }

        var (source, function) = (_index.Blocks[from], _index.FunctionOf[from]);
        bool? isCall = source.CallEnds is null ? null : fromAddress - source.Start < LastCallEnd(source);
        if (isCall == true)
        {
            _called[from] = Math.Max(_called[from], branch.Count);
        }
        else
        {
            Add(ref _left[from], branch.Count);
        }

        if (to < 0)
        {
            return; // Out of the map, to where nothing can be laid out.
        }

        int callee = _index.FunctionOf[to];
        if (toAddress == _index.Functions[callee].Entry && (callee != function || isCall != false))
        {
            if (isCall is null && callee == function)
            {
                // A jump back to the first block cannot be told from a call of itself; compilers seldom make one.
                _left[from] -= Math.Min(_left[from], branch.Count);
                _called[from] = Math.Max(_called[from], branch.Count);
            }

            _calls[(from, callee)] = SaturatingSum.Of(_calls.GetValueOrDefault((from, callee)), branch.Count);
            Add(ref _entered[to], branch.Count);
            return;
        }

        bool isReturn = isCall != true && (source.Properties & BlockProperties.Returns) != 0 && (callee != function || (source.Properties & BlockProperties.TailCall) == 0);
        if (isReturn)
        {
            Arrive(to, toAddress, branch.Count);
        }
        else if (callee != function)
        {
            Unplaced.Add(UnplacedReason.BranchIntoFunction, branch.Count);
        }
        else if (toAddress != _index.Blocks[to].Start)
        {
            Unplaced.Add(UnplacedReason.BranchIntoBlock, branch.Count);
        }
        else
        {
            _jumps[(from, to)] = SaturatingSum.Of(_jumps.GetValueOrDefault((from, to)), branch.Count);
            Add(ref _entered[to], branch.Count);
        }
    }

    /// <summary>A return, or what comes from elsewhere: an entry, or a return to behind a call.</summary>
    private void Arrive(int to, ulong address, ulong count)
    {
        var target = _index.Blocks[to];
        if (address != target.Start)
        {
            return; // Behind a call in the middle of the block, which goes on.
        }

        Add(ref _entered[to], count);
        if (address != _index.Functions[_index.FunctionOf[to]].Entry && (target.Properties & BlockProperties.LandingPad) == 0 && to > 0 && _index.FallsThrough(to - 1) && EndsWithCall(_index.Blocks[to - 1]))
        {
            Add(ref _returned[to - 1], count);
        }
    }

    /// <summary>Of the calls in a block that come back, the end of the last; 0 where there is none. LLVM counts a jump in place of a call or of a return (-mfunction-return=thunk) as a call, too (MachineInstr::isCall).</summary>
    private static uint LastCallEnd(in MappedBlock block) =>
        block.CallEnds is not { Length: > 0 } ends ? 0
        : (block.Properties & BlockProperties.TailCall) == 0 || ends[^1] != block.Size ? ends[^1]
        : ends.Length > 1 ? ends[^2] : 0;

    private static bool EndsWithCall(in MappedBlock block) => block.CallEnds is not { } ends || (ends.Length > 0 && ends[^1] == block.Size);

    /// <summary>Ranges: how often each block ran, and how often it went on.</summary>
    private void AddRanges(IReadOnlyList<RangeCount> ranges)
    {
        int[] goesOnTo = GoesOnTo();
        var changes = new Int128[_index.Blocks.Length + 1];
        var slices = new List<RangeSlice>();
        for (int i = 0; i < ranges.Count;)
        {
            int first = i;
            if (!_file.TryGetVirtualAddress(ranges[i].Start, out ulong start, out ulong length))
            {
                Unplaced.Add(UnplacedReason.RangeOutsideOfMap, ranges[i++].Count);
                continue;
            }

            for (; i < ranges.Count && ranges[i].Start - ranges[first].Start < length; i++)
            {
                ulong bias = start - ranges[first].Start;
                AddRange(ranges[i].Start + bias, ranges[i].End + bias, ranges[i].Count, goesOnTo, changes);
            }

            slices.Add(new RangeSlice(first, i - first, start - ranges[first].Start, start + length));
        }

        Int128 running = 0;
        for (int i = 0; i < FellThrough.Length; i++)
        {
            running += changes[i];
            FellThrough[i] = ulong.CreateSaturating(running);
        }

        CountBlocks(new ExecutedRanges(slices, ranges));
    }

    private void AddRange(ulong start, ulong end, ulong count, int[] goesOnTo, Int128[] changes)
    {
        int first = _index.Target(start);
        if (first < 0)
        {
            Unplaced.Add(UnplacedReason.RangeOutsideOfMap, count);
            return;
        }

        int last = Math.Max(_index.LastAt(end), first);
        if (last > goesOnTo[first])
        {
            Unplaced.Add(UnplacedReason.RangeThroughEnd, count);
            last = goesOnTo[first];
        }

        changes[first] += count;
        changes[last] -= count;
    }

    /// <summary>The last block that each block may reach without a branch.</summary>
    private int[] GoesOnTo()
    {
        int[] last = new int[_index.Blocks.Length];
        for (int i = last.Length - 1; i >= 0; i--)
        {
            last[i] = _index.FallsThrough(i) ? last[i + 1] : i;
        }

        return last;
    }

    private void CountBlocks(ExecutedRanges ranges)
    {
        var running = new RunningRanges(ranges);
        for (int i = 0; i < Executed.Length; i++)
        {
            var block = _index.Blocks[i];
            if (block.Size == 0)
            {
                continue;
            }

            running.PassTo(block.Start);
            ulong most = running.Count;
            while (running.NextChange < block.End)
            {
                running.PassTo(running.NextChange);
                most = Math.Max(most, running.Count);
            }

            Executed[i] = most;
        }
    }

    /// <summary>
    /// What ranges leave open: those that were inferred end with their block, and a return from code outside of the binary has no range before it. What a block ran more often than it was left by
    /// branches, it went on, as far as the next one ran more often than it was entered.
    /// </summary>
    private void Complete()
    {
        for (int i = 0; i < Executed.Length; i++)
        {
            Add(ref FellThrough[i], _returned[i]);
            if (_index.FallsThrough(i) && _index.Blocks[i].Size > 0 && _index.Blocks[i + 1].Size > 0)
            {
                ulong more = Math.Min(Executed[i] - Math.Min(Executed[i], _left[i]), Executed[i + 1] - Math.Min(Executed[i + 1], _entered[i + 1]));
                FellThrough[i] = Math.Max(FellThrough[i], more);
            }
        }

        for (int i = 0; i < Executed.Length; i++)
        {
            // What fell into a block was not entered by a return, which is counted there, too.
            ulong fellInto = i > 0 ? FellThrough[i - 1] - Math.Min(FellThrough[i - 1], _returned[i - 1]) : 0;
            ulong left = Math.Max(SaturatingSum.Of(_left[i], FellThrough[i]), _called[i]);
            Executed[i] = Math.Max(Executed[i], Math.Max(SaturatingSum.Of(_entered[i], fellInto), left));
        }
    }

    private static void Add(ref ulong sum, ulong count) => sum = SaturatingSum.Of(sum, count);
}
