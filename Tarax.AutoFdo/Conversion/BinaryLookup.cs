using System.Globalization;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Conversion;

/// <summary>Finds a binary in what was counted, and its counts; where there are none, why.</summary>
internal sealed class BinaryLookup(CountedBinaries counted, ConversionOptions options)
{
    /// <summary>The counts of a binary.</summary>
    /// <exception cref="ConversionException">The recording has nothing, or too little, for this binary.</exception>
    public BinaryCounts CountsOf(ElfFile binary, ConversionReport report)
    {
        var layout = new BinaryLayout(binary);
        report.IsKernel = layout.IsKernel;
        bool isOfKernel = layout.IsKernel || binary.Type == ElfType.Relocatable;
        if (binary.IsDebugFile && !isOfKernel)
        {
            throw new ConversionException(
                ConversionFailure.NotRecorded,
                $"{binary.Path}: holds debug information only; give the binary itself, and this file's folder with --debug-dir where it is not found by itself");
        }

        CheckPrivilege(binary, isOfKernel);
        var match = Find(binary, layout, report);
        var tally = counted.Counts.TallyOf(match.Files, layout);
        Note(tally, report);
        if (tally.Sums.Samples < options.MinimumSamples)
        {
            throw new ConversionException(
                ConversionFailure.TooFewSamples,
                $"{binary.Path}: {(tally.Sums.Samples == 0 ? "none" : $"only {Rate.Of(tally.Sums.Samples, (ulong)counted.Totals.Samples)}")} of the samples lie in it, fewer than the {options.MinimumSamples} that are asked for. "
                + $"Most samples lie in: {MostSampled()}. Record longer, or convert one of these, or lower --min-samples.");
        }

        var counts = tally.ToCounts(binary.BuildId.IsEmpty ? null : binary.BuildId.ToString());
        return options.UseBranchStacks ? counts : counts.OfAddressesOnly();
    }

    /// <summary>An event that leaves out user space, or the kernel, says nothing of a binary there.</summary>
    private void CheckPrivilege(ElfFile binary, bool isOfKernel)
    {
        if (isOfKernel && counted.Excludes.Kernel)
        {
            throw new ConversionException(
                ConversionFailure.KernelNotRecorded,
                $"{binary.Path}: is of the kernel, but {counted.EventName} was recorded in user space only. Record the kernel: perf record -a -b -e EVENT:k (as root). Most samples lie in: {MostSampled()}");
        }

        if (!isOfKernel && counted.Excludes.User)
        {
            throw new ConversionException(
                ConversionFailure.UserNotRecorded,
                $"{binary.Path}: runs in user space, but {counted.EventName} was recorded in the kernel only. Record the program: perf record -b -e EVENT:u -- PROGRAM. Most samples lie in: {MostSampled()}");
        }
    }

    private BinaryMatch Find(ElfFile binary, BinaryLayout layout, ConversionReport report)
    {
        var match = BinaryMatch.Find(counted.MappedFiles, binary.Path, binary.BuildId, layout.IsKernel, options.MappedAs);
        if (counted.MappedFiles.Any(f => f.IsOfElf) && match.Kind is not (MatchKind.User or MatchKind.Name or MatchKind.Inode))
        {
            return OfElf(binary, report);
        }

        if (counted.MappedFiles is [{ IsAsLinked: true } asLinked])
        {
            return AsLinked(binary, layout, asLinked, report);
        }

        string identity = binary.BuildId.IsEmpty ? "which has no build-id" : $"build-id {binary.BuildId}";
        switch (match.Kind)
        {
            case MatchKind.OtherBuildId:
                throw OtherBuild(binary, identity, match.Files);
            case MatchKind.None:
                throw new ConversionException(
                    ConversionFailure.NotRecorded,
                    $"{binary.Path}, {identity}, {(options.MappedAs is null ? "" : $"taken for {options.MappedAs}, ")}was not mapped in this recording. "
                    + $"Most samples lie in: {MostSampled()}. Give one of these, or say under which name the binary ran: --mapped-as NAME");
            case MatchKind.Name:
                report.Note(DiagnosticId.MatchedByName, $"recognised by its name as {string.Join(", ", match.Files.Select(f => f.Name))}, since {(binary.BuildId.IsEmpty ? "it has no build-id" : "the recording has no build-id for it")}");
                break;
        }

        if (match.Kind == MatchKind.User && !binary.BuildId.IsEmpty && !match.Files.Any(f => f.BuildId.IsEmpty || f.BuildId.Matches(binary.BuildId)))
        {
            report.Warn(
                DiagnosticId.OtherBuild,
                $"{binary.Path} ({identity}) is another build than the recorded {RecordedNames(match.Files)}: its counts are those of the recorded code at the same places of the file, right only where both are the same; give the build that ran");
        }

        NoteReplaced(match, report);
        report.Identification = match.Kind switch
        {
            MatchKind.BuildId => BinaryIdentification.BuildId,
            MatchKind.User => BinaryIdentification.Option,
            MatchKind.Inode => BinaryIdentification.Inode,
            _ => BinaryIdentification.Name,
        };
        return match;
    }

