namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// All blocks of a binary by ascending address, so that the block of an address is found. A block is named by its index here. Code that two functions have, since the linker folded them, is of the
/// first. Functions that have the same bytes in different blocks contradict each other: one of their entries is damaged, and which cannot be told.
/// </summary>
internal sealed class BlockIndex
{
    private readonly ulong[] _starts;

    public BlockIndex(List<MappedFunction> functions)
    {
        var ranges = new List<(MappedRange Range, int Function)>();
        for (int i = 0; i < functions.Count; i++)
        {
            foreach (var range in functions[i].Ranges)
            {
                if (range.Blocks.Length > 0)
                {
                    ranges.Add((range, i));
                }
            }
        }

        // Ranges of one address stay in the map's order.
        ranges = [.. ranges.OrderBy(r => r.Range.Base)];
        int total = ranges.Sum(r => r.Range.Blocks.Length);
        (Blocks, FunctionOf, IsLastOfRange) = (new MappedBlock[total], new int[total], new bool[total]);
        Contradicts = new bool[functions.Count];
        int next = 0;
        ulong end = 0;
        var before = (Range: new MappedRange(0, 0, []), Function: -1);
        foreach (var (range, function) in ranges)
        {
            if (range.End is null)
            {
                Contradicts[function] = true;
                continue;
            }

            if (range.Base < end)
            {
                if (!IsFolded(range, before.Range))
                {
                    Contradicts[function] = Contradicts[before.Function] = true;
                }

                continue;
            }

            before = (range, function);
            range.Blocks.CopyTo(Blocks, next);
            FunctionOf.AsSpan(next, range.Blocks.Length).Fill(function);
            next += range.Blocks.Length;
            IsLastOfRange[next - 1] = true;
            end = Blocks[next - 1].End;
        }

        Blocks = Blocks[..next];
        _starts = Array.ConvertAll(Blocks, b => b.Start);
        Functions = functions;
    }

    /// <summary>The functions, in the map's order.</summary>
    public List<MappedFunction> Functions { get; }

    /// <summary>The blocks.</summary>
    public MappedBlock[] Blocks { get; }

    /// <summary>Index of each block's function.</summary>
    public int[] FunctionOf { get; }

    /// <summary>Whether nothing of the same range is behind a block.</summary>
    public bool[] IsLastOfRange { get; }

    /// <summary>Whether a function's entry in the map is damaged, or that of one which has the same code. Executions there say nothing.</summary>
    public bool[] Contradicts { get; }

    private static bool IsFolded(MappedRange range, MappedRange first) =>
        range.Base == first.Base && range.Blocks.AsSpan().SequenceEqual(first.Blocks, BlockPlaces);

    private static readonly IEqualityComparer<MappedBlock> BlockPlaces = EqualityComparer<MappedBlock>.Create((a, b) => (a.Start, a.Size) == (b.Start, b.Size), b => b.Start.GetHashCode());

    /// <summary>Whether a block may go on into the one behind it.</summary>
    public bool FallsThrough(int block) => (Blocks[block].Properties & BlockProperties.FallsThrough) != 0 && !IsLastOfRange[block];

    /// <summary>The block that holds an address; −1 where none does.</summary>
    public int Holding(ulong address)
    {
        int block = LastAt(address);
        return block >= 0 && address < Blocks[block].End ? block : -1;
    }

    /// <summary>The block that a branch to an address leads to: one without code comes before the one that holds the address. −1 where there is none.</summary>
    public int Target(ulong address)
    {
        int block = Holding(address);
        while (block > 0 && Blocks[block].Start == address && Blocks[block - 1].Start == address && FallsThrough(block - 1))
        {
            block--;
        }

        return block;
    }

    /// <summary>The last block that begins at an address or before it; −1 where there is none.</summary>
    public int LastAt(ulong address)
    {
        int low = 0;
        int high = _starts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_starts[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
