using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Runs at the same time, that do not know of each other.</summary>
[TestFixture(typeof(ParquetFolders))]
[TestFixture(typeof(ClickHouseShards))]
[NonParallelizable]
public sealed class ConcurrentTests<TStores>
    where TStores : IStores, new()
{
    private const int Recordings = 48;

    private readonly TStores _stores = new();

    [OneTimeSetUp]
    public void Start() => _stores.Start();

    [OneTimeTearDown]
    public void Stop() => _stores.Quit();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Pushes_that_overlap_count_each_recording_once(int seed)
    {
        // Each has a bit of its own, so that the sum shows which are missing or there twice.
        var recordings = Enumerable.Range(0, Recordings).Select(i => MadeCounts.Pushed(MadeCounts.Of(1UL << i), hostClass: i % 3 == 0 ? "web" : "build", day: MadeCounts.Day.AddDays(i % 2))).ToArray();
        using var store = _stores.Make();
        int pushed = 0;
        Run(4, number =>
        {
            var random = new Random((seed * 100) + number);
            for (int i = 0; i < 4; i++)
            {
                using var own = _stores.Again();
                PushedRecording[] some = [.. recordings.Where(_ => random.Next(3) == 0)];
                random.Shuffle(some);
                Interlocked.Add(ref pushed, own.Push(some).Pushed);
                if (i == 2 && own is ParquetFolder folder)
                {
                    Compact(folder);
                }
            }
        });
        pushed += store.Push(recordings).Pushed;

        var pulled = store.Pull(FleetSelection.All);
        Assert.That(pushed, Is.EqualTo(Recordings));
        Assert.That(pulled.Recordings, Is.EqualTo(Recordings));
        Assert.That(pulled.Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo((1UL << Recordings) - 1));
        Assert.That(FleetEnvironment.Bytes(pulled.Counts), Is.EqualTo(FleetEnvironment.Bytes(RecordingCounts.Merge(recordings.Select(r => r.Counts)))));
    }

    [Test]
    public void A_sum_that_is_taken_meanwhile_has_no_recording_twice()
    {
        var recordings = Enumerable.Range(0, 30).Select(i => MadeCounts.Pushed(MadeCounts.Of(1UL << (2 * i)))).ToArray();
        using var store = _stores.Make();
        store.Push(recordings[..1]);
        Run(3, number =>
        {
            using var own = _stores.Again();
            for (int i = 0; i < 8; i++)
            {
                if (number > 0)
                {
                    own.Push(recordings[..(1 + ((number + i) * 2))]);
                    continue;
                }

                try
                {
                    ulong sum = own.Pull(FleetSelection.All).Counts.Files.Single().Counts.Branches.Single().Count;
                    Assert.That(sum & 0xaaaa_aaaa_aaaa_aaaa, Is.Zero, $"{sum:x}");
                }
                catch (IOException e)
                {
                    Assert.That(e.Message, Does.Contain("changed each time"));
                }
            }
        });
    }

    private static void Compact(ParquetFolder folder)
    {
        try
        {
            folder.Compact(DateOnly.MaxValue);
        }
        catch (IOException e)
        {
            // Two runs that put a day together: one of them has not.
            Assert.That(e.Message, Does.Contain("another run"));
        }
    }

    /// <summary>Runs on threads; what fails on one fails the test.</summary>
    private static void Run(int threads, Action<int> action) =>
        Assert.That(() => Task.WaitAll([.. Enumerable.Range(0, threads).Select(i => Task.Factory.StartNew(() => action(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]), Throws.Nothing);
}
