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

    [Test]
    public void A_shard_that_is_killed_in_the_middle_of_rows_that_are_pushed_leaves_nothing_that_counts() =>
        KilledInPush((proxy, kill) => proxy.CutQuestions(Megabyte, kill));

    [Test]
    public void A_shard_that_is_killed_before_recordings_count_leaves_nothing_that_counts() =>
        KilledInPush((proxy, kill) => proxy.CutBefore("INSERT INTO recording_local", kill));

    /// <summary>A request that ends in the middle is one to ClickHouse: what has come of it is inserted.</summary>
    [Test]
    public void A_push_that_is_cut_while_its_recordings_arrive_leaves_nothing_that_counts()
    {
        using var pair = ClickHousePair.Start();
        using var proxies = new Proxies(pair);
        PushedRecording[] recordings = [.. Enumerable.Range(0, 60).Select(i => MadeCounts.Pushed(MadeCounts.Of(1UL << i)))];
        using var store = new ClickHouseCluster(pair.Addresses);
        store.Push(recordings[..1]);
        for (long bytes = 0; bytes < 12_000; bytes += 1700)
        {
            using var cut = new ClickHouseCluster(proxies.Addresses);
            proxies.Cut((proxy, _) => proxy.CutQuestions(bytes, () => { }));
            Assert.That(() => cut.Push(recordings), Throws.InstanceOf<IOException>(), $"after {bytes} bytes");
            Assert.That(store.Pull(FleetSelection.All).Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(1), $"after {bytes} bytes");
        }

        Assert.That(store.Push(recordings).Pushed, Is.EqualTo(59));
        Assert.That(store.Pull(FleetSelection.All).Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo((1UL << 60) - 1));
    }

    [Test]
    public void The_shard_that_answers_is_killed_in_the_middle_of_a_pull() =>
        KilledInPull((proxies, pair) => proxies.Cut((proxy, _) => proxy.CutAnswers(Megabyte, () => pair.Kill(0))), killed: 0);

    [Test]
    public void Another_shard_is_killed_in_the_middle_of_a_pull() =>
        KilledInPull((_, pair) => pair.Between.CutAnswers(Megabyte / 4, () => pair.Kill(1)), killed: 1);

    private const long Megabyte = 1_000_000;
    private const int Branches = 100_000;

    private static void KilledInPush(Action<CuttingProxy, Action> arm)
    {
        using var pair = ClickHousePair.Start();
        using var proxies = new Proxies(pair);
        string folder = FleetEnvironment.NewFolder();
        string[] files = [Path.Combine(folder, "small.counts"), Path.Combine(folder, "large.counts")];
        MadeCounts.Of(5).Save(files[0]);
        MadeCounts.Many(Branches).Save(files[1]);
        Assert.That(Tool.Run("push", files[0], "-f", Urls(pair.Addresses), "--day", "2026-01-02").Code, Is.Zero);

        int killed = -1;
        proxies.Cut((proxy, number) => arm(proxy, () =>
        {
            killed = number;
            pair.Kill(number);
        }));
        var (code, errors) = Tool.Run("push", files[1], "-f", Urls(proxies.Addresses), "--day", "2026-01-02");
        Assert.That(killed, Is.Not.Negative);
        Assert.That(code, Is.EqualTo(1), errors);
        Assert.That(errors, Does.Contain("ClickHouse"));

        pair.Start(killed);
        using var store = new ClickHouseCluster(pair.Addresses);
        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(File.ReadAllBytes(files[0])));
        Assert.That(Tool.Run("push", folder, "-f", Urls(pair.Addresses), "--day", "2026-01-02").Errors, Does.StartWith("1 recordings pushed, 1 known"));
        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Merged(files)));
    }

    private static void KilledInPull(Action<Proxies, ClickHousePair> arm, int killed)
    {
        using var pair = ClickHousePair.Start();
        using var proxies = new Proxies(pair);
        using var store = new ClickHouseCluster(pair.Addresses);
        var recordings = Enumerable.Range(0, 12).Select(i => MadeCounts.Pushed(MadeCounts.Many(Branches + i), hostClass: $"class {i}")).ToArray();
        store.Push(recordings);
        byte[] sum = FleetEnvironment.Bytes(RecordingCounts.Merge(recordings.Select(r => r.Counts)));

        string folder = FleetEnvironment.NewFolder();
        string output = Path.Combine(folder, "sum.counts");
        File.WriteAllText(output, "an older one");
        arm(proxies, pair);
        var (code, errors) = Tool.Run("pull", "-f", Urls(proxies.Addresses), "-o", output);
        Assert.That(code, Is.EqualTo(1), errors);
        Assert.That(errors, Does.Contain("ClickHouse"));
        Assert.That(Directory.GetFiles(folder), Is.EqualTo(new[] { output }));
        Assert.That(File.ReadAllText(output), Is.EqualTo("an older one"));

        pair.Start(killed);
        pair.Between.Mend();
        Assert.That(Tool.Run("pull", "-f", Urls(pair.Addresses), "-o", output).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(output), Is.EqualTo(sum));
    }

    private static string Urls(IEnumerable<Uri> addresses) => string.Join(',', addresses);

    /// <summary>Proxies before the HTTP interfaces of the shards.</summary>
    private sealed class Proxies(ClickHousePair pair) : IDisposable
    {
        private readonly List<CuttingProxy> _proxies = [.. pair.Addresses.Select(a => new CuttingProxy(a.Port))];

        public IEnumerable<Uri> Addresses => _proxies.Select(p => p.Address);

        public void Cut(Action<CuttingProxy, int> arm)
        {
            for (int i = 0; i < _proxies.Count; i++)
            {
                arm(_proxies[i], i);
            }
        }

        public void Dispose() => _proxies.ForEach(p => p.Dispose());
    }
}
