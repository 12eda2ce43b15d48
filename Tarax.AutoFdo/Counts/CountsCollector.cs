using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// What one thread has read of files of counts, and not added to the sum yet. Files of one fleet have most branches in common, so that tables are faster than
/// sorting or merging.
/// </summary>
internal sealed class CountsCollector(MergedCounts target)
{
    /// <summary>Different counts from which on they are added to the sum: in tables of 16 MB.</summary>
    private const long MostDistinct = 1 << 18;

    private readonly Dictionary<(string Name, BuildId BuildId, bool IsKernel), CountsTables> _binaries = [];

    private readonly FileCounts.Collected _collected = new();

    public MergedCounts Target => target;

    /// <summary>Where the counts of a binary go.</summary>
    public CountsTables Of(string name, BuildId buildId, bool isKernel)
    {
        if (!_binaries.TryGetValue((name, buildId, isKernel), out var tables))
        {
            tables = new CountsTables();
            _binaries.Add((name, buildId, isKernel), tables);
        }

        return tables;
    }

    /// <summary>Adds to the sum where much has come together.</summary>
    public void FlushIfLarge()
    {
        long distinct = 0;
        foreach (var tables in _binaries.Values)
        {
            distinct += tables.Distinct;
        }

        if (distinct > MostDistinct)
        {
            Flush();
        }
    }

    /// <summary>Adds everything to the sum.</summary>
    public void Flush()
    {
        foreach (var ((name, buildId, isKernel), tables) in _binaries)
        {
            tables.Flush(target.Of(name, buildId, isKernel), _collected);
        }
    }
}
