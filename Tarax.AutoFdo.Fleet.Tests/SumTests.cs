using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>What every store must do; the classes below say which store.</summary>
[TestFixture(typeof(ParquetFolders))]
[TestFixture(typeof(ClickHouseShards))]
[NonParallelizable]
public sealed class SumTests<TStores>
    where TStores : IStores, new()
{
    private readonly TStores _stores = new();

    [OneTimeSetUp]
    public void Start() => _stores.Start();

    [OneTimeTearDown]
    public void Stop() => _stores.Quit();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Sum_is_that_of_tarax_counts_for_all_recordings_in_any_order_and_batches_some_twice(int seed)
    {
        var files = FleetEnvironment.CountsFiles;
        var random = new Random(seed);
        using var store = _stores.Make();
        var recordings = files.Concat(files.Where(_ => random.Next(2) == 0))
            .Select(f => PushedRecording.Load(f, new RecordingOrigin { Day = MadeCounts.Day.AddDays(files.ToList().IndexOf(f) % 4) })).ToArray();
        random.Shuffle(recordings);
        int pushed = 0;
        for (int at = 0; at < recordings.Length;)
        {
            int length = Math.Min(random.Next(1, 9), recordings.Length - at);
            pushed += store.Push(recordings[at..(at + length)]).Pushed;
            at += length;
        }

        var pulled = store.Pull(FleetSelection.All);
        Assert.That(pushed, Is.EqualTo(files.Count));
        Assert.That(pulled.Recordings, Is.EqualTo(files.Count));
        Assert.That(FleetEnvironment.Bytes(pulled.Counts), Is.EqualTo(FleetEnvironment.Merged(files)));
    }

    [Test]
    public void Each_recording_comes_back_as_it_was()
    {
        using var store = _stores.Make();
        var recordings = FleetEnvironment.CountsFiles.Select((f, i) => PushedRecording.Load(f, new RecordingOrigin { Day = MadeCounts.Day, HostClass = $"host'{i}" })).ToList();
        store.Push(recordings);
        for (int i = 0; i < recordings.Count; i++)
        {
            var pulled = store.Pull(new FleetSelection { Where = $"host_class = 'host''{i}'" });
            Assert.That(FleetEnvironment.Bytes(pulled.Counts), Is.EqualTo(FleetEnvironment.Bytes(recordings[i].Counts)), FleetEnvironment.CountsFiles[i]);
        }
    }

    [Test]
    public void One_binary_has_the_counts_that_it_has_in_the_sum()
    {
        using var store = _stores.Make();
        store.Push([.. FleetEnvironment.CountsFiles.Select(f => PushedRecording.Load(f, new RecordingOrigin { Day = MadeCounts.Day }))]);
        var sum = RecordingCounts.Load([.. FleetEnvironment.CountsFiles], threads: 1);
        string kernel = sum.Files.First(f => f.IsKernel && f.Counts.Branches.Count > 1000).Counts.BuildId!;
        var pulled = store.Pull(new FleetSelection { BuildId = kernel.ToUpperInvariant() });
        var expected = RecordingCounts.Create(sum.EventNames, sum.Sums, sum.Files.Where(f => f.Counts.BuildId == kernel));
        Assert.That(FleetEnvironment.Bytes(pulled.Counts), Is.EqualTo(FleetEnvironment.Bytes(expected)));
        Assert.That(() => store.Pull(new FleetSelection { BuildId = "abcd" }), Throws.TypeOf<ConversionException>().With.Message.Contains("abcd"));
    }

    [Test]
    public void Counts_of_other_periods_count_as_many_events()
    {
        using var store = _stores.Make();
        store.Push([MadeCounts.Pushed(MadeCounts.Of(5), period: 1000), MadeCounts.Pushed(MadeCounts.Of(7), period: 1500), MadeCounts.Pushed(MadeCounts.Of(9), period: 1500)]);
        var pulled = store.Pull(FleetSelection.All);
        Assert.That(pulled.Weights, Is.EquivalentTo(new Dictionary<ulong, ulong> { [1000] = 2, [1500] = 3 }));
        Assert.That(pulled.Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo((5 * 2) + ((7 + 9) * 3)));
        Assert.That(pulled.Counts.Samples, Is.EqualTo((3 * 2) + (6 * 3)));
    }

    [Test]
    public void Periods_that_are_known_of_some_only_are_not_added_up()
    {
        using var store = _stores.Make();
        store.Push([MadeCounts.Pushed(MadeCounts.Of(5), period: 1000), MadeCounts.Pushed(MadeCounts.Of(7))]);
        Assert.That(() => store.Pull(FleetSelection.All), Throws.TypeOf<InvalidFormatException>().With.Message.Contains("period"));
        Assert.That(store.Pull(new FleetSelection { Where = "period > 0" }).Recordings, Is.EqualTo(1));
    }

    [Test]
    public void Sums_stay_at_the_largest_number_and_times_at_the_smallest()
    {
        using var store = _stores.Make();
        var first = MadeCounts.Of(ulong.MaxValue - 1, time: ulong.MaxValue);
        var second = MadeCounts.Of(5, time: 1UL << 63);
        store.Push([MadeCounts.Pushed(first), MadeCounts.Pushed(second)]);
        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Bytes(RecordingCounts.Merge([first, second]))));
    }

    [TestCase("/opt/\udcff\udc80\\x41/a'b\tc\nd\u0085e\0f")]
    [TestCase("/opt/größe 😀")]
    [TestCase("\\")]
    [TestCase("\\x41 \udcc2\udc85")]
    public void Names_come_back_as_they_were(string name)
    {
        using var store = _stores.Make();
        var counts = MadeCounts.Of(1, name, buildId: "");
        store.Push([MadeCounts.Pushed(counts)]);
        Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Bytes(counts)));
    }

    [Test]
    public void Hosts_with_the_same_counts_count_twice_where_they_say_their_names()
    {
        using var store = _stores.Make();
        var counts = MadeCounts.Of(5);
        Assert.That(store.Push([MadeCounts.Pushed(counts, "a"), MadeCounts.Pushed(counts, "b"), MadeCounts.Pushed(counts, "a")]), Is.EqualTo(new PushResult(2, 1, 7)));
        Assert.That(store.Push([MadeCounts.Pushed(counts, "a", day: MadeCounts.Day.AddDays(1))]).Known, Is.EqualTo(1), "a host was offline, and its clock went on");
        Assert.That(store.Pull(FleetSelection.All).Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(10));
    }

    [Test]
    public void Recordings_that_are_alike_are_added_up_when_they_are_pushed()
    {
        using var store = _stores.Make();
        PushedRecording Of(int i, string hostClass, string tool) =>
            PushedRecording.Of(MadeCounts.Of(1UL << i), new RecordingOrigin { Day = MadeCounts.Day, HostClass = hostClass, Tool = tool, Lost = (ulong)i, Period = 3 });
        var result = store.Push([Of(0, "web", "a"), Of(1, "web", "a"), Of(2, "web", "b"), Of(3, "build", "a")]);
        Assert.That(result, Is.EqualTo(new PushResult(4, 0, 4 + (3 * 5))), "three parts with a row in each table of counts");
        ulong Count(string where) => store.Pull(new FleetSelection { Where = where }).Counts.Files.Single().Counts.Branches.Single().Count;
        Assert.That(Count("tool = 'a'"), Is.EqualTo(11));
        Assert.That(Count("host_class = 'web'"), Is.EqualTo(7));
        Assert.That(Count("lost > 1"), Is.EqualTo(12), "no part is chosen by halves");
        Assert.That(() => Count("lost = 0"), Throws.TypeOf<InvalidFormatException>().With.Message.Contains("lost = 0").And.Message.Contains("host_class"));
    }

    [Test]
    public void Days_and_conditions_choose()
    {
        using var store = _stores.Make();
        store.Push([.. Enumerable.Range(0, 4).Select(i => MadeCounts.Pushed(MadeCounts.Of(1UL << i), hostClass: i % 2 == 0 ? "web" : "build", day: MadeCounts.Day.AddDays(i)))]);
        ulong Count(FleetSelection selection) => store.Pull(selection).Counts.Files.Single().Counts.Branches.Single().Count;
        Assert.That(Count(new FleetSelection { Since = MadeCounts.Day.AddDays(1) }), Is.EqualTo(14));
        Assert.That(Count(new FleetSelection { Until = MadeCounts.Day.AddDays(1) }), Is.EqualTo(3));
        Assert.That(Count(new FleetSelection { Where = "host_class = 'web'" }), Is.EqualTo(5));
        Assert.That(Count(new FleetSelection { Event = "branches", Since = MadeCounts.Day.AddDays(2), Until = MadeCounts.Day.AddDays(2) }), Is.EqualTo(4));
        Assert.That(() => store.Pull(new FleetSelection { Event = "cycles" }), Throws.TypeOf<ConversionException>());
        Assert.That(store.Prune(MadeCounts.Day.AddDays(2)), Is.EqualTo(2));
        Assert.That(Count(FleetSelection.All), Is.EqualTo(12));
    }

    [Test]
    public void Binaries_are_listed_by_their_samples_with_the_days_on_which_they_ran()
    {
        using var store = _stores.Make();
        string other = new('a', 40);
        store.Push(
        [
            MadeCounts.Pushed(MadeCounts.Of(5)), MadeCounts.Pushed(MadeCounts.Of(6), day: MadeCounts.Day.AddDays(1)), MadeCounts.Pushed(MadeCounts.Of(7, "/bin/new", buildId: other), day: MadeCounts.Day.AddDays(2)),
        ]);
        Assert.That(store.Top(new FleetSelection { Since = MadeCounts.Day.AddDays(1) }), Is.EqualTo(new FleetBinary[]
        {
            new(other, "/bin/new", 3, 0.5, MadeCounts.Day.AddDays(2), MadeCounts.Day.AddDays(2)),
            new(MadeCounts.BuildId, "/bin/program", 3, 0.5, MadeCounts.Day, MadeCounts.Day.AddDays(1)),
        }));
        Assert.That(store.Drift(FleetSelection.All).Select(d => (d.Day, d.Executions, Math.Round(d.Overlap, 4))), Is.EqualTo(new[]
        {
            (MadeCounts.Day, 5UL, 0.6111), (MadeCounts.Day.AddDays(1), 6UL, 0.6111), (MadeCounts.Day.AddDays(2), 7UL, 0.3889),
        }));
    }

    [Test]
    public void Nothing_is_said_to_be_nothing()
    {
        using var store = _stores.Make();
        store.Push([MadeCounts.Pushed(MadeCounts.Of(5))]);
        Assert.That(() => store.Pull(new FleetSelection { Since = MadeCounts.Day.AddDays(1) }), Throws.TypeOf<ConversionException>());
        Assert.That(() => store.Pull(new FleetSelection { BuildId = "xyz" }), Throws.TypeOf<InvalidFormatException>());
        Assert.That(() => store.Pull(new FleetSelection { Where = "no_such_column = 1" }), Throws.InstanceOf<IOException>().With.Message.Contains("no_such_column"));
    }
}
