namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// Solves systems with the weighted Laplacian of a network, node 0 left out, by Cholesky's factorization. Nodes are eliminated in an order of least degree; control
/// flow has few long cycles, so little is filled in, and a factor has a few entries for each node.
/// </summary>
internal sealed class LaplacianFactor
{
    private readonly int[] _from;
    private readonly int[] _to;
    private readonly int _size;
    private readonly int[] _positionOf;
    private readonly int[] _parent;

    // The upper triangle by columns, and which entry each arc adds to.
    private readonly int[] _columnStart;
    private readonly int[] _rowOf;
    private readonly int[] _entryOfArc;
    private readonly double[] _upper;
    private readonly double[] _diagonal;

    // The factor by columns.
    private readonly int[] _factorStart;
    private readonly int[] _factorRow;
    private readonly double[] _factor;
    private readonly int[] _factorEnd;
    private readonly double[] _work;
    private readonly int[] _pattern;
    private readonly int[] _markOf;

    private LaplacianFactor(FlowNetwork network, EliminationOrder order)
    {
        _size = network.Nodes - 1;
        _positionOf = order.PositionOf;
        _parent = order.Parent;
        _from = new int[network.Arcs];
        _to = new int[network.Arcs];
        for (int arc = 0; arc < network.Arcs; arc++)
        {
            _from[arc] = network.From[arc] == 0 ? -1 : _positionOf[network.From[arc] - 1];
            _to[arc] = network.To[arc] == 0 ? -1 : _positionOf[network.To[arc] - 1];
        }

        (_columnStart, _rowOf, _entryOfArc) = UpperTriangle(_from, _to, _size);
        _upper = new double[_rowOf.Length];
        _diagonal = new double[_size];
        _factorStart = new int[_size + 1];
        for (int i = 0; i < _size; i++)
        {
            _factorStart[i + 1] = _factorStart[i] + order.ColumnLength[i];
        }

        _factorRow = new int[_factorStart[_size]];
        _factor = new double[_factorStart[_size]];
        _factorEnd = new int[_size];
        _work = new double[_size];
        _pattern = new int[_size];
        _markOf = new int[_size];
    }

    /// <summary>Prepares the factorization for the shape of a network; null where one takes more multiplications than are allowed.</summary>
    public static LaplacianFactor? TryCreate(FlowNetwork network, long mostOperations) =>
        EliminationOrder.Of(network, mostOperations) is { } order ? new LaplacianFactor(network, order) : null;

    /// <summary>Factorizes.</summary>
    /// <param name="weights">Of each arc, more than 0.</param>
    public void Factorize(ReadOnlySpan<double> weights)
    {
        Array.Clear(_upper);
        Array.Clear(_diagonal);
        for (int arc = 0; arc < weights.Length; arc++)
        {
            var (from, to) = (_from[arc], _to[arc]);
            if (from == to)
            {
                continue;
            }

            if (from >= 0)
            {
                _diagonal[from] += weights[arc];
            }

            if (to >= 0)
            {
                _diagonal[to] += weights[arc];
            }

            if (_entryOfArc[arc] >= 0)
            {
                _upper[_entryOfArc[arc]] -= weights[arc];
            }
        }

        Array.Fill(_markOf, -1);
        for (int k = 0; k < _size; k++)
        {
            _factorEnd[k] = _factorStart[k];
        }

        for (int k = 0; k < _size; k++)
        {
            FactorizeRow(k);
        }
    }

    /// <summary>Solves for a right-hand side, which becomes the solution; entry 0 is left alone.</summary>
    public void Solve(double[] values)
    {
        double[] x = _work;
        for (int node = 0; node < _size; node++)
        {
            x[_positionOf[node]] = values[node + 1];
        }

        for (int j = 0; j < _size; j++)
        {
            int start = _factorStart[j];
            x[j] /= _factor[start];
            for (int p = start + 1; p < _factorEnd[j]; p++)
            {
                x[_factorRow[p]] -= _factor[p] * x[j];
            }
        }

        for (int j = _size - 1; j >= 0; j--)
        {
            int start = _factorStart[j];
            for (int p = start + 1; p < _factorEnd[j]; p++)
            {
                x[j] -= _factor[p] * x[_factorRow[p]];
            }

            x[j] /= _factor[start];
        }

        for (int node = 0; node < _size; node++)
        {
            values[node + 1] = x[_positionOf[node]];
        }

        Array.Clear(_work);
    }

    /// <summary>One row of the factor: its pattern are the nodes on the ways up the elimination tree from the entries of the column (Davis, "Direct Methods for Sparse Linear Systems", 4.7).</summary>
    private void FactorizeRow(int k)
    {
        int top = _size;
        _markOf[k] = k;
        for (int p = _columnStart[k]; p < _columnStart[k + 1]; p++)
        {
            int row = _rowOf[p];
            _work[row] = _upper[p];
            int length = 0;
            for (; _markOf[row] != k; row = _parent[row])
            {
                _pattern[length++] = row;
                _markOf[row] = k;
            }

            while (length > 0)
            {
                _pattern[--top] = _pattern[--length];
            }
        }

        double diagonal = _diagonal[k];
        for (; top < _size; top++)
        {
            int i = _pattern[top];
            double value = _work[i] / _factor[_factorStart[i]];
            _work[i] = 0;
            for (int p = _factorStart[i] + 1; p < _factorEnd[i]; p++)
            {
                _work[_factorRow[p]] -= _factor[p] * value;
            }

            diagonal -= value * value;
            _factorRow[_factorEnd[i]] = k;
            _factor[_factorEnd[i]++] = value;
        }

        // Rounding may leave nothing of a node that hangs on arcs of almost no weight.
        diagonal = diagonal > 0 ? diagonal : double.Max(_diagonal[k] * 1e-15, 1e-300);
        _factorRow[_factorEnd[k]] = k;
        _factor[_factorEnd[k]++] = Math.Sqrt(diagonal);
    }

    private static (int[] ColumnStart, int[] RowOf, int[] EntryOfArc) UpperTriangle(int[] from, int[] to, int size)
    {
        int[] entryOfArc = new int[from.Length];
        Array.Fill(entryOfArc, -1);
        var pairs = new List<(int Column, int Row, int Arc)>(from.Length);
        for (int arc = 0; arc < from.Length; arc++)
        {
            if (from[arc] >= 0 && to[arc] >= 0 && from[arc] != to[arc])
            {
                pairs.Add((Math.Max(from[arc], to[arc]), Math.Min(from[arc], to[arc]), arc));
            }
        }

        pairs.Sort((a, b) => a.Column != b.Column ? a.Column.CompareTo(b.Column) : a.Row != b.Row ? a.Row.CompareTo(b.Row) : a.Arc.CompareTo(b.Arc));
        int[] columnStart = new int[size + 1];
        var rows = new List<int>();
        for (int i = 0; i < pairs.Count; i++)
        {
            if (i == 0 || pairs[i].Column != pairs[i - 1].Column || pairs[i].Row != pairs[i - 1].Row)
            {
                rows.Add(pairs[i].Row);
                columnStart[pairs[i].Column + 1]++;
            }

            entryOfArc[pairs[i].Arc] = rows.Count - 1;
        }

        for (int i = 0; i < size; i++)
        {
            columnStart[i + 1] += columnStart[i];
        }

        return (columnStart, [.. rows], entryOfArc);
    }
}
