using Tarax.AutoFdo.Outputs.SymbolOrder;

namespace Tarax.AutoFdo.Tests.Outputs.SymbolOrder;

/// <summary>Call-chain clustering as Ottoni and Maher describe it.</summary>
public sealed class CallChainClusteringTests
{
    [Test]
    public void What_is_called_lies_behind_what_calls_it_most()
    {
        // 0 calls 2 often, and 1 calls it seldom.
        int[] order = Order([(100, 50), (100, 60), (100, 80)], [(0, 2, 900), (1, 2, 100)]);
        Assert.That(order, Is.EqualTo((int[])[0, 2, 1]));
    }

    [Test]
    public void Chains_of_calls_lie_in_the_order_of_the_calls()
    {
        int[] order = Order([(10, 70), (10, 80), (10, 90), (10, 100)], [(0, 1, 5), (1, 2, 5), (2, 3, 5)]);
        Assert.That(order, Is.EqualTo((int[])[0, 1, 2, 3]));
    }

    [Test]
    public void The_example_of_the_paper_comes_out_as_there()
    {
        // A calls B, C and E, C calls D, D calls E: with the weights of a figure like that, the hottest callee is joined first.
        int[] order = Order([(10, 20), (10, 30), (10, 100), (10, 90), (10, 40)], [(0, 1, 30), (0, 2, 100), (2, 3, 90), (3, 4, 30), (0, 4, 10)]);
        Assert.That(order[..4], Is.EqualTo((int[])[0, 2, 3, 1]).Or.EqualTo((int[])[0, 2, 3, 4]));
        Assert.That(order, Is.EquivalentTo(Enumerable.Range(0, 5)));
    }

    [Test]
    public void Dense_clusters_come_first_and_what_did_not_run_last()
    {
        int[] order = Order([(1000, 10), (10, 0), (10, 1000), (10, 0)], []);
        Assert.That(order, Is.EqualTo((int[])[2, 0, 1, 3]));
    }

    [Test]
    public void A_cluster_does_not_grow_beyond_half_a_large_page()
    {
        const ulong Large = 900_000;
        int[] order = Order([(Large, 10_000_000), (Large, 9_000_000), (10, 1)], [(0, 1, 50), (1, 2, 1)]);
        Assert.That(order, Is.EqualTo((int[])[0, 1, 2]), "each by its own density");
        int[] kept = Order([(Large, 1_000), (Large, 9_000_000)], [(0, 1, 50)]);
        Assert.That(kept, Is.EqualTo((int[])[1, 0]), "not joined, the denser one comes first");
    }

    [Test]
    public void A_large_callee_that_hardly_runs_does_not_thin_its_caller_out()
    {
        int[] order = Order([(100, 1_000_000), (100_000, 5), (100, 500_000)], [(0, 1, 5)]);
        Assert.That(order, Is.EqualTo((int[])[0, 2, 1]));
    }

    [Test]
    public void Callee_stands_behind_the_one_that_calls_it_most_of_several()
    {
        ClusteredNode[] functions = [new(100, 1000), new(100, 50), new(100, 4000), new(100, 300)];
        int[] order = CallChainClustering.Order(functions, [new ClusteredArc(0, 2, 390), new ClusteredArc(1, 2, 10), new ClusteredArc(2, 3, 90), new ClusteredArc(0, 3, 10), new ClusteredArc(3, 3, 1000)]);
        Assert.That(order, Is.EqualTo([0, 2, 3, 1]));
    }

    [Test]
    public void Cluster_is_not_put_behind_what_runs_much_more_for_its_size_than_both_together()
    {
        ClusteredNode[] functions = [new(100, 100_000), new(100_000, 200)];
        Assert.That(CallChainClustering.Order(functions, [new ClusteredArc(0, 1, 10)]), Is.EqualTo([0, 1]));
        Assert.That(CallChainClustering.Order([functions[1], functions[0], new(10, 50_000)], [new ClusteredArc(1, 0, 10), new ClusteredArc(1, 2, 5)]), Is.EqualTo([1, 2, 0]));
    }

    [Test]
    public void Recursion_is_no_reason_to_lie_anywhere()
    {
        Assert.That(Order([(10, 5), (10, 6)], [(0, 0, 1000), (1, 1, 1000)]), Is.EqualTo((int[])[1, 0]));
        Assert.That(Order([(10, 5), (10, 6)], [(0, 1, 10), (1, 0, 10)]), Is.EqualTo((int[])[0, 1]), "of a circle the hotter one is put behind the other, and then both lie together");
    }

    [Test]
    public void The_order_of_the_arcs_does_not_matter_and_equal_ones_add_up()
    {
        var random = new Random(7);
        const int Nodes = 2000;
        ClusteredNode[] nodes = [.. Enumerable.Range(0, Nodes).Select(_ => new ClusteredNode((ulong)random.Next(1, 5000), (ulong)random.Next(0, 50)))];
        ClusteredArc[] arcs = [.. Enumerable.Range(0, 8 * Nodes).Select(_ => new ClusteredArc(random.Next(Nodes), random.Next(Nodes), (ulong)random.Next(1, 4)))];
        int[] order = CallChainClustering.Order(nodes, arcs);
        Assert.That(order, Is.EquivalentTo(Enumerable.Range(0, Nodes)));
        var shuffled = arcs.ToArray();
        random.Shuffle(shuffled);
        Assert.That(CallChainClustering.Order(nodes, shuffled), Is.EqualTo(order));
        Assert.That(CallChainClustering.Order(nodes, arcs.SelectMany(a => Enumerable.Repeat(a with { Weight = 1 }, (int)a.Weight))), Is.EqualTo(order));
    }

    [Test]
    public void The_largest_numbers_are_no_fault()
    {
        int[] order = Order([(ulong.MaxValue, ulong.MaxValue), (1, ulong.MaxValue), (0, 0)], [(0, 1, ulong.MaxValue), (0, 1, ulong.MaxValue), (1, 2, ulong.MaxValue)]);
        Assert.That(order, Is.EquivalentTo((int[])[0, 1, 2]));
    }

    private static int[] Order((ulong Size, ulong Weight)[] nodes, (int From, int To, ulong Weight)[] arcs) =>
        CallChainClustering.Order([.. nodes.Select(n => new ClusteredNode(n.Size, n.Weight))], arcs.Select(a => new ClusteredArc(a.From, a.To, a.Weight)));
}
