using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>
/// Writes counts as <c>perf2bolt</c> writes them when it has disassembled the binary (DataAggregator::writeAggregatedFile): for each function its branches, but for returns, and the fall-throughs from each of
/// its blocks to the next that ranges ran through; of samples their places (<c>no_lbr</c>). Only functions that ran are looked into.
/// </summary>
internal sealed class FdataWriter
{
    private const string NoFunction = "is of no function of the symbol table";
    private const string Returned = "returns, which follow from calls";
    private const string ImpossibleRange = "ranges that the blocks of the function cannot have run";
    private const string NoBranch = "branches from instructions that do not branch: interrupts";

    private readonly BoltLines _lines;
    private readonly BoltCode _code;
    private readonly BinaryCounts _counts;
    private readonly Dictionary<ulong, FunctionSymbol> _functions = [];
    private readonly BoltNames _names;

    public FdataWriter(BoltLines lines, BoltCode code, BinaryCounts counts, ElfFile symbols)
    {
        (_lines, _code, _counts) = (lines, code, counts);
        foreach (ulong offset in Places(counts))
        {
            if (FunctionOf(offset, out _) is { } function)
            {
                _functions.TryAdd(function.Start, function);
            }
        }

        _names = new BoltNames(_functions.Values, symbols);
    }

    public void WriteSamples(IEnumerable<string> events)
    {
        _lines.Text("no_lbr"u8);
        foreach (string name in events)
        {
            _lines.Text(" "u8).Text(PreaggregatedWriter.Word(name));
        }

        _lines.End();
        foreach (var sample in _counts.Samples)
        {
            if (FunctionOf(sample.Address, out ulong address) is { } function)
            {
                Location(function, address);
                _lines.Counted(sample.Count);
            }
            else
            {
                _lines.LeaveOut(NoFunction, sample.Count);
            }
        }
    }

    /// <param name="graphs">The code of the binary.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    public void WriteBranches(FunctionGraphs graphs, int threads)
    {
        foreach (var branch in _counts.Branches)
        {
            WriteBranch(branch);
        }

        foreach (var entry in _counts.Entries)
        {
            if (FunctionOf(entry.Address, out ulong to) is { } function)
            {
                Unknown();
                Location(function, to);
                _lines.Text("0 "u8).Counted(entry.Count);
            }
            else
            {
                _lines.LeaveOut(NoFunction, entry.Count);
            }
        }

        WriteFallThroughs(graphs, threads);
    }

    private static IEnumerable<ulong> Places(BinaryCounts counts) =>
        counts.Samples.Select(s => s.Address).Concat(counts.Entries.Select(e => e.Address)).Concat(counts.Ranges.Select(r => r.Start))
            .Concat(counts.Branches.Select(b => b.From)).Concat(counts.Branches.Select(b => b.To));

    private void WriteBranch(BranchCount branch)
    {
        var (from, to) = (FunctionOf(branch.From, out ulong source), FunctionOf(branch.To, out ulong target));
        if (from is null && to is null)
        {
            _lines.LeaveOut(NoFunction, branch.Count);
        }
        else if (_code.Returns(source))
        {
            _lines.LeaveOut(Returned, branch.Count);
        }
        else if (from is not null && !_code.Branches(source))
        {
            _lines.LeaveOut(NoBranch, branch.Count);
        }
        else
        {
            LocationOrUnknown(from, source);
            LocationOrUnknown(to, target);
            _lines.Text("0 "u8).Counted(branch.Count);
        }
    }

    private void WriteFallThroughs(FunctionGraphs graphs, int threads)
    {
        var origins = new RangeOrigins(_counts, _code);
        var byFunction = new SortedDictionary<ulong, List<(ulong Start, ulong End, ulong Count, OriginCounts Origins)>>();
        foreach (var range in _counts.Ranges)
        {
            if (FunctionOf(range.Start, out ulong start) is not { } function)
            {
                _lines.LeaveOut(NoFunction, range.Count);
                continue;
            }

            if (!byFunction.TryGetValue(function.Start, out var ranges))
            {
                byFunction.Add(function.Start, ranges = []);
            }

            ranges.Add((start, start + (range.End - range.Start), range.Count, origins.At(range.Start).Divide(range.Count)));
        }

        var functions = byFunction.Select(f => (Symbol: _functions[f.Key], Ranges: f.Value)).ToArray();
        var all = new FunctionParts(functions.Select(f => f.Symbol), _code.Functions());
        CodeRange[][] parts = [.. functions.Select(f => all.Of(f.Symbol))];
        bool[] affordable = graphs.Affordable(parts);
        var fallThroughs = new List<FallThrough>[functions.Length];
        ulong[] impossible = new ulong[functions.Length];
        ParallelLoop.Run(functions.Length, threads, i =>
        {
            var found = affordable[i] && graphs.Build(parts[i], functions[i].Symbol.Start) is { } graph ? new FallThroughs(graph) : null;
            foreach (var (start, end, count, origin) in functions[i].Ranges)
            {
                impossible[i] += found?.Add(start, end, count, origin) == true ? 0 : count;
            }

            fallThroughs[i] = found is null ? [] : [.. found.Counted()];
        });
        for (int i = 0; i < functions.Length; i++)
        {
            _lines.LeaveOut(ImpossibleRange, impossible[i]);
            foreach (var (from, to, count) in fallThroughs[i])
            {
                Location(functions[i].Symbol, from);
                Location(functions[i].Symbol, to);
                _lines.Text("0 "u8).Counted(count);
            }
        }
    }

    private FunctionSymbol? FunctionOf(ulong offset, out ulong address) => _code.TryGetAddress(offset, out address) ? _code.FunctionAt(address) : null;

    private void LocationOrUnknown(FunctionSymbol? function, ulong address)
    {
        if (function is null)
        {
            Unknown();
        }
        else
        {
            Location(function, address);
        }
    }

    private void Location(FunctionSymbol function, ulong address) => _lines.Text("1 "u8).Text(_names.Of(function.Start)).Text(" "u8).Hexadecimal(address - function.Start).Text(" "u8);

    private void Unknown() => _lines.Text("0 [unknown] 0 "u8);
}
