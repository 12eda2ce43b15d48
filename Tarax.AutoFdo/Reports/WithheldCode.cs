using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Reports;

/// <summary>Code that ran, and whose counts a conversion kept from the compiler: by the same passes, which are asked again.</summary>
internal sealed class WithheldCode
{
    private readonly List<(string Pass, SuppressedPositions Positions)> _filters = [];

    /// <param name="graphs">The control flow of the binary's functions.</param>
    /// <param name="passes">The passes that the conversion ran.</param>
    /// <param name="functions">All functions that are asked for.</param>
    public WithheldCode(FunctionGraphs graphs, IReadOnlyList<PassResult> passes, IReadOnlyList<CodeFunction> functions)
    {
        foreach (var pass in (ProfilePass[])[GccPasses.PhiArguments, GccPasses.IfConvertedLoops])
        {
            if (passes.Any(p => p.Id == pass.Id))
            {
                var filter = new SuppressedPositions(graphs, pass == GccPasses.PhiArguments, pass == GccPasses.IfConvertedLoops);
                filter.Prepare(functions);
                _filters.Add((pass.Id, filter));
            }
        }
    }

    /// <summary>Which pass withheld each segment of a function; null for none. Empty where none withheld any.</summary>
    /// <param name="function">The function.</param>
    /// <param name="source">Its source positions.</param>
    /// <param name="parts">Its parts, each with the ranges that begin in it.</param>
    public string?[] In(CodeFunction function, FunctionSource source, IReadOnlyList<(CodeRange Part, List<RangeCount> Ranges)> parts)
    {
        if (_filters.Count == 0)
        {
            return [];
        }

        var slices = new List<RangeSlice>();
        var ranges = new List<RangeCount>();
        foreach (var (part, ofPart) in parts)
        {
            slices.Add(new RangeSlice(ranges.Count, ofPart.Count, 0, part.End));
            ranges.AddRange(ofPart);
        }

        var counts = new ExecutedRanges(slices, ranges).CountsOf(source.Segments);
        string?[] passes = [];
        foreach (var (pass, filter) in _filters)
        {
            bool[] leftOut = filter.LeftOut(function, source, counts);
            for (int i = 0; i < leftOut.Length; i++)
            {
                if (leftOut[i])
                {
                    passes = passes.Length == 0 ? new string?[leftOut.Length] : passes;
                    passes[i] ??= pass;
                }
            }
        }

        return passes;
    }
}