    /// <summary>Other builds that ran from the same path.</summary>
    private void NoteReplaced(BinaryMatch match, ConversionReport report)
    {
        var paths = match.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var samples = counted.Counts.SamplesByFile();
        ulong others = samples.Where(s => paths.Contains(s.Key.Path) && !match.Files.Any(f => MappedFile.SameFile.Equals(f, s.Key))).Aggregate(0UL, (sum, s) => SaturatingSum.Of(sum, s.Value));
        if (others > 0 && match.Kind != MatchKind.User)
        {
            report.Warn(DiagnosticId.ReplacedBinary, $"another file ran from the same path, {Rate.Of(others, (ulong)counted.Totals.Samples)} of the samples: they are not of this binary, and are left out; convert them with the other file");
        }
    }

    /// <summary>The binary for a pre-aggregated text, whose addresses are of the file wherever it runs: what has its build-id, and what has none.</summary>
    private BinaryMatch OfElf(ElfFile binary, ConversionReport report)
    {
        var named = counted.MappedFiles.Where(f => f.BuildId.Matches(binary.BuildId)).ToHashSet();
        var unnamed = counted.MappedFiles.Where(f => f.IsOfElf && f.BuildId.IsEmpty).ToHashSet();
        if (named.Count + unnamed.Count == 0)
        {
            throw OtherBuild(binary, binary.BuildId.IsEmpty ? "which has no build-id" : $"build-id {binary.BuildId}", counted.MappedFiles.Where(f => f.IsOfElf).ToHashSet());
        }

        if (unnamed.Count > 0)
        {
            report.Note(DiagnosticId.AddressesAsLinked, "the text does not say by build-ids of which file its addresses are, so they were taken for those of this binary");
        }

        report.Identification = named.Count > 0 ? BinaryIdentification.BuildId : BinaryIdentification.Option;
        return new BinaryMatch(MatchKind.BuildId, named.Union(unnamed).ToHashSet());
    }

    /// <summary>The binary for a text of perf script without mappings: only where it runs at the addresses it was linked for.</summary>
    private BinaryMatch AsLinked(ElfFile binary, BinaryLayout layout, MappedFile asLinked, ConversionReport report)
    {
        if (binary.Type != ElfType.Executable && !layout.IsKernel)
        {
            throw new ConversionException(
                ConversionFailure.NotRecorded,
                $"{counted.Path}: has no mappings, so the addresses in it cannot be told to lie in {binary.Path}, which runs at any address. Print them too: perf script --show-mmap-events -F comm,pid,time,ip,brstack");
        }

        report.Identification = BinaryIdentification.Name;
        report.Note(DiagnosticId.AddressesAsLinked, "the text has no mappings, so its addresses were taken for those of the binary as it was linked; perf script --show-mmap-events prints them");
        return new BinaryMatch(MatchKind.Name, new HashSet<MappedFile> { asLinked });
    }

    private static ConversionException OtherBuild(ElfFile binary, string identity, IReadOnlySet<MappedFile> files)
    {
        string recorded = RecordedNames(files);
        string path = Path.GetFullPath(binary.Path);
        return files.Any(f => f.Name == path)
            ? new ConversionException(
                ConversionFailure.OtherBuild,
                $"{binary.Path}, {identity}, has been built anew since the recording, which saw {recorded} there. "
                + "Give the binary that was running, record again, or say that this one will do: --mapped-as NAME")
            : new ConversionException(
                ConversionFailure.OtherBuild,
                $"{binary.Path}, {identity}, is another build than the recorded {recorded}. "
                + "Give the binary that was running, or say that this one will do: --mapped-as NAME");
    }

    private static string RecordedNames(IEnumerable<MappedFile> files) =>
        string.Join(", ", files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{f.Name} (build-id {f.BuildId})"));

    private string MostSampled()
    {
        const int Shown = 3;
        var top = counted.Binaries().Take(Shown)
            .Select(b => $"{b.Name} {(100 * b.Share).ToString("0.0", CultureInfo.InvariantCulture)} %{(b.BuildId.Length == 0 ? "" : $" (build-id {b.BuildId})")}");
        return string.Join(", ", top.DefaultIfEmpty("no mapped file"));
    }

    private static void Note(FileCounts tally, ConversionReport report)
    {
        report.SamplesInBinary = tally.Sums.Samples;
        report.RangeExecutions = tally.Sums.RangesSeen;
        report.Drop("the next branch lies outside of the binary", tally.Sums.RangesLeaving);
        report.Drop("the next branch lies before the range", tally.Sums.RangesBackward);
        report.Drop("longer than 1 MiB", tally.Sums.RangesTooLong);
        ulong dropped = tally.Sums.RangesLeaving + tally.Sums.RangesBackward + tally.Sums.RangesTooLong;
        if (dropped > tally.Sums.RangesSeen / 100)
        {
            report.Warn(DiagnosticId.DroppedRanges, $"{Rate.Of(dropped, tally.Sums.RangesSeen)} of the ranges have an impossible end and were dropped; the branch stacks may be filtered, or the binary is another build");
        }
    }
}
