using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet;

/// <summary>What became of recordings that were pushed.</summary>
/// <param name="Pushed">Recordings that are counted now, and were not before.</param>
/// <param name="Known">Recordings that were counted already, or came twice.</param>
/// <param name="Rows">Rows that were written.</param>
public sealed record PushResult(int Pushed, int Known, long Rows);

/// <summary>The sum of a part of a fleet.</summary>
/// <param name="Counts">The counts, as of one recording.</param>
/// <param name="Recordings">Recordings that were added up.</param>
/// <param name="Weights">By what the counts of recordings of each period were multiplied; one weight of 1 where all have the same period.</param>
public sealed record PulledCounts(RecordingCounts Counts, long Recordings, IReadOnlyDictionary<ulong, ulong> Weights);

/// <summary>A binary's part in a fleet.</summary>
/// <param name="BuildId">Its build-id in hexadecimal; empty where it is not known.</param>
/// <param name="Name">Its path; of several the first.</param>
/// <param name="Samples">Its samples, weighted by period.</param>
/// <param name="Share">Its share of all samples, 0 to 1.</param>
/// <param name="FirstDay">The first day in the whole fleet on which it ran.</param>
/// <param name="LastDay">The last day of the selection on which it ran.</param>
public sealed record FleetBinary(string BuildId, string Name, ulong Samples, double Share, DateOnly FirstDay, DateOnly LastDay);

/// <summary>How a day compares with the sum.</summary>
/// <param name="Day">The day.</param>
/// <param name="Executions">Branches (without branch stacks: samples) that were counted on it.</param>
/// <param name="Overlap">Share that its distribution over branches has in common with the sum's: 1 the same, 0 nothing.</param>
public sealed record DayOverlap(DateOnly Day, ulong Executions, double Overlap);

/// <summary>A store of counts that adds them up. Not for several threads at once; several processes may push and pull at the same time.</summary>
public abstract class FleetStore : IDisposable
{
    /// <summary>Adds recordings. Each is counted once, however often it comes; one that could not be pushed whole is not counted.</summary>
    /// <param name="recordings">The recordings.</param>
    /// <exception cref="IOException">The store cannot be read or written. Those of the recordings that were pushed are known when they are pushed again.</exception>
    /// <exception cref="Diagnostics.InvalidFormatException">What is in the store is not of its schema.</exception>
    public abstract PushResult Push(IReadOnlyCollection<PushedRecording> recordings);

    /// <summary>Adds a part of the fleet up.</summary>
    /// <param name="selection">Which part.</param>
    /// <exception cref="Diagnostics.ConversionException">There are no samples in it.</exception>
    /// <exception cref="IOException">The store cannot be read, or changes all the time.</exception>
    /// <exception cref="Diagnostics.InvalidFormatException">What is in the store is not of its schema.</exception>
    public abstract PulledCounts Pull(FleetSelection selection);

    /// <summary>Which binaries matter, those with most samples first.</summary>
    /// <param name="selection">Of which part of the fleet.</param>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public abstract IReadOnlyList<FleetBinary> Top(FleetSelection selection);

    /// <summary>How each day compares with the sum of all of them.</summary>
    /// <param name="selection">Of which part of the fleet.</param>
    /// <exception cref="Diagnostics.ConversionException">There are no samples in it.</exception>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public abstract IReadOnlyList<DayOverlap> Drift(FleetSelection selection);

    /// <summary>Removes all days before one, and what pushes that failed have left.</summary>
    /// <param name="before">The first day that stays; null to remove only what failed pushes have left.</param>
    /// <returns>Number of days that were removed.</returns>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public abstract int Prune(DateOnly? before);

    /// <summary>Closes the store.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store.</summary>
    /// <param name="disposing">Whether it is closed by hand.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
