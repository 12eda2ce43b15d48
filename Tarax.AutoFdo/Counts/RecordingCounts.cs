using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// What recordings say of all their binaries, by build-id: kilobytes that a machine sends instead of its recording. Counts of many machines are added up, in any
/// order, and profiles are made of the sum as of one recording, where the binaries are.
/// </summary>
public sealed class RecordingCounts
{
    internal RecordingCounts(CountedBinaries counted) => Counted = counted;

    /// <summary>Number of samples.</summary>
    public long Samples => Counted.Totals.Samples;

    /// <summary>Names of the events that were counted.</summary>
    public IReadOnlyList<string> EventNames => Counted.EventName.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The binaries that have samples, those with most first.</summary>
    public IReadOnlyList<RecordedBinary> Binaries => Counted.Binaries();

    /// <summary>Sums over all samples.</summary>
    public RecordingSums Sums => new(Counted.Totals.Samples, Counted.Totals.SamplesWithBranchStack, Counted.Totals.BranchEntries);

    /// <summary>All files that have counts, the kernel's too, by name and build-id: what <see cref="Create"/> takes.</summary>
    public IReadOnlyList<CountedFile> Files => [.. CountedFiles().Select(file => ToCounted(file, Counted.Counts.Of(file)))];

    internal CountedBinaries Counted { get; }

    /// <summary>Makes counts of what another store has kept; the same content writes the same bytes, in whatever order it comes.</summary>
    /// <param name="eventNames">Names of the events that were counted: any number, none of them empty or with a line feed.</param>
    /// <param name="sums">Sums over all samples; none is negative.</param>
    /// <param name="files">The files; counts of files with the same name and build-id are added up, as are repeated counts in them; counts of 0 are left out.</param>
    /// <exception cref="ArgumentException">A name, a build-id or a number is none.</exception>
    public static RecordingCounts Create(IEnumerable<string> eventNames, RecordingSums sums, IEnumerable<CountedFile> files)
    {
        ArgumentNullException.ThrowIfNull(eventNames);
        ArgumentNullException.ThrowIfNull(files);
        if (sums.Samples < 0 || sums.SamplesWithBranchStack < 0 || sums.BranchEntries < 0)
        {
            throw new ArgumentException("a sum is negative", nameof(sums));
        }

        var merged = new MergedCounts();
        merged.AddRecording("", new SampleTotals { Samples = sums.Samples, SamplesWithBranchStack = sums.SamplesWithBranchStack, BranchEntries = sums.BranchEntries });
        foreach (string name in eventNames)
        {
            merged.AddRecording(name.Length > 0 && !name.Contains('\n', StringComparison.Ordinal) ? name : throw new ArgumentException("the name of an event is empty, or has several lines", nameof(eventNames)), new SampleTotals());
        }

        foreach (var file in files)
        {
            if (!BuildId.TryParse(file.Counts.BuildId ?? "", out var buildId))
            {
                throw new ArgumentException($"{file.Name}: the build-id is not hexadecimal", nameof(files));
            }

            merged.Of(file.Name, buildId, file.IsKernel).Take(Collected(file));
        }

        return Of(merged, "the counts");
    }

