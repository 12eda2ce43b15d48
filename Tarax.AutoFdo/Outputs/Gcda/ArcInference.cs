using Tarax.AutoFdo.Attribution.Inference;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>Finds how often each arc of a function's notes was taken, from how often its statements ran.</summary>
internal sealed class ArcInference
{
    private const long MostOperations = 60_000_000;

    /// <summary>How much the compiler's guesses count beside a statement.</summary>
    private const double WeightOfGuess = 1e-3;

    /// <summary>How much counts what is not known of a block: next to nothing.</summary>
    private const double WeightOfNothing = 1e-4;

    /// <summary>What is taken for nothing, beside what ran most in the function: the solver cannot do with numbers that are farther apart.</summary>
    private const double LeastShare = 1e-6;

    /// <summary>The same where that is still too far.</summary>
    private const double LargerLeastShare = 1e-3;

    /// <summary>How much statements count that are in several blocks: little at first, and more as the flow takes shape.</summary>
    private static readonly double[] Weights = [0.1, 0.3, 1, 1, 1, 1];

    private readonly NotesFunction _function;
    private readonly BlockEvidence _evidence;
    private readonly ulong _entries;
    private readonly bool[] _returns;
    private double _least;

    private ArcInference(NotesFunction function, BlockEvidence evidence, ulong entries)
    {
        (_function, _evidence, _entries, _returns) = (function, evidence, entries, new bool[function.Blocks]);
        _least = Math.Max(Evidence.Least, LeastShare * evidence.Own.Max());
    }

    /// <summary>Counts of all arcs, as many into each block as out of it.</summary>
    /// <param name="function">The function.</param>
    /// <param name="evidence">What is known of its blocks.</param>
    /// <param name="entries">How often it was entered; 0 where that is not known.</param>
    public static long[] Infer(NotesFunction function, BlockEvidence evidence, ulong entries) => new ArcInference(function, evidence, entries).Run();

    private long[] Run()
    {
        foreach (var arc in _function.Arcs)
        {
            _returns[arc.From] |= !arc.IsFake;
        }

        double[] flow = new double[_function.Blocks];
        Array.Fill(flow, 1);
        var (series, reduced) = Solve(0.01, flow);
        if (!Array.TrueForAll(reduced, double.IsFinite))
        {
            _least = Math.Max(Evidence.Least, LargerLeastShare * _evidence.Own.Max());
            (series, reduced) = Solve(0.01, flow);
        }

        foreach (double weight in Weights)
        {
            flow = BlockFlow(series, reduced);
            _evidence.Choose(flow);
            var (nextSeries, next) = Solve(weight, flow);
            if (!Array.TrueForAll(next, double.IsFinite))
            {
                // Weights too far apart for the solver: what was found before is near.
                break;
            }

            (series, reduced) = (nextSeries, next);
        }

        long[] rounded = FlowRounding.Round(series.Reduced, reduced, 1);
        long[] counts = new long[_function.Arcs.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = rounded[series.ArcOf[_function.Blocks + i]];
        }

        EnsureEntered(counts);
        return counts;
    }

    /// <summary>A function that was never entered is taken for one that never ran, whatever its loops did (profile.cc, compute_branch_probabilities): it was entered once at least.</summary>
    private void EnsureEntered(long[] counts)
    {
        bool[] ran = new bool[_function.Blocks];
        for (int i = 0; i < counts.Length; i++)
        {
            ran[_function.Arcs[i].To] |= counts[i] > 0;
            ran[_function.Arcs[i].From] |= counts[i] > 0;
        }

        if (ran[NotesFunction.Entry] || !Array.Exists(ran, r => r))
        {
            return;
        }

        int reached = AddWay(NotesFunction.Entry, ran, counts);
        bool[] ends = new bool[_function.Blocks];
        ends[NotesFunction.Exit] = true;
        if (reached >= 0)
        {
            AddWay(reached, ends, counts);
        }
    }

