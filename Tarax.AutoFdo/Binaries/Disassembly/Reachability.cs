namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Which blocks are reached from outside, or reach it.</summary>
internal sealed class Reachability
{
    private readonly int[] _firstOf;
    private readonly int[] _neighbours;
    private readonly bool[] _isReached;
    private readonly Stack<int> _open = new();

    /// <param name="blocks">Number of blocks.</param>
    /// <param name="edges">The ways between them.</param>
    /// <param name="forward">Along the edges, or against them.</param>
    public Reachability(int blocks, List<FlowEdge> edges, bool forward)
    {
        _isReached = new bool[blocks];
        _firstOf = new int[blocks + 1];
        foreach (var edge in edges)
        {
            var (from, to) = forward ? (edge.From, edge.To) : (edge.To, edge.From);
            if (from >= 0 && to >= 0)
            {
                _firstOf[from + 1]++;
            }
        }

        for (int i = 0; i < blocks; i++)
        {
            _firstOf[i + 1] += _firstOf[i];
        }

        _neighbours = new int[_firstOf[blocks]];
        int[] next = _firstOf.AsSpan(0, blocks).ToArray();
        foreach (var edge in edges)
        {
            var (from, to) = forward ? (edge.From, edge.To) : (edge.To, edge.From);
            if (from >= 0 && to >= 0)
            {
                _neighbours[next[from]++] = to;
            }
        }

        foreach (var edge in edges)
        {
            var (from, to) = forward ? (edge.From, edge.To) : (edge.To, edge.From);
            if (from < 0 && to >= 0)
            {
                Reach(to);
            }
        }
    }

    public bool IsReached(int block) => _isReached[block];

    /// <summary>Marks a block and everything behind it.</summary>
    public void Reach(int block)
    {
        if (_isReached[block])
        {
            return;
        }

        _isReached[block] = true;
        _open.Push(block);
        while (_open.TryPop(out int reached))
        {
            for (int i = _firstOf[reached]; i < _firstOf[reached + 1]; i++)
            {
                if (!_isReached[_neighbours[i]])
                {
                    _isReached[_neighbours[i]] = true;
                    _open.Push(_neighbours[i]);
                }
            }
        }
    }
}
