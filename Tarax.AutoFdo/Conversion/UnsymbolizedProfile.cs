using System.Globalization;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Conversion;

/// <summary>
/// Counts of one binary as <c>llvm-profgen --skip-symbolization</c> writes and <c>--unsymbolized-profile</c> reads them (llvm/tools/llvm-profgen/PerfReader.cpp, writeUnsymbolizedProfile): two
/// sections, ranges <c>begin-end:count</c> and branches <c>from-&gt;to:count</c>, each behind the number of its lines. Addresses are hexadecimal distances from the page in which the first
/// executable segment begins; a branch from outside of the binary has a source that makes address 1. <see cref="CountsText"/> has a section more.
/// </summary>
public static class UnsymbolizedProfile
{
    private const ulong Page = 4096;
    private const ulong External = 1;

    /// <summary>Writes counts.</summary>
    /// <param name="counts">What to write; samples of addresses and times are not kept.</param>
    /// <param name="binary">The binary whose counts they are.</param>
    /// <param name="writer">Where to write; lines end with a single line feed.</param>
    /// <returns>Executions of ranges and branches that are not in the binary's code, which are left out.</returns>
    /// <exception cref="ConversionException">The binary has no executable segment.</exception>
    public static ulong Write(BinaryCounts counts, Binary binary, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(binary);
        ArgumentNullException.ThrowIfNull(writer);
        ulong start = Base(binary.File);
        string? Text(ulong offset) => binary.File.TryGetVirtualAddress(offset, out ulong address) ? unchecked(address - start).ToString("x", CultureInfo.InvariantCulture) : null;
        var ranges = counts.Ranges.Select(r => (First: Text(r.Start), Second: Text(r.End), r.Count));
        var branches = counts.Branches.Select(b => (First: Text(b.From), Second: Text(b.To), b.Count));
        var entries = counts.Entries.Select(e => (First: (string?)unchecked(External - start).ToString("x", CultureInfo.InvariantCulture), Second: Text(e.Address), e.Count));
        return SaturatingSum.Of(Write(ranges, "-", writer), Write(branches.Concat(entries), "->", writer));
    }

    private static ulong Write(IEnumerable<(string? First, string? Second, ulong Count)> all, string separator, TextWriter writer)
    {
        ulong outside = 0;
        var lines = new List<(string? First, string? Second, ulong Count)>();
        foreach (var line in all)
        {
            if (line is { First: not null, Second: not null })
            {
                lines.Add(line);
            }
            else
            {
                outside = SaturatingSum.Of(outside, line.Count);
            }
        }

        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{lines.Count}\n"));
        foreach (var (first, second, count) in lines)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{first}{separator}{second}:{count}\n"));
        }

        return outside;
    }

    /// <summary>Counts by file offset, from counts by distance from the code's first page.</summary>
    /// <param name="counts">What was read; the sources of all branches are distances.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="outside">Executions of ranges and branches that are not in the binary's code.</param>
    internal static BinaryCounts ByFileOffset(BinaryCounts counts, ElfFile binary, out ulong outside)
    {
        ulong start = Base(binary);
        ulong without = 0;
        var collected = new FileCounts.Collected();
        foreach (var (begin, end, count, _) in counts.Ranges)
        {
            if (binary.TryGetFileOffset(unchecked(begin + start), out ulong first) && binary.TryGetFileOffset(unchecked(end + start), out ulong last) && last >= first)
            {
                collected.Ranges.Add(new RangeCount(first, last, count, 0));
            }
            else
            {
                without = SaturatingSum.Of(without, count);
            }
        }

        foreach (var (from, to, count) in counts.Branches)
        {
            if (!binary.TryGetFileOffset(unchecked(to + start), out ulong target))
            {
                without = SaturatingSum.Of(without, count);
            }
            else if (binary.TryGetFileOffset(unchecked(from + start), out ulong source))
            {
                collected.Branches.Add(new BranchCount(source, target, count));
            }
            else
            {
                collected.Entries.Add(new AddressCount(target, count, 0));
            }
        }

        outside = without;
        var sorted = new FileCounts();
        sorted.Take(collected);
        return sorted.ToCounts(counts.BuildId);
    }

    /// <summary>ELF virtual address of the page in which the first executable segment begins (ProfiledBinary.cpp, getPreferredBaseAddress).</summary>
    private static ulong Base(ElfFile binary) =>
        binary.Segments.FirstOrDefault(s => s.IsExecutableLoad) is { MemorySize: > 0 } segment ? segment.VirtualAddress & ~(Page - 1)
            : throw new ConversionException(ConversionFailure.EmptyRecording, $"{binary.Path}: has no executable segment, from which addresses of unsymbolized profiles count");
}
