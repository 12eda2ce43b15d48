using Tarax.AutoFdo.Outputs.Propeller;

namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>Orders of blocks beside the best that there are.</summary>
public sealed class ExtTspTests
{
    [Test]
    public void Order_has_each_block_once_and_begins_with_the_first()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var graph = RandomFunction(seed, 1 + (seed * 3));
            int[] order = ExtTsp.Order(graph);
            Assert.That(order[0], Is.Zero);
            Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, graph.Sizes.Length)));
        }
    }

    [Test]
    public void Score_of_small_functions_is_nearly_that_of_the_best_of_all_orders()
    {
        double sum = 0;
        double highest = 0;
        double least = 1;
        for (int seed = 0; seed < 400; seed++)
        {
            var graph = RandomFunction(seed, 2 + (seed % 6));
            double best = BestScore(graph);
            double score = ExtTspScore.Of(graph, ExtTspScore.Places(graph, ExtTsp.Order(graph)));
            Assert.That(score, Is.LessThanOrEqualTo(best + (1e-9 * best)));
            sum += score;
            highest += best;
            least = Math.Min(least, best == 0 ? 1 : score / best);
        }

        TestContext.Out.WriteLine($"{sum / highest:0.0000} of the best in all, {least:0.0000} in the worst");
        Assert.That(sum / highest, Is.GreaterThan(0.999), "all functions together");
        Assert.That(least, Is.GreaterThan(0.9), "each function");
    }

    /// <summary>The hot way of a function stands in a row, what runs seldom behind it, whatever the order in which it was.</summary>
    [Test]
    public void Loop_goes_on_without_a_jump_where_it_mostly_goes()
    {
        // 0 → 1; 1 → 2 (seldom) or 3; 2 → 4; 3 → 4; 4 → 1 or 5.
        var graph = new FlowGraph(
            [16, 16, 16, 16, 16, 16], [100, 1000, 10, 990, 1000, 100],
            [new(0, 1, 100), new(1, 2, 10), new(1, 3, 990), new(2, 4, 10), new(3, 4, 990), new(4, 1, 900), new(4, 5, 100)]);
        Assert.That(ExtTsp.Order(graph), Is.EqualTo([0, 1, 3, 4, 5, 2]));
    }

    [Test]
    public void Interpreter_in_which_each_operation_leads_to_each_other_is_ordered_too()
    {
        const int Operations = 200;
        var edges = from a in Enumerable.Range(1, Operations) from b in Enumerable.Range(1, Operations) where a != b select new FlowEdge(a, b, (ulong)((a * 7919 + b * 104729) % 1000) + 1, IsIndirect: true);
        var graph = new FlowGraph([.. Enumerable.Repeat(40u, Operations + 1)], [.. Enumerable.Repeat(1000ul, Operations + 1)], [.. edges, new FlowEdge(0, 1, 1000)]);
        Assert.That(ExtTsp.Order(graph).Order(), Is.EqualTo(Enumerable.Range(0, Operations + 1)));
    }

    /// <summary>All cases lead back to the switch; those that run most stand nearest behind it, however many there are.</summary>
    [TestCase(100)]
    [TestCase(8000)]
    public void Switch_with_many_cases_has_the_hot_ones_near(int cases)
    {
        var graph = Switch(cases);
        int[] order = ExtTsp.Order(graph);
        Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, graph.Sizes.Length)));
        int at = Array.IndexOf(order, 1);
        double near = order.Skip(at - 10).Take(21).Where(b => b > 1).Sum(b => (double)graph.Counts[b]);
        double most = graph.Counts.Skip(2).OrderDescending().Take(20).Sum(c => (double)c);
        Assert.That(near, Is.GreaterThan(0.5 * most));
    }

    [Test]
    public void Same_graph_gives_the_same_order()
    {
        var graph = RandomFunction(7, 900);
        int[] order = ExtTsp.Order(graph);
        Assert.That(ExtTsp.Order(graph), Is.EqualTo(order));
        Assert.That(ExtTsp.Order(graph with { Edges = [.. graph.Edges] }), Is.EqualTo(order));
    }

    /// <summary>All orders that begin with the first block.</summary>
    private static double BestScore(FlowGraph graph)
    {
        double best = 0;
        int[] order = [.. Enumerable.Range(0, graph.Sizes.Length)];
        void Permute(int at)
        {
            if (at == order.Length)
            {
                best = Math.Max(best, ExtTspScore.Of(graph, ExtTspScore.Places(graph, order)));
                return;
            }

            for (int i = at; i < order.Length; i++)
            {
                (order[at], order[i]) = (order[i], order[at]);
                Permute(at + 1);
                (order[at], order[i]) = (order[i], order[at]);
            }
        }

        Permute(1);
        return best;
    }

    /// <summary>A loop around a switch: block 1 leads to each of the others, which lead back to it.</summary>
    internal static FlowGraph Switch(int cases)
    {
        var random = new Random(cases);
        var edges = new List<FlowEdge> { new(0, 1, 10) };
        ulong[] counts = new ulong[2 + cases];
        for (int block = 2; block < counts.Length; block++)
        {
            ulong count = (ulong)(1_000_000 / random.Next(1, cases + 1));
            counts[block] = count;
            edges.Add(new FlowEdge(1, block, count, IsIndirect: true));
            edges.Add(new FlowEdge(block, 1, count, JumpsSaved: count));
        }

        counts[0] = 10;
        counts[1] = counts.Aggregate(0UL, (sum, c) => sum + c);
        return new FlowGraph([.. counts.Select(_ => (uint)random.Next(4, 60))], counts, [.. edges.OrderBy(e => (e.From, e.To))]);
    }

    /// <summary>A function whose flow goes in and out of each block alike, as walks through it make it.</summary>
    internal static FlowGraph RandomFunction(int seed, int blocks)
    {
        const int Walks = 200;
        const int LongestWalk = 2000;
        var random = new Random(seed);
        uint[] sizes = [.. Enumerable.Range(0, blocks).Select(_ => (uint)random.Next(2, 120))];
        int[][] next = [.. Enumerable.Range(0, blocks).Select(_ => Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, blocks + 1)).ToArray())];
        ulong[] counts = new ulong[blocks];
        var edges = new SortedDictionary<(int, int), ulong>();
        for (int walk = 0; walk < Walks; walk++)
        {
            int at = 0;
            for (int step = 0; step < LongestWalk && at < blocks; step++)
            {
                counts[at]++;
                int way = random.Next(4) == 0 ? random.Next(next[at].Length) : 0;
                int to = next[at][way];
                if (to < blocks)
                {
                    edges[(at, to)] = edges.GetValueOrDefault((at, to)) + 1;
                }

                at = to;
            }
        }

        return new FlowGraph(sizes, counts, [.. edges.Select(e => new FlowEdge(e.Key.Item1, e.Key.Item2, e.Value))]);
    }
}
