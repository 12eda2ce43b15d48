namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>A statement that ran, and the blocks that it is in: several where it was copied, or several begin at one place, as those of a macro.</summary>
/// <param name="Blocks">The blocks.</param>
/// <param name="Count">How often it ran.</param>
/// <param name="IsOfDiscriminator">Whether its discriminator tells it from others at the same place, so that the blocks are copies of one; otherwise they may be anything at that place.</param>
/// <param name="Executions">Executions of all that was counted for it.</param>
internal sealed record BlockStatement(List<int> Blocks, StatementCount Count, bool IsOfDiscriminator, double Executions);

/// <summary>Finds which statements of which inlined calls the blocks of a function have.</summary>
internal sealed class BlockStatements
{
    /// <summary>Blocks among which the line of a call is looked for.</summary>
    private const int MostBlocks = 256;

    private readonly SourceCounts _counts;
    private readonly List<int>[] _predecessors;
    private readonly HashSet<(int Block, string File, uint Line)> _lines = [];

    private BlockStatements(NotesFunction function, SourceCounts counts)
    {
        _counts = counts;
        _predecessors = new List<int>[function.Blocks];
        for (int i = 0; i < _predecessors.Length; i++)
        {
            _predecessors[i] = [];
        }

        foreach (var arc in function.Arcs)
        {
            _predecessors[arc.To].Add(arc.From);
        }

        foreach (var position in function.Positions)
        {
            _lines.Add((position.Block, position.File, position.Line));
        }
    }

    /// <summary>The statements of a function that have code, in the order of the notes.</summary>
    public static List<BlockStatement> Of(NotesFunction function, SourceCounts counts)
    {
        var statements = new BlockStatements(function, counts);
        var places = new Dictionary<(string File, uint Line, uint Column), SortedDictionary<int, uint>>();
        var inOrder = new List<(string File, uint Line, uint Column)>();
        foreach (var (block, file, line, column, discriminator) in function.Positions)
        {
            if (!places.TryGetValue((file, line, column), out var blocks))
            {
                places.Add((file, line, column), blocks = []);
                inOrder.Add((file, line, column));
            }

            blocks[block] = discriminator;
        }

        var result = new List<BlockStatement>();
        foreach (var (file, line, column) in inOrder)
        {
            var place = places[(file, line, column)];
            var byPath = new SortedDictionary<int, List<int>>();
            statements.Divide([.. place.Keys], counts.PathsOf(file, line, column), byPath);
            foreach (var (path, blocks) in byPath)
            {
                AddTo(result, [.. blocks.Distinct()], place, counts.CountsOf(path, file, line, column));
            }
        }

        return result;
    }

    /// <summary>
    /// Gives the blocks of a position what ran there. Where blocks and code have discriminators in common, blocks of others have no code left; where they have none, since only lines are known or another
    /// compiler numbered them, what ran is of any.
    /// </summary>
    private static void AddTo(List<BlockStatement> result, List<int> blocks, SortedDictionary<int, uint> discriminators, List<(uint Discriminator, StatementCount Count)> counts)
    {
        bool hasDiscriminators = blocks.Exists(b => discriminators[b] != 0 && counts.Exists(c => c.Discriminator == discriminators[b]));
        if (!hasDiscriminators)
        {
            var joined = new StatementCount();
            counts.ForEach(c => joined.Join(c.Count));
            result.Add(new BlockStatement(blocks, joined, false, counts.Sum(c => (double)c.Count.Least)));
            return;
        }

        foreach (var (discriminator, count) in counts)
        {
            if (blocks.FindAll(b => discriminators[b] == discriminator) is { Count: > 0 } own)
            {
                result.Add(new BlockStatement(own, count, true, count.Least));
            }
        }
    }

    /// <summary>
    /// Divides blocks among the inlined calls that they can be of. Notes do not tell: a block is of the call whose line is nearest before it, where arguments are evaluated. Calls on one line follow
    /// each other as their copies do.
    /// </summary>
    private void Divide(List<int> blocks, List<int> paths, SortedDictionary<int, List<int>> byPath)
    {
        if (paths.Count == 0)
        {
            return;
        }

        if (paths.Count == 1)
        {
            byPath.Add(paths[0], blocks);
            return;
        }

        var tied = new Dictionary<string, (List<int> Paths, List<int> Blocks)>(StringComparer.Ordinal);
        foreach (int block in blocks)
        {
            var nearest = Nearest(block, paths);
            string key = string.Join(',', nearest);
            if (!tied.TryGetValue(key, out var together))
            {
                tied.Add(key, together = (nearest, []));
            }

            together.Blocks.Add(block);
        }

        foreach (var (nearest, together) in tied.Values)
        {
            nearest.Sort((a, b) => (_counts.PathAt(a).Line, _counts.PathAt(a).Column, a).CompareTo((_counts.PathAt(b).Line, _counts.PathAt(b).Column, b)));
            bool isDivided = together.Count % nearest.Count == 0;
            for (int i = 0; i < nearest.Count; i++)
            {
                int share = together.Count / nearest.Count;
                Add(byPath, nearest[i], isDivided ? together.GetRange(i * share, share) : together);
            }
        }
    }

    private static void Add(SortedDictionary<int, List<int>> byPath, int path, List<int> blocks)
    {
        if (!byPath.TryGetValue(path, out var known))
        {
            byPath.Add(path, known = []);
        }

        known.AddRange(blocks);
    }

    private List<int> Nearest(int block, List<int> paths)
    {
        var seen = new HashSet<int> { block };
        List<int> now = [block];
        while (now.Count > 0 && seen.Count < MostBlocks)
        {
            var nearest = paths.FindAll(p => now.Exists(b => IsCalledIn(b, p)));
            if (nearest.Count > 0)
            {
                return nearest;
            }

            var next = new List<int>();
            foreach (int at in now)
            {
                next.AddRange(_predecessors[at].Where(seen.Add));
            }

            now = next;
        }

        return [.. paths];
    }

    private bool IsCalledIn(int block, int path) => path == 0 || (_counts.PathAt(path) is var call && _lines.Contains((block, call.File, call.Line)));
}
