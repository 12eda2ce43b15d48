using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports.Page;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Reports;

/// <summary>The instructions of a profile's functions with their counts, as a binary and its counts tell them.</summary>
internal sealed class ReportedInstructions
{
    /// <summary>A page with more of them is slow to open and to send.</summary>
    private const int Most = 250_000;

    private readonly Symbolizer _symbolizer;
    private readonly ExecutedCode _executed;
    private readonly ReportNames _names;
    private readonly InstructionText _text;
    private readonly ulong[] _sampled;
    private readonly ulong[] _samplesAt;
    private readonly Dictionary<string, List<CodeFunction>> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, (ulong, string)?> _symbols = [];
    private readonly Dictionary<CodeFunction, ExecutedFunction> _executedFunctions = [];
    private int _taken;

    /// <param name="binary">The binary.</param>
    /// <param name="counts">Its counts.</param>
    /// <param name="passes">The passes that a conversion of them ran.</param>
    /// <param name="names">The report's names.</param>
    public ReportedInstructions(Binary binary, BinaryCounts counts, IReadOnlyList<PassResult> passes, ReportNames names)
    {
        _symbolizer = binary.Symbolizer;
        _executed = new ExecutedCode(counts, _symbolizer);
        _names = names;
        _text = new InstructionText(binary.File, SymbolAt);
        var samples = new SortedDictionary<ulong, ulong>();
        foreach (var sample in counts.Samples)
        {
            if (_symbolizer.TryGetVirtualAddress(sample.Address, out ulong address))
            {
                samples[address] = SaturatingSum.Of(samples.GetValueOrDefault(address), sample.Count);
            }
        }

        (_sampled, _samplesAt) = ([.. samples.Keys], [.. samples.Values]);

        var functions = Read(binary, counts, passes);
        foreach (var function in functions)
        {
            string name = function.Name;
            foreach (string key in CloneSuffix.Cut(name) is var own && own != name ? (string[])[name, own] : [name])
            {
                if (!_functions.TryGetValue(key, out var list))
                {
                    list = [];
                    _functions.Add(key, list);
                }

                list.Add(function);
            }
        }
    }

    /// <summary>Where the functions that ran are in the source, until others are added.</summary>
    public SourcePlaces Places { get; } = new();

    /// <summary>Functions whose instructions are not in the report, since there are too many.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Looks at all functions that ran, on several threads.</summary>
    private List<CodeFunction> Read(Binary binary, BinaryCounts counts, IReadOnlyList<PassResult> passes)
    {
        int threads = Environment.ProcessorCount;
        ulong[] starts = [.. counts.Ranges.Select(r => _symbolizer.TryGetVirtualAddress(r.Start, out ulong address) ? address : 0)];
        Array.Sort(starts);
        _symbolizer.ReadUnits(starts, threads);
        var functions = _executed.Functions().ToList();
        var withheld = binary.Graphs is { } graphs ? new WithheldCode(graphs, passes, functions) : null;
        var read = new ExecutedFunction[functions.Count];
        ParallelLoop.Run(read.Length, threads, i =>
        {
            var source = _symbolizer.Source(functions[i]);
            var parts = functions[i].PartsInOrder().Select(p => (Part: p, Ranges: _executed.RangesFrom(p.Start, p.End).ToList())).ToList();
            read[i] = new ExecutedFunction(source, _symbolizer.Files(functions[i], source), parts, withheld?.In(functions[i], source, parts) ?? []);
        });
        for (int i = 0; i < read.Length; i++)
        {
            _executedFunctions.Add(functions[i], read[i]);
            Places.Add(functions[i].Name, read[i].Files);
        }

        return functions;
    }

