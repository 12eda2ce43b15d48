namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>A call of one function by another.</summary>
/// <param name="Caller">Index of the function that calls.</param>
/// <param name="Callee">Index of the function that is called.</param>
/// <param name="Count">Executions.</param>
internal readonly record struct CallEdge(int Caller, int Callee, ulong Count);

/// <summary>A function as its order is concerned.</summary>
/// <param name="Size">Bytes that run.</param>
/// <param name="Weight">Executions of its blocks.</param>
/// <param name="Entries">How often it was entered.</param>
internal readonly record struct OrderedFunction(ulong Size, double Weight, ulong Entries);

/// <summary>
/// An order of functions by call-chain clustering (Ottoni and Maher, "Optimizing Function Placement for Large-Scale Data-Center Applications", 2017): each function is put behind the cluster of the
/// one that calls it most, so that what runs together shares lines and pages; clusters then stand by how much they run for their size.
/// </summary>
internal static class FunctionOrder
{
    /// <summary>Clusters do not grow beyond a large page.</summary>
    private const ulong LargestCluster = 2 << 20;

    /// <summary>A caller matters if it makes at least one of so many calls.</summary>
    private const ulong LeastShareOfCalls = 10;

    /// <summary>What is called is not put behind what runs so many times more for its size than both together.</summary>
    private const double MostDilution = 8;

    /// <summary>Indices of the functions in the order in which they should lie.</summary>
    /// <param name="functions">The functions that ran.</param>
    /// <param name="calls">Calls between them, in any order.</param>
    public static int[] Of(IReadOnlyList<OrderedFunction> functions, IEnumerable<CallEdge> calls)
    {
        int[] cluster = [.. Enumerable.Range(0, functions.Count)];
        var members = new List<int>?[functions.Count];
        var totals = new OrderedFunction[functions.Count];
        for (int i = 0; i < functions.Count; i++)
        {
            (members[i], totals[i]) = ([i], functions[i]);
        }

        var callers = MostFrequentCallers(functions.Count, calls);
        foreach (int callee in Enumerable.Range(0, functions.Count).OrderByDescending(i => functions[i].Weight).ThenBy(i => i))
        {
            if (callers[callee] is not { Count: > 0 } call || call.Count < functions[callee].Entries / LeastShareOfCalls)
            {
                continue;
            }

            int into = cluster[call.Caller];
            int from = cluster[callee];
            ulong size = totals[into].Size + totals[from].Size;
            if (into == from || members[from]![0] != callee || size > LargestCluster || Density(totals[into]) > MostDilution * (totals[into].Weight + totals[from].Weight) / Math.Max(size, 1))
            {
                continue;
            }

            members[into]!.AddRange(members[from]!);
            members[from]!.ForEach(f => cluster[f] = into);
            members[from] = null;
            totals[into] = new OrderedFunction(size, totals[into].Weight + totals[from].Weight, totals[into].Entries);
        }

        var order = Enumerable.Range(0, functions.Count).Where(c => members[c] is not null).OrderByDescending(c => Density(totals[c])).ThenBy(c => c);
        return [.. order.SelectMany(c => members[c]!)];
    }

    private static double Density(in OrderedFunction function) => function.Weight / Math.Max(function.Size, 1);

    /// <summary>Who calls each function most, other than itself; of equals the first.</summary>
    private static CallEdge[] MostFrequentCallers(int functions, IEnumerable<CallEdge> calls)
    {
        var most = new CallEdge[functions];
        foreach (var pair in calls.Where(c => c.Caller != c.Callee).GroupBy(c => (c.Caller, c.Callee)).OrderBy(g => g.Key))
        {
            ulong count = pair.Aggregate(0UL, (sum, c) => Numbers.SaturatingSum.Of(sum, c.Count));
            if (count > most[pair.Key.Callee].Count)
            {
                most[pair.Key.Callee] = new CallEdge(pair.Key.Caller, pair.Key.Callee, count);
            }
        }

        return most;
    }
}
