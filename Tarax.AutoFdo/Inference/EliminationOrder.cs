namespace Tarax.AutoFdo.Inference;

/// <summary>An order in which nodes are eliminated, always one with the fewest neighbours left; of equal ones the first.</summary>
internal sealed class EliminationOrder
{
    private EliminationOrder(int size)
    {
        PositionOf = new int[size];
        Parent = new int[size];
        ColumnLength = new int[size];
    }

    /// <summary>The place in the order of each node but the outside, which is not counted.</summary>
    public int[] PositionOf { get; }

    /// <summary>By place: the place of the first neighbour that was eliminated later; −1 for none.</summary>
    public int[] Parent { get; }

    /// <summary>By place: number of entries of the factor's column, the diagonal included.</summary>
    public int[] ColumnLength { get; }

    /// <summary>About the number of multiplications of a factorization.</summary>
    public long Operations { get; private set; }

    /// <summary>Finds an order.</summary>
    /// <param name="network">The network.</param>
    /// <param name="mostOperations">Where a factorization takes more, there is none.</param>
    public static EliminationOrder? Of(FlowNetwork network, long mostOperations)
    {
        int size = network.Nodes - 1;
        var order = new EliminationOrder(size);
        var neighbours = Neighbours(network, size);
        var queue = new PriorityQueue<int, (int Degree, int Node)>(size);
        for (int node = 0; node < size; node++)
        {
            queue.Enqueue(node, (neighbours[node].Count, node));
        }

        bool[] isEliminated = new bool[size];
        int[] eliminated = new int[size];
        int[] mark = new int[size];
        Array.Fill(mark, -1);
        int stamp = 0;
        for (int position = 0; position < size;)
        {
            queue.TryDequeue(out int node, out var priority);
            if (isEliminated[node] || priority.Degree != neighbours[node].Count)
            {
                continue;
            }

            var own = neighbours[node];
            order.ColumnLength[position] = own.Count + 1;
            order.Operations += (long)own.Count * own.Count;
            if (order.Operations > mostOperations)
            {
                return null;
            }

            isEliminated[node] = true;
            order.PositionOf[node] = position;
            eliminated[position++] = node;
            foreach (int neighbour in own)
            {
                // The neighbours of an eliminated node become neighbours of each other.
                var others = neighbours[neighbour];
                others.Remove(node);
                stamp++;
                mark[neighbour] = stamp;
                foreach (int other in others)
                {
                    mark[other] = stamp;
                }

                foreach (int other in own)
                {
                    if (mark[other] != stamp)
                    {
                        others.Add(other);
                    }
                }

                queue.Enqueue(neighbour, (others.Count, neighbour));
            }
        }

        for (int position = 0; position < size; position++)
        {
            int parent = -1;
            foreach (int neighbour in neighbours[eliminated[position]])
            {
                int place = order.PositionOf[neighbour];
                parent = parent < 0 || place < parent ? place : parent;
            }

            order.Parent[position] = parent;
        }

        return order;
    }

    private static List<int>[] Neighbours(FlowNetwork network, int size)
    {
        var neighbours = new List<int>[size];
        for (int node = 0; node < size; node++)
        {
            neighbours[node] = [];
        }

        for (int arc = 0; arc < network.Arcs; arc++)
        {
            var (from, to) = (network.From[arc] - 1, network.To[arc] - 1);
            if (from >= 0 && to >= 0 && from != to)
            {
                neighbours[from].Add(to);
                neighbours[to].Add(from);
            }
        }

        foreach (var own in neighbours)
        {
            own.Sort();
            int kept = 0;
            for (int i = 0; i < own.Count; i++)
            {
                if (kept == 0 || own[i] != own[kept - 1])
                {
                    own[kept++] = own[i];
                }
            }

            own.RemoveRange(kept, own.Count - kept);
        }

        return neighbours;
    }
}
