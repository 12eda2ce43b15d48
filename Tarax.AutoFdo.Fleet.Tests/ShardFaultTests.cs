using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>A shard that ends in the middle of a push or a pull.</summary>
[NonParallelizable]
public sealed class ShardFaultTests
{
    [Test]
    public void A_shard_that_is_killed_is_an_error_and_the_next_push_makes_the_sum_right()
    {
        using var pair = ClickHousePair.Start();
        pair.MakeDatabase("faults");
        using var store = new ClickHouseCluster(pair.Addresses, "fleet", "faults");
        var before = Enumerable.Range(0, 8).Select(i => MadeCounts.Of(1UL << i)).ToList();
        var after = Enumerable.Range(8, 24).Select(i => MadeCounts.Of(1UL << i)).ToList();
        store.Push([.. before.Select(c => MadeCounts.Pushed(c))]);

        pair.Kill(1);
        Assert.That(() => store.Push([.. after.Select(c => MadeCounts.Pushed(c))]), Throws.InstanceOf<IOException>());
        Assert.That(() => store.Pull(FleetSelection.All), Throws.InstanceOf<IOException>().With.Message.Contains("ClickHouse"));

        pair.Start(1);
        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Bytes(RecordingCounts.Merge(before))));
        Assert.That(store.Push([.. after.Concat(before).Select(c => MadeCounts.Pushed(c))]).Known, Is.EqualTo(8));
        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Bytes(RecordingCounts.Merge(before.Concat(after)))));
    }

    [Test]
    public void Rows_that_a_failed_push_has_left_are_not_counted()
    {
        using var pair = ClickHousePair.Start();
        pair.MakeDatabase("left");
        using var store = new ClickHouseCluster(pair.Addresses, "fleet", "left");
        var counts = MadeCounts.Of(5);
        store.Push([MadeCounts.Pushed(counts)]);
        foreach (var address in pair.Addresses)
        {
            using var server = new ClickHouseServer(address, "left");
            foreach (var table in FleetTable.OfParts)
            {
                server.Run($"INSERT INTO {table.Name}_local SELECT day, {string.Join(", ", table.Columns.Select(c => c.Name == "part" ? "part + 1" : c.Name))} FROM {table.Name}");
            }
        }

        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Bytes(counts)));
        Assert.That(store.Top(FleetSelection.All).Single().Samples, Is.EqualTo(3));
    }
}