    /// <summary>A function with its instructions and samples.</summary>
    public ReportFunction With(ReportFunction function, string name)
    {
        if (!_functions.TryGetValue(name, out var codes))
        {
            return function;
        }

        var pieces = new List<ReportedCode>();
        ulong samples = 0;
        foreach (var code in codes)
        {
            var executed = _executedFunctions[code];
            var source = executed.Source;
            var placed = new ScopeBodies(source, function, _names);
            foreach (var (part, ranges) in executed.Parts)
            {
                samples = SaturatingSum.Of(samples, SamplesIn(part));
                if (_taken < Most && ranges.Count > 0)
                {
                    var piece = Piece(part, ranges, executed, placed);
                    _taken += piece.Counts.Length;
                    pieces.Add(piece);
                }
            }
        }

        LeftOut += pieces.Count == 0 ? 1 : 0;
        return function with { Samples = samples, Code = pieces.Count == 0 ? null : [.. pieces] };
    }

    private ulong SamplesIn(CodeRange part)
    {
        ulong sum = 0;
        int first = Array.BinarySearch(_sampled, part.Start);
        for (int i = first < 0 ? ~first : first; i < _sampled.Length && _sampled[i] < part.End; i++)
        {
            sum = SaturatingSum.Of(sum, _samplesAt[i]);
        }

        return sum;
    }

    /// <summary>The instructions of a part, and which of them a pass withheld.</summary>
    private ReportedCode Piece(CodeRange part, List<RangeCount> ranges, ExecutedFunction executed, ScopeBodies placed)
    {
        var source = executed.Source;
        var files = new List<int>();
        var withheld = new List<ReportedWithheld>();
        var running = new RunningCounts(ranges);
        var (lengths, texts, counts, bodies, lines, branches) = (new List<int>(), new List<string>(), new List<ulong>(), new List<int>(), new List<int>(), new List<ReportedBranch>());
        ulong address = part.Start;
        foreach (var (length, text) in _text.Of(part))
        {
            int segment = source.SegmentAt(address);
            var (body, line) = segment < 0 ? (-1, 0) : placed.At(source.Segments[segment]);
            AddBranches(branches, counts.Count, address);
            if (segment >= 0 && segment < executed.Withheld.Length && executed.Withheld[segment] is { } pass)
            {
                withheld.Add(new ReportedWithheld(counts.Count, pass));
            }

            if (segment >= 0 && !placed.IsAtCall(source.Segments[segment]) && executed.Files.OtherFileAt(source.Segments[segment], address) is { } file)
            {
                files.AddRange([counts.Count, _names.File(file)]);
            }

            lengths.Add(length);
            texts.Add(ReportNames.Valid(text));
            counts.Add(running.At(address));
            bodies.Add(body);
            lines.Add(line);
            address += (ulong)length;
        }

        return new ReportedCode($"{part.Start:x}", [.. lengths], [.. texts], [.. counts], [.. bodies], [.. lines], [.. branches]) { Withheld = withheld.Count == 0 ? null : [.. withheld], Files = files.Count == 0 ? null : [.. files] };
    }

    private void AddBranches(List<ReportedBranch> branches, int at, ulong address)
    {
        foreach (var branch in _executed.Into(address))
        {
            branches.Add(new ReportedBranch(at, true, branch.Address is { } from ? PlaceText(from) : null, branch.Count));
        }

        foreach (var branch in _executed.OutOf(address))
        {
            branches.Add(new ReportedBranch(at, false, branch.Address is { } to ? PlaceText(to) : null, branch.Count));
        }
    }

    private string PlaceText(ulong address) => SymbolAt(address) is { } symbol ? ReportNames.Valid(symbol.Start == address ? symbol.Name : $"{symbol.Name}+0x{address - symbol.Start:x}") : $"0x{address:x}";

    private (ulong Start, string Name)? SymbolAt(ulong address)
    {
        if (!_symbols.TryGetValue(address, out var known))
        {
            known = _symbolizer.FindSymbol(address) is { } symbol ? (symbol.Start, _names.Short(symbol.Aliases[0].Name)) : null;
            _symbols.Add(address, known);
        }

        return known;
    }

    /// <summary>A function that ran: its source and the files of that, its parts with the ranges that begin in them, and which pass withheld its segments.</summary>
    private sealed record ExecutedFunction(FunctionSource Source, CodeFiles Files, List<(CodeRange Part, List<RangeCount> Ranges)> Parts, string?[] Withheld);
}
