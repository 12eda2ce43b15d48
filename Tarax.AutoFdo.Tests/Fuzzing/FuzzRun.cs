using System.Globalization;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Tests.Fuzzing;

/// <summary>Gives many damaged inputs to the readers, and watches what they do.</summary>
internal sealed partial class FuzzRun
{
    /// <summary>An input of at most 1 MiB that takes more time of the processor is a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>More bytes than this, all that was allocated for one input together, are out of proportion.</summary>
    private const long MostAllocated = 300L << 20;

    private readonly Mutator _mutator = new(FuzzSeeds.All);
    private readonly List<string> _faults = [];
    private long _inputs;
    private long _refused;
    private long _slowestTicks;
    private long _mostAllocated;

    /// <summary>Inputs that were tried.</summary>
    public long Inputs => _inputs;

    /// <summary>Of these, the ones that were refused with a message.</summary>
    public long Refused => _refused;

    /// <summary>Inputs that broke something, each with what and how to try it again.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public TimeSpan Slowest => TimeSpan.FromTicks(_slowestTicks);

    /// <summary>Bytes allocated for the input that needed most.</summary>
    public long MostBytes => _mostAllocated;

    /// <summary>Tries the inputs of some numbers, on all processors.</summary>
    public void Try(long first, long count, CancellationToken cancellation = default)
    {
        long next = first - 1;
        var workers = new Thread[Environment.ProcessorCount];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(() =>
            {
                for (long number; (number = Interlocked.Increment(ref next)) < first + count && !cancellation.IsCancellationRequested;)
                {
                    var (seed, input) = _mutator.Make(number);
                    Try(seed.Format, input, $"{number} ({seed.Format} {seed.Name})");
                }
            });
            workers[i].Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }
    }

    /// <summary>Tries every truncation of every seed.</summary>
    public void TryTruncations()
    {
        foreach (var seed in FuzzSeeds.All)
        {
            for (int length = 0; length < seed.Bytes.Length; length++)
            {
                Try(seed.Format, seed.Bytes[..length], string.Create(CultureInfo.InvariantCulture, $"{seed.Format} {seed.Name} cut to {length} bytes"));
            }
        }
    }

    /// <summary>Tries one input.</summary>
    public void Try(FuzzFormat format, byte[] input, string name)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime();
        string? fault = null;
        try
        {
            if (FuzzTarget.Run(format, input) is not null)
            {
                Interlocked.Increment(ref _refused);
            }
        }
        catch (Exception e)
        {
            fault = e.ToString();
        }

        var time = ThreadTime() - start;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        fault ??= time > Patience ? $"took {time.TotalSeconds:0.0} s" : allocated > MostAllocated ? $"allocated {allocated >> 20} MiB" : null;
        Interlocked.Increment(ref _inputs);
        Raise(ref _slowestTicks, time.Ticks);
        Raise(ref _mostAllocated, allocated);
        if (fault is not null)
        {
            lock (_faults)
            {
                _faults.Add($"{name}: {fault}");
            }
        }
    }

    /// <summary>Processor time of this thread, which does not pass while others run.</summary>
    private static TimeSpan ThreadTime()
    {
        const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID
        return clock_gettime(ThreadClock, out var time) == 0 ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100)) : new TimeSpan(DateTime.UtcNow.Ticks);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    private static void Raise(ref long most, long value)
    {
        long seen = Volatile.Read(ref most);
        while (value > seen)
        {
            long before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
