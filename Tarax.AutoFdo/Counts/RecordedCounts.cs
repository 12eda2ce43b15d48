using System.Collections.Concurrent;

namespace Tarax.AutoFdo.Counts;

/// <summary>What was counted of the samples of one event: sums, and the counts of every mapped file.</summary>
internal sealed class RecordedCounts
{
    private readonly ConcurrentDictionary<MappedFile, FileCounts> _files = new(ReferenceEqualityComparer.Instance);

    public SampleTotals Totals { get; } = new();

    /// <summary>The counts of a file, to which any thread may add.</summary>
    public FileCounts Of(MappedFile file) => _files.GetOrAdd(file, _ => new FileCounts());

    /// <summary>Adds the counts of other samples, which stay.</summary>
    public void Add(RecordedCounts other)
    {
        Totals.Add(other.Totals);
        foreach (var (file, counts) in other._files)
        {
            Of(file).Add(counts);
        }
    }

    /// <summary>The files that have counts.</summary>
    public IEnumerable<MappedFile> Files => _files.Keys;

    /// <summary>Number of samples whose address lies in each mapped file.</summary>
    public Dictionary<MappedFile, ulong> SamplesByFile() => ByFile(sums => sums.Samples);

    /// <summary>Number of recorded branches whose target lies in each mapped file.</summary>
    public Dictionary<MappedFile, ulong> BranchesByFile() => ByFile(sums => sums.BranchesInto);

    /// <summary>The counts that lie in one binary, by file offset.</summary>
    /// <param name="files">The mapped files that are this binary.</param>
    /// <param name="layout">How positions in them become file offsets.</param>
    public FileCounts TallyOf(IReadOnlySet<MappedFile> files, BinaryLayout layout)
    {
        var counted = files.Where(_files.ContainsKey).ToList();
        if (counted is [var only] && layout.HasFileOffsets(only))
        {
            return _files[only];
        }

        var collected = new FileCounts.Collected();
        var offsets = new FileCounts();
        foreach (var file in counted)
        {
            new PositionTranslation(file, layout, collected).Add(_files[file]);
            offsets.Take(collected);
        }

        return offsets;
    }

    private Dictionary<MappedFile, ulong> ByFile(Func<FileSums, ulong> choose)
    {
        var result = new Dictionary<MappedFile, ulong>(MappedFile.SameFile);
        foreach (var (file, counts) in _files)
        {
            if (choose(counts.Sums) is > 0 and var sum)
            {
                result[file] = result.GetValueOrDefault(file) + sum;
            }
        }

        return result;
    }
}
