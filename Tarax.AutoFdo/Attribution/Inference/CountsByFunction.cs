using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>Counts at addresses, sorted by function.</summary>
internal sealed class CountsByFunction
{
    private CountsByFunction()
    {
    }

    /// <summary>The functions in the order in which they were met.</summary>
    public List<FunctionCounts> Functions { get; } = [];

    /// <summary>Indices of the counts that lie in none.</summary>
    public List<int> Elsewhere { get; } = [];

    /// <summary>Sorts counts by the functions that they lie in, or begin in.</summary>
    /// <param name="offsets">File offset of each, ascending.</param>
    /// <param name="symbolizer">The functions.</param>
    /// <param name="threads">Number of threads.</param>
    public static CountsByFunction Of(ulong[] offsets, Symbolizer symbolizer, int threads)
    {
        ulong[] addresses = new ulong[offsets.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            addresses[i] = symbolizer.TryGetVirtualAddress(offsets[i], out ulong address) ? address : 0;
        }

        symbolizer.ReadUnits(Array.FindAll(addresses, a => a != 0), threads);
        var result = new CountsByFunction();
        var found = new Dictionary<CodeFunction, FunctionCounts>();
        FunctionCounts? current = null;
        var (from, until) = (0UL, 0UL);
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong address = addresses[i];
            if (address != 0 && (address < from || address >= until))
            {
                var functionRange = symbolizer.FindFunctionRange(address);
                (from, until, current) = (functionRange.Start, functionRange.End, null);
                if (functionRange.Function is { } function && !found.TryGetValue(function, out current))
                {
                    current = new FunctionCounts(function);
                    found.Add(function, current);
                    result.Functions.Add(current);
                }
            }

            if (address == 0 || current is null)
            {
                result.Elsewhere.Add(i);
            }
            else
            {
                current.Indices.Add(i);
                current.Addresses.Add(address);
            }
        }

        return result;
    }
}

/// <summary>The counts of one function.</summary>
internal sealed class FunctionCounts(CodeFunction function)
{
    public CodeFunction Function => function;

    /// <summary>Which of all counts.</summary>
    public List<int> Indices { get; } = [];

    /// <summary>Their ELF virtual addresses.</summary>
    public List<ulong> Addresses { get; } = [];
}
