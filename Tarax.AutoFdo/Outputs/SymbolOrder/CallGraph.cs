using System.Runtime.InteropServices;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>A range that ran, by offsets in its function.</summary>
internal readonly record struct FunctionRun(int Function, ulong Start, ulong End, ulong Count);

/// <summary>Calls of one function by an instruction of another, which lies at an offset.</summary>
internal readonly record struct FunctionCall(int From, ulong Offset, int To, ulong Count);

/// <summary>A function of the symbol table that ran.</summary>
internal sealed record FunctionNode(FunctionSymbol Symbol)
{
    public ulong Start => Symbol.Start;

    public ulong Size => Symbol.End - Symbol.Start;

    public ulong ExecutedBytes { get; set; }
}

/// <summary>
/// The functions of a binary that ran, each a symbol of the table, and which called which: a branch to the first byte of another one, be it a call or the jump that takes the place of the last call;
/// through a stub of the linker it is a call of the function that the stub went on to, as it is for functions that were chosen when the program was loaded (IFUNC).
/// </summary>
internal sealed class CallGraph
{
    private const string TextSection = ".text";

    /// <summary>Stubs are of 16 bytes, aligned (psABI of x86-64 and AArch64).</summary>
    private const ulong StubMask = ~15UL;

    private readonly ElfFile _file;
    private readonly Symbolizer _symbolizer;
    private readonly Dictionary<ulong, int> _byStart = [];
    private readonly List<FunctionNode> _functions = [];
    private readonly List<FunctionRun> _ranges = [];
    private readonly List<FunctionCall> _calls = [];
    private readonly Dictionary<string, UInt128> _leftOut = new(StringComparer.Ordinal);
    private UInt128 _executed;

    public CallGraph(BinaryCounts counts, ElfFile file, Symbolizer symbolizer)
    {
        (_file, _symbolizer) = (file, symbolizer);
        AddRanges(counts);
        AddCalls(counts);
    }

    /// <summary>By ascending address.</summary>
    public IReadOnlyList<FunctionNode> Functions => _functions;

    public IReadOnlyList<FunctionRun> Ranges => _ranges;

    public IReadOnlyList<FunctionCall> Calls => _calls;

    /// <summary>What ran and is of no function here, the largest share first.</summary>
    public IReadOnlyList<UnorderedCode> LeftOut =>
        [.. _leftOut.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).Select(l => new UnorderedCode(l.Key, (double)l.Value / (double)_executed))];

    private void AddRanges(BinaryCounts counts)
    {
        foreach (var range in counts.Ranges)
        {
            var executed = (UInt128)range.Count * (range.End - range.Start + 1);
            _executed += executed;
            if (!_file.TryGetVirtualAddress(range.Start, out ulong start))
            {
                LeaveOut("outside of the executable segments", executed);
            }
            else if (FunctionAt(start, executed) is >= 0 and var function)
            {
                var node = _functions[function];
                node.ExecutedBytes = SaturatingSum.Of(node.ExecutedBytes, (ulong)UInt128.Min(executed, ulong.MaxValue));
                _ranges.Add(new FunctionRun(function, start - node.Start, Math.Min(start + (range.End - range.Start), node.Symbol.End - 1) - node.Start, range.Count));
            }
        }
    }

    private void LeaveOut(string reason, UInt128 executed)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_leftOut, reason, out _);
        sum += executed;
    }

    /// <summary>Index of the function that holds an address; negative where it is none that can be laid out.</summary>
    private int FunctionAt(ulong address, UInt128 executed)
    {
        if (_symbolizer.FindSymbol(address) is not { } symbol)
        {
            LeaveOut(_symbolizer.IsLinkerStub(address) ? "stubs of the linker" : "has no symbol", executed);
            return -1;
        }

        if (!_byStart.TryGetValue(symbol.Start, out int index))
        {
            index = IsInText(symbol.Start) ? _functions.Count : -1;
            _byStart.Add(symbol.Start, index);
            if (index >= 0)
            {
                _functions.Add(new FunctionNode(symbol));
            }
        }

        if (index < 0)
        {
            LeaveOut("lies in another section than .text", executed);
        }

        return index;
    }

    private bool IsInText(ulong address)
    {
        foreach (var section in _file.Sections)
        {
            if (section.IsCode && address - section.Address < section.Size)
            {
                return section.Name.StartsWith(TextSection, StringComparison.Ordinal);
            }
        }

        return false;
    }

    private void AddCalls(BinaryCounts counts)
    {
        var stubs = StubTargets(counts);
        foreach (var branch in counts.Branches)
        {
            if (!_file.TryGetVirtualAddress(branch.From, out ulong from) || !_file.TryGetVirtualAddress(branch.To, out ulong to) || IndexOf(from, out var caller) is not (>= 0 and var fromIndex))
            {
                continue;
            }

            ulong target = _symbolizer.IsLinkerStub(to) ? stubs.GetValueOrDefault(to & StubMask) : to;
            if (_byStart.TryGetValue(target, out int toIndex) && toIndex >= 0 && toIndex != fromIndex)
            {
                _calls.Add(new FunctionCall(fromIndex, from - caller!.Start, toIndex, branch.Count));
            }
        }
    }

    private int IndexOf(ulong address, out FunctionSymbol? symbol)
    {
        symbol = _symbolizer.FindSymbol(address);
        return symbol is not null && _byStart.TryGetValue(symbol.Start, out int index) ? index : -1;
    }

    /// <summary>Where each stub that ran went on to most often, by its first byte.</summary>
    private Dictionary<ulong, ulong> StubTargets(BinaryCounts counts)
    {
        var most = new Dictionary<ulong, (ulong Target, ulong Count)>();
        foreach (var branch in counts.Branches)
        {
            if (_file.TryGetVirtualAddress(branch.From, out ulong from) && _symbolizer.IsLinkerStub(from) && _file.TryGetVirtualAddress(branch.To, out ulong to)
                && branch.Count > most.GetValueOrDefault(from & StubMask).Count)
            {
                most[from & StubMask] = (to, branch.Count);
            }
        }

        return most.ToDictionary(m => m.Key, m => m.Value.Target);
    }
}
