namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>
/// Arcs that samples do not show, in functions that ran: they were taken rarely, which is not the same as never. To GCC a counter of 0 is exact: it takes the code for never executed, and what
/// the code leads to for cold (predict.cc, probably_never_executed; cgraph.cc, optimize_for_size_p), loops that it is the only way to included. Of counters of a real run of zstd, with those below 4
/// made 0, 1.7 % of cost are gained instead of 5.7 %; with those of 0 in functions that ran made 1, 5.3 % (docs/counters.md).
/// </summary>
internal sealed class RareArcs
{
    /// <summary>What the compiler gives a branch to a call that does not return or is declared cold is less than this (predict.h, PROB_VERY_UNLIKELY): nothing is added there.</summary>
    private const double VeryUnlikely = 1.0 / 2000;

    private readonly NotesFunction _function;
    private readonly long[] _counts;

    private RareArcs(NotesFunction function, long[] counts) => (_function, _counts) = (function, counts);

    /// <summary>Adds executions of shortest ways from the entry to the exit until each arc that may be taken is taken once.</summary>
    /// <param name="function">The function.</param>
    /// <param name="counts">Counts of its arcs, to which is added; of a function that did not run, nothing is.</param>
    public static void Add(NotesFunction function, long[] counts)
    {
        if (Array.Exists(counts, c => c > 0))
        {
            new RareArcs(function, counts).Run();
        }
    }

    private void Run()
    {
        int[] before = Tree(NotesFunction.Entry, a => a.From, a => a.To);
        int[] behind = Tree(NotesFunction.Exit, a => a.To, a => a.From);
        for (int i = 0; i < _counts.Length; i++)
        {
            var arc = _function.Arcs[i];
            if (_counts[i] > 0 || !MayBeTaken(arc) || !IsReached(before, arc.From, NotesFunction.Entry) || !IsReached(behind, arc.To, NotesFunction.Exit))
            {
                continue;
            }

            _counts[i]++;
            for (int block = arc.From; block != NotesFunction.Entry; block = _function.Arcs[before[block]].From)
            {
                _counts[before[block]]++;
            }

            for (int block = arc.To; block != NotesFunction.Exit; block = _function.Arcs[behind[block]].To)
            {
                _counts[behind[block]]++;
            }
        }
    }

    /// <summary>The arc by which each block is reached first; −1 where none leads there.</summary>
    private int[] Tree(int root, Func<NotesArc, int> from, Func<NotesArc, int> to)
    {
        var leaving = Enumerable.Range(0, _counts.Length).Where(i => MayBeTaken(_function.Arcs[i])).ToLookup(i => from(_function.Arcs[i]));
        int[] arcTo = new int[_function.Blocks];
        Array.Fill(arcTo, -1);
        var found = new List<int> { root };
        for (int i = 0; i < found.Count; i++)
        {
            foreach (int arc in leaving[found[i]])
            {
                int next = to(_function.Arcs[arc]);
                if (next != root && arcTo[next] < 0)
                {
                    arcTo[next] = arc;
                    found.Add(next);
                }
            }
        }

        return arcTo;
    }

    private static bool IsReached(int[] tree, int block, int root) => block == root || tree[block] >= 0;

    private static bool MayBeTaken(NotesArc arc) => !arc.IsFake && arc.Guess > VeryUnlikely;
}