    /// <summary>Reads counts, in either form.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFormatException">The file is not of counts, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RecordingCounts Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Load([path], threads: 1);
    }

    /// <summary>Reads counts and adds them up, without holding more than the sum and one file for each thread.</summary>
    /// <param name="paths">The files, in any order and of either form.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <exception cref="InvalidFormatException">A file is not of counts, or is damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static RecordingCounts Load(IReadOnlyCollection<string> paths, int threads)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var merged = new MergedCounts();
        try
        {
            Parallel.ForEach(
                paths,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => new CountsCollector(merged),
                (path, _, collector) =>
                {
                    Read(path, collector);
                    collector.FlushIfLarge();
                    return collector;
                },
                collector => collector.Flush());
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return Of(merged, paths.Count == 1 ? paths.First() : $"the counts of {paths.Count} files");
    }

    /// <summary>Adds counts up: the order does not matter.</summary>
    /// <param name="counts">The counts, which stay as they are.</param>
    public static RecordingCounts Merge(IEnumerable<RecordingCounts> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var merged = new MergedCounts();
        foreach (var each in counts)
        {
            merged.AddRecording(each.Counted.EventName, each.Counted.Totals);
            foreach (var file in each.Counted.Counts.Files)
            {
                Add(each.Counted.Counts.Of(file), merged.Of(file.Name, file.BuildId, file.IsKernel));
            }
        }

        return Of(merged, "the counts");
    }

    /// <summary>The counts of one binary, by its file offsets, without its file: of the kernel and its modules positions are addresses, which only the file turns into offsets.</summary>
    /// <param name="binary">One of <see cref="Binaries"/>, or one of the same name and build-id.</param>
    /// <exception cref="ConversionException">It has no counts here, or is of the kernel.</exception>
    public BinaryCounts Of(RecordedBinary binary)
    {
        ArgumentNullException.ThrowIfNull(binary);
        var files = Counted.Counts.Files.Where(f => f.Name == binary.Name && f.BuildId.ToString().Equals(binary.BuildId, StringComparison.OrdinalIgnoreCase)).ToHashSet();
        if (files.Count == 0)
        {
            throw new ConversionException(ConversionFailure.NotRecorded, $"{binary.Name}{(binary.BuildId.Length == 0 ? "" : $" (build-id {binary.BuildId})")}: has no counts here");
        }

        if (files.Any(f => f.IsKernel || f.IsAsLinked))
        {
            throw new ConversionException(ConversionFailure.NotRecorded, $"{binary.Name}: its positions are addresses, which become file offsets by the file only: Recording.CountsOf");
        }

        var merged = new FileCounts();
        foreach (var file in files)
        {
            Add(Counted.Counts.Of(file), merged);
        }

        return merged.ToCounts(binary.BuildId.Length == 0 ? null : binary.BuildId);
    }

    /// <summary>Writes the binary form. The file appears whole or not at all.</summary>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the binary form: magic, version, counts, checksum.</summary>
    /// <param name="stream">Where to write it.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(CountsWriter.Write(Counted.EventName, CountedFiles(), Counted.Counts));
    }

    /// <summary>Writes the text form. The file appears whole or not at all.</summary>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveText(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        WriteText(writer);
    });

    /// <summary>Writes the text form.</summary>
    /// <param name="writer">Where to write it; lines end with a single line feed.</param>
    public void WriteText(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        CountsListing.Write(Counted.EventName, CountedFiles(), Counted.Counts, writer);
    }

    /// <summary>Whether a file is there and begins as counts do.</summary>
    /// <param name="path">The file.</param>
    public static bool IsCountsFile(string path)
    {
        var start = FileSystem.Start(path, new byte[CountsFormat.TextMagicBytes.Length]);
        return start.StartsWith(CountsFormat.Magic) || start.SequenceEqual(CountsFormat.TextMagicBytes);
    }

    /// <summary>Files of the same name and build-id are one, in a fixed order.</summary>
    private List<MappedFile> CountedFiles() =>
        [.. Counted.Counts.Files.OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.BuildId.ToString(), StringComparer.Ordinal).ThenBy(f => f.IsKernel)];

    private static RecordingCounts Of(MergedCounts merged, string source) =>
        new(new CountedBinaries(source, merged.Files, merged.Counts) { EventName = string.Join('\n', merged.Events) });

    /// <summary>Reads counts, in either form, from memory.</summary>
    internal static RecordingCounts Read(ByteSource source, string? name = null)
    {
        var merged = new MergedCounts();
        var collector = new CountsCollector(merged);
        try
        {
            Read(source, collector);
        }
        catch (InvalidFormatException e) when (name is not null)
        {
            throw new InvalidFormatException(name, e);
        }

        collector.Flush();
        return Of(merged, name ?? source.Name);
    }

    private static void Read(string path, CountsCollector target)
    {
        try
        {
            using var source = CompressedFile.Open(path, CountsFormat.Name);
            Read(source, target);
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(path, e);
        }
    }

    private static void Read(ByteSource source, CountsCollector target)
    {
        if (source.Length > int.MaxValue)
        {
            throw new InvalidFormatException(CountsFormat.Name, "length", 0, $"is {source.Length} bytes, where 2 GB are the most");
        }

        var bytes = source.Span("counts", 0, source.Length);
        if (bytes.StartsWith(CountsFormat.TextMagicBytes))
        {
            using var reader = new StreamReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8);
            CountsListing.Read(reader, target);
        }
        else if (bytes.StartsWith(CountsFormat.Magic))
        {
            CountsReader.Read(bytes, target);
        }
        else
        {
            throw new InvalidFormatException(CountsFormat.Name, "magic", 0, "this is not a file of counts");
        }
    }

    private static CountedFile ToCounted(MappedFile file, FileCounts counts)
    {
        var sums = counts.Sums;
        return new CountedFile(
            file.Name,
            file.IsKernel,
            new CountedFileSums(sums.Samples, sums.BranchesInto, sums.RangesSeen, sums.RangesLeaving, sums.RangesBackward, sums.RangesTooLong),
            counts.ToCounts(file.BuildId.IsEmpty ? null : file.BuildId.ToString()));
    }

    private static FileCounts.Collected Collected(CountedFile file)
    {
        var (samples, branches, seen, leaving, backward, tooLong) = file.Sums;
        var collected = new FileCounts.Collected
        {
            Sums = new FileSums { Samples = samples, BranchesInto = branches, RangesSeen = seen, RangesLeaving = leaving, RangesBackward = backward, RangesTooLong = tooLong },
        };
        collected.Branches.AddRange(file.Counts.Branches.Where(b => b.Count > 0));
        collected.Ranges.AddRange(file.Counts.Ranges.Where(r => r.Count > 0));
        collected.Samples.AddRange(file.Counts.Samples.Where(s => s.Count > 0));
        collected.Entries.AddRange(file.Counts.Entries.Where(e => e.Count > 0));
        return collected;
    }

    private static void Add(FileCounts from, FileCounts to) =>
        to.AddSorted([.. from.Branches.ToList()], [.. from.Ranges.ToList()], [.. from.Samples.ToList()], [.. from.Entries.ToList()], from.Sums);
}
