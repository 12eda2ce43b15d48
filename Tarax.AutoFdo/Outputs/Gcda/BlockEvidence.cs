using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>How often the blocks of a function ran, as far as their statements show.</summary>
internal sealed class BlockEvidence
{
    /// <summary>Pieces of a statement that are looked at; the largest.</summary>
    private const int MostPieces = 32;

    /// <summary>What it costs that a block has none of a statement's counts, where a count that is twice the block's costs ln 2.</summary>
    private const double CostOfNone = 0.4;

    /// <summary>What it costs that no block has a piece: it may be code of an arc, which sets what is different on it.</summary>
    private const double CostOfPiece = 0.2;

    private readonly (double Least, double Most)[] _bounds;
    private readonly List<BlockStatement> _shared = [];

    private BlockEvidence(int blocks)
    {
        _bounds = new (double, double)[blocks];
        Array.Fill(_bounds, (-1, -1));
        Own = new double[blocks];
        Shared = new double[blocks];
        Array.Fill(Own, -1);
        Array.Fill(Shared, -1);
    }

    /// <summary>Executions of each block by statements that are in no other; negative where there are none.</summary>
    public double[] Own { get; }

    /// <summary>Executions of each block by statements that are in others too, of whose counts the one is taken that fits best; negative where there are none.</summary>
    public double[] Shared { get; }

    /// <summary>Executions of the statements that are in a block.</summary>
    public double Executions { get; private set; }

    public static BlockEvidence Of(NotesFunction function, SourceCounts counts)
    {
        var evidence = new BlockEvidence(function.Blocks);
        var statements = BlockStatements.Of(function, counts);
        var conditions = CodeOfConditions(function, statements);
        var own = new List<StatementCount>?[function.Blocks];
        foreach (var statement in statements)
        {
            evidence.Executions += statement.Executions;
            if (statement.Blocks is [var block])
            {
                if ((conditions[block] is { } condition ? statement.Count.Without(condition) : statement.Count) is { } count)
                {
                    (own[block] ??= []).Add(count);
                }

                continue;
            }

            if (statement.Count.Most == 0)
            {
                // Whichever of its code is whose: none of it ran.
                foreach (int each in statement.Blocks)
                {
                    (own[each] ??= []).Add(statement.Count);
                }

                continue;
            }

            statement.Count.Pieces.Sort((a, b) => a.Count.CompareTo(b.Count));
            evidence._shared.Add(statement);
            foreach (int each in statement.IsOfDiscriminator ? statement.Blocks : [])
            {
                evidence.Shared[each] = Math.Max(evidence.Shared[each], statement.Count.Least);
            }
        }

        for (int block = 0; block < own.Length; block++)
        {
            if (own[block] is { } ofBlock)
            {
                evidence._bounds[block] = Bounds(ofBlock);
                evidence.Own[block] = evidence._bounds[block].Least;
            }
        }

        return evidence;
    }

    /// <summary>
    /// For each block that a condition leads around, or to one of two, the code of that condition. What of the block stands in it runs however the condition comes out: the compiler made moves of
    /// the jump (cmov, setcc), or moved a part up. Stores and calls are not done so: with them, the condition was found out and the jump left away.
    /// </summary>
    private static HashSet<ulong>?[] CodeOfConditions(NotesFunction function, List<BlockStatement> statements)
    {
        var from = new List<int>[function.Blocks];
        var to = new List<int>[function.Blocks];
        for (int block = 0; block < from.Length; block++)
        {
            (from[block], to[block]) = ([], []);
        }

        foreach (var arc in function.Arcs)
        {
            if (!arc.IsFake)
            {
                to[arc.From].Add(arc.To);
                from[arc.To].Add(arc.From);
            }
        }

        var ofBlock = new HashSet<ulong>?[function.Blocks];
        foreach (var ofOne in statements.SelectMany(s => s.Blocks.Select(b => (Block: b, s.Count.Pieces))).GroupBy(s => s.Block))
        {
            // Most of its statements: single ones are moved elsewhere.
            var code = ofOne.SelectMany(s => s.Pieces.Select(p => p.Code).Distinct()).GroupBy(c => c).Where(c => 2 * c.Count() >= ofOne.Count());
            ofBlock[ofOne.Key] = [.. code.Select(c => c.Key)];
        }

        var result = new HashSet<ulong>?[function.Blocks];
        for (int block = 0; block < result.Length; block++)
        {
            if (function.WithoutEffect.Contains(block) && from[block] is [var condition] && to[block] is [var join] && join != condition && to[condition] is [var one, var other]
                && (one == block ? other : one) is var around && (around == join || (from[around].Count == 1 && to[around] is [var alike] && alike == join)))
            {
                result[block] = ofBlock[condition];
            }
        }

        return result;
    }