    /// <summary>Adds one execution of a shortest way to one of some blocks, by arcs that are fake only where there is no other.</summary>
    /// <returns>The block that it leads to; −1 where no way leads there.</returns>
    private int AddWay(int from, bool[] ends, long[] counts)
    {
        var leaving = Enumerable.Range(0, counts.Length).ToLookup(i => _function.Arcs[i].From);
        foreach (bool takesFake in (ReadOnlySpan<bool>)[false, true])
        {
            int[] arcTo = new int[_function.Blocks];
            Array.Fill(arcTo, -1);
            var found = new List<int> { from };
            for (int i = 0; i < found.Count; i++)
            {
                foreach (int arc in leaving[found[i]])
                {
                    var (_, to, _, isFake, _) = _function.Arcs[arc];
                    if (to == from || arcTo[to] >= 0 || (isFake && !takesFake))
                    {
                        continue;
                    }

                    arcTo[to] = arc;
                    found.Add(to);
                    if (ends[to])
                    {
                        for (int at = to; at != from; at = _function.Arcs[arcTo[at]].From)
                        {
                            counts[arcTo[at]]++;
                        }

                        return to;
                    }
                }
            }
        }

        return -1;
    }

    private (SeriesReduction Series, double[] Flow) Solve(double weight, double[] flow)
    {
        var series = SeriesReduction.Of(NetworkOf(weight, flow));
        return (series, FlowSolver.Solve(series.Reduced, MostOperations));
    }

    private double[] BlockFlow(SeriesReduction series, double[] reduced)
    {
        double[] flow = new double[_function.Blocks];
        for (int block = 0; block < flow.Length; block++)
        {
            flow[block] = reduced[series.ArcOf[block]];
        }

        return flow;
    }

    /// <summary>
    /// An arc that stands for those of computed gotos, and of what throws and jumps far: it leads from the entry to a label, or from a block that nothing else leaves (profile.cc, branch_prob).
    /// </summary>
    private bool IsOfComputedGoto(NotesArc arc) => arc.From == NotesFunction.Entry || !_returns[arc.From];

    /// <summary>
    /// A node before and one behind each block, with an arc between them, and the arcs. What leaves a block is divided by the compiler's guesses where nothing else is known.
    /// </summary>
    /// <param name="weight">How much of the evidence counts that is of several blocks.</param>
    /// <param name="flow">Executions of the blocks as found before.</param>
    private FlowNetwork NetworkOf(double weight, double[] flow)
    {
        var network = new FlowNetwork(_function.Blocks + _function.Arcs.Count + 2);
        network.AddNodes(2 * _function.Blocks);
        for (int block = 0; block < _function.Blocks; block++)
        {
            var (time, executions) = _evidence.Own[block] is >= 0 and var own ? (1, own)
                : _evidence.Shared[block] is >= 0 and var shared ? (weight, shared)
                : (WeightOfNothing, flow[block]);
            network.AddArc(1 + (2 * block), 2 + (2 * block), time, time * Math.Max(executions, _least));
        }

        foreach (var arc in _function.Arcs)
        {
            var (time, executions) = arc.IsFake ? (IsOfComputedGoto(arc) ? (WeightOfNothing, flow[arc.From == NotesFunction.Entry ? arc.To : arc.From]) : (Evidence.Unlikely.Time, 0))
                : arc is { From: NotesFunction.Entry, IsFake: false } && _entries > 0 ? (1, _entries)
                : (WeightOfGuess, arc.Guess * flow[arc.From]);
            network.AddArc(2 + (2 * arc.From), 1 + (2 * arc.To), time, Math.Min(time, 1) * Math.Max(executions, _least));
        }

        network.AddArc(2 + (2 * NotesFunction.Exit), 0, WeightOfNothing, WeightOfNothing * Math.Max(flow[NotesFunction.Exit], _least));
        network.AddArc(0, 1 + (2 * NotesFunction.Entry), WeightOfNothing, WeightOfNothing * Math.Max(flow[NotesFunction.Entry], _least));
        return network;
    }
}
