using System.Globalization;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Tests.Attribution.Inference;

/// <summary>How samples fall on instructions.</summary>
public enum SampleModel
{
    /// <summary>Each executed instruction is as likely as any other.</summary>
    Uniform,

    /// <summary>In proportion to the time that an instruction takes, and on the instruction that is executed next.</summary>
    TimeAndSkid,
}

/// <summary>What a program or kernel executed, exactly: the counts of each block that ran, from which samples are drawn.</summary>
internal sealed class ExactExecution
{
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<ulong, List<(ulong Return, ulong Count)>> _returnsTo = [];
    private readonly ElfFile _binary;
    private readonly ExecutableCode _code;

    /// <param name="counts">A file of exact-counts.txt.</param>
    /// <param name="binary">The binary.</param>
    public ExactExecution(string counts, ElfFile binary)
    {
        _binary = binary;
        _code = new ExecutableCode(binary);
        ulong slide = 0;
        foreach (string line in File.ReadLines(counts))
        {
            string[] fields = line.Split(' ');
            if (line.StartsWith("# slide", StringComparison.Ordinal))
            {
                slide = Convert.ToUInt64(fields[2], 16);
            }
            else if (line[0] != '#')
            {
                ulong Address(int field) => Convert.ToUInt64(fields[field], 16) - slide;
                var block = new Block(
                    Address(0), Address(1), Address(2), fields[3], fields[4] == "0" ? 0 : Address(4), int.Parse(fields[5], CultureInfo.InvariantCulture),
                    ulong.Parse(fields[6], CultureInfo.InvariantCulture), ulong.Parse(fields[7], CultureInfo.InvariantCulture));
                if (binary.TryGetFileOffset(block.Start, out _) && binary.TryGetFileOffset(block.Last, out _))
                {
                    _blocks.Add(block);
                }
            }
        }

        _blocks.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        foreach (var block in _blocks.Where(b => b.Kind == "call" && b.Target != 0 && b.Taken > 0))
        {
            if (!_returnsTo.TryGetValue(block.Target, out var returns))
            {
                _returnsTo.Add(block.Target, returns = []);
            }

            returns.Add((block.End, block.Taken));
        }
    }

    public IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>All executions, as a perfect recording of branches would have them.</summary>
    public BinaryCounts Counts()
    {
        var sum = new FileCounts();
        foreach (var block in _blocks)
        {
            ulong start = Offset(block.Start);
            sum.AddSorted([], [new RangeCount(start, start + (block.Last - block.Start), block.Runs, 0)], [], [], default);
            if (block.Target != 0 && block.Taken > 0 && _binary.TryGetFileOffset(block.Target, out ulong target))
            {
                sum.AddSorted([new BranchCount(Offset(block.Last), target, block.Taken)], [], [], [], default);
            }
        }

        return sum.ToCounts(null);
    }

    /// <summary>Draws samples.</summary>
    /// <param name="model">Where they fall.</param>
    /// <param name="number">How many.</param>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="functionOf">The first instruction of the function that holds an address, for returns; 0 for none.</param>
    public BinaryCounts Draw(SampleModel model, int number, int seed, Func<ulong, ulong> functionOf)
    {
        var random = new Random(seed);
        var decoder = InstructionDecoder.For(_code)!;
        var instructions = new List<CodeInstruction>();
        var (places, upTo) = (new List<(Block Block, int Index, ulong[] Addresses)>(), new List<double>());
        double sum = 0;
        foreach (var block in _blocks)
        {
            instructions.Clear();
            decoder.Decode(_code.From(block.Start), block.Start, block.End - block.Start, instructions);
            ulong[] addresses = [.. instructions.Select(i => i.Address)];
            for (int i = 0; i < instructions.Count; i++)
            {
                sum += block.Runs * (model == SampleModel.Uniform ? 1 : TimeOf(instructions[i]));
                places.Add((block, i, addresses));
                upTo.Add(sum);
            }
        }

        var drawn = new SortedDictionary<ulong, ulong>();
        for (int left = number; left > 0;)
        {
            int place = upTo.BinarySearch(random.NextDouble() * sum);
            place = Math.Min(place < 0 ? ~place : place, places.Count - 1);
            var (block, index, addresses) = places[place];
            ulong address = model == SampleModel.Uniform ? addresses[index]
                : index + 1 < addresses.Length ? addresses[index + 1]
                : NextAfter(block, random, functionOf);
            if (_binary.TryGetFileOffset(address, out ulong offset))
            {
                drawn[offset] = drawn.GetValueOrDefault(offset) + 1;
                left--;
            }
        }

        return new BinaryCounts(null, [], [], [.. drawn.Select(d => new AddressCount(d.Key, d.Value, 0))], []);
    }

    /// <summary>The instruction after a block, by how often its branch was taken; returns go to one of the callers by their number of calls.</summary>
    private ulong NextAfter(Block block, Random random, Func<ulong, ulong> functionOf)
    {
        bool isTaken = random.NextDouble() * block.Runs < block.Taken;
        if (!isTaken)
        {
            return block.End;
        }

        if (block.Target != 0)
        {
            return block.Target;
        }

        if (block.Kind != "ret" || !_returnsTo.TryGetValue(functionOf(block.Last), out var callers))
        {
            return 0;
        }

        double at = random.NextDouble() * callers.Sum(c => (double)c.Count);
        foreach (var (to, count) in callers)
        {
            at -= count;
            if (at <= 0)
            {
                return to;
            }
        }

        return callers[^1].Return;
    }

    /// <summary>Cycles, roughly as Fog's tables have them, cache misses on some loads included. The inference has no such table.</summary>
    private static double TimeOf(CodeInstruction instruction) => instruction.Kind switch
    {
        InstructionKind.Padding => 0.25,
        InstructionKind.Load => 3,
        InstructionKind.Store => 1.5,
        InstructionKind.Multiply => 3,
        InstructionKind.Divide => 18,
        InstructionKind.Branch => 1.5,
        InstructionKind.Atomic => 20,
        InstructionKind.Slow => 25,
        _ => 1,
    };

    private ulong Offset(ulong address) => _binary.TryGetFileOffset(address, out ulong offset) ? offset : throw new InvalidOperationException();

    /// <summary>A line of the file.</summary>
    public sealed record Block(ulong Start, ulong End, ulong Last, string Kind, ulong Target, int Instructions, ulong Runs, ulong Taken);
}
