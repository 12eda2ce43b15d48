namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>An order in which nodes are eliminated, always one with the fewest neighbours left; of equal ones the first.</summary>
internal sealed class EliminationOrder
{
    /// <summary>So many numbers are compared in the time of a multiplication of the factorization.</summary>
    private const int ComparisonsOfOperation = 8;

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

        int[] degree = Array.ConvertAll(neighbours, n => n.Count);
        bool[] isEliminated = new bool[size];
        int[] eliminated = new int[size];
        for (int position = 0; position < size;)
        {
            queue.TryDequeue(out int node, out var priority);
            if (isEliminated[node] || priority.Degree != degree[node])
            {
                continue;
            }

            // Those that were eliminated stay in the lists of the others, of which some are long, and are passed over here.
            var own = neighbours[node];
            own.RemoveAll(n => isEliminated[n]);
            order.ColumnLength[position] = own.Count + 1;
            order.Operations += (long)own.Count * own.Count;
            isEliminated[node] = true;
            order.PositionOf[node] = position;
            eliminated[position++] = node;
            for (int i = 0; i < own.Count; i++)
            {
                degree[own[i]]--;
                for (int j = 0; j < i; j++)
                {
                    // The neighbours of an eliminated node become neighbours of each other.
                    var (first, second) = neighbours[own[i]].Count <= neighbours[own[j]].Count ? (own[i], own[j]) : (own[j], own[i]);
                    order.Operations += neighbours[first].Count / ComparisonsOfOperation;
                    if (!neighbours[first].Contains(second))
                    {
                        neighbours[first].Add(second);
                        neighbours[second].Add(first);
                        degree[first]++;
                        degree[second]++;
                    }
                }

                if (order.Operations > mostOperations)
                {
                    return null;
                }
            }

            foreach (int neighbour in own)
            {
                queue.Enqueue(neighbour, (degree[neighbour], neighbour));
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
