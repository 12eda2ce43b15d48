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
    private readonly SuppressedPositions? _positions;

    /// <param name="graphs">The control flow of the binary's functions.</param>
    /// <param name="passes">The passes that the conversion ran.</param>
    /// <param name="functions">All functions that are asked for.</param>
    public WithheldCode(FunctionGraphs graphs, IReadOnlyList<PassResult> passes, IReadOnlyList<CodeFunction> functions)
    {
        bool Ran(ProfilePass pass) => passes.Any(p => p.Id == pass.Id);
        if (Ran(GccPasses.PhiArguments) || Ran(GccPasses.IfConvertedLoops))
        {
            _positions = new SuppressedPositions(graphs, Ran(GccPasses.PhiArguments), Ran(GccPasses.IfConvertedLoops));
            _positions.Prepare(functions);
        }
    }

    /// <summary>Which pass withheld each segment of a function; null for none. Empty where none withheld any.</summary>
    /// <param name="function">The function.</param>
    /// <param name="source">Its source positions.</param>
    /// <param name="parts">Its parts, each with the ranges that begin in it.</param>
    public string?[] In(CodeFunction function, FunctionSource source, IReadOnlyList<(CodeRange Part, List<RangeCount> Ranges)> parts)
    {
        if (_positions is null)
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
        foreach (var (pass, leftOut) in _positions.ByPass(function, source, counts))
        {
            for (int i = 0; i < leftOut.Length; i++)
            {
                if (leftOut[i])
                {
                    passes = passes.Length == 0 ? new string?[leftOut.Length] : passes;
                    passes[i] ??= pass.Id;
                }
            }
        }

        return passes;
    }
}