    /// <summary>Chooses between what statements leave open, by a flow that explains the most so far.</summary>
    /// <param name="flow">Executions of each block.</param>
    public void Choose(ReadOnlySpan<double> flow)
    {
        Array.Fill(Shared, -1);
        foreach (var statement in _shared)
        {
            Assign(statement, flow);
        }

        for (int block = 0; block < _bounds.Length; block++)
        {
            if (_bounds[block].Least >= 0)
            {
                Own[block] = Math.Clamp(flow[block], _bounds[block].Least, _bounds[block].Most);
            }
        }
    }

    /// <summary>
    /// How often a block ran by its statements. Some were moved out of loops, or left away where their function was inlined, and a few were moved into loops, or joined with equal ones elsewhere: what
    /// three of four do not exceed counts.
    /// </summary>
    private static (double Least, double Most) Bounds(List<StatementCount> counts)
    {
        ulong[] least = [.. counts.Select(c => c.Least).Order()];
        ulong[] most = [.. counts.Select(c => c.Most).Order()];
        int last = counts.Count - 1;
        double low = least[3 * last / 4];
        return (low, Math.Max(low, most[((3 * last) + 3) / 4]));
    }

    /// <summary>
    /// Gives the blocks of a statement the counts of its pieces: those that ran more get the larger ones, so that the whole fits best. A block may have none of them, as those whose code was joined
    /// with another's, and a count no block.
    /// </summary>
    private void Assign(BlockStatement statement, ReadOnlySpan<double> flow)
    {
        int[] order = [.. statement.Blocks];
        double[] keys = new double[order.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = flow[order[i]];
        }

        Array.Sort(keys, order);
        var pieces = Largest(statement.Count.Pieces);
        var taken = Choices(keys, pieces);
        for (int i = 0; i < order.Length; i++)
        {
            if (taken[i] >= 0)
            {
                Shared[order[i]] = Math.Max(Shared[order[i]], pieces[taken[i]].Count);
            }
        }
    }

    private static ReadOnlySpan<PositionPiece> Largest(List<PositionPiece> pieces)
    {
        ReadOnlySpan<PositionPiece> all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pieces);
        return all[Math.Max(0, all.Length - MostPieces)..];
    }

    /// <summary>The piece of each block, or −1, at the least cost; both ascend.</summary>
    private static int[] Choices(double[] flow, ReadOnlySpan<PositionPiece> pieces)
    {
        var (blocks, counts) = (flow.Length, pieces.Length);

        // best[b, c]: of the first b blocks, where the first c counts were taken or passed over.
        double[,] best = new double[blocks + 1, counts + 1];
        var choice = new (int Before, bool IsTaken)[blocks + 1, counts + 1];
        for (int c = 1; c <= counts; c++)
        {
            best[0, c] = best[0, c - 1] + CostOfPiece;
        }

        for (int b = 1; b <= blocks; b++)
        {
            for (int c = 0; c <= counts; c++)
            {
                (best[b, c], choice[b, c]) = (best[b - 1, c] + CostOfNone, (c, false));
                if (c == 0)
                {
                    continue;
                }

                double cost = Math.Abs(Math.Log((pieces[c - 1].Count + 1.0) / (flow[b - 1] + 1.0)));
                for (int before = c - 1; before <= c; before++)
                {
                    if (best[b - 1, before] + cost < best[b, c])
                    {
                        (best[b, c], choice[b, c]) = (best[b - 1, before] + cost, (before, true));
                    }
                }

                if (best[b, c - 1] + CostOfPiece < best[b, c])
                {
                    (best[b, c], choice[b, c]) = (best[b, c - 1] + CostOfPiece, (-1, false));
                }
            }
        }

        int[] taken = new int[blocks];
        for (int b = blocks, c = counts; b > 0;)
        {
            var (before, isTaken) = choice[b, c];
            if (before < 0)
            {
                c--;
                continue;
            }

            taken[b - 1] = isTaken ? c - 1 : -1;
            (b, c) = (b - 1, before);
        }

        return taken;
    }
}
