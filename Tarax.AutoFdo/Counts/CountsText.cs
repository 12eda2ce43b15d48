using System.Globalization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// The text form of <see cref="BinaryCounts"/>, which is that of <c>create_gcov --profiler=text</c>: three sections, each the
/// number of its lines and then the lines, ranges <c>begin-end:count</c>, samples <c>address:count</c> and branches
/// <c>from-&gt;to:count</c>. Offsets are hexadecimal, counts decimal. A branch from outside of the binary stands as one from
/// offset 0, where no code can be. Times are not kept.
/// </summary>
public static class CountsText
{
    private const string Format = "counts text";
    private const ulong Outside = 0;

    /// <summary>Whether bytes begin as the text form does: with a number in a line of its own.</summary>
    /// <param name="start">The first bytes.</param>
    public static bool Begins(ReadOnlySpan<byte> start)
    {
        int end = start.IndexOf((byte)'\n');
        var line = start[..Math.Max(end, 0)].TrimEnd((byte)'\r');
        return !line.IsEmpty && !line.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>Writes the text form.</summary>
    /// <param name="counts">What to write.</param>
    /// <param name="writer">Where to write it; lines end with a single line feed.</param>
    public static void Write(BinaryCounts counts, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(writer);
        var culture = CultureInfo.InvariantCulture;
        writer.Write(string.Create(culture, $"{counts.Ranges.Count}\n"));
        foreach (var range in counts.Ranges)
        {
            writer.Write(string.Create(culture, $"{range.Start:x}-{range.End:x}:{range.Count}\n"));
        }

        writer.Write(string.Create(culture, $"{counts.Samples.Count}\n"));
        foreach (var sample in counts.Samples)
        {
            writer.Write(string.Create(culture, $"{sample.Address:x}:{sample.Count}\n"));
        }

        writer.Write(string.Create(culture, $"{counts.Branches.Count + counts.Entries.Count}\n"));
        foreach (var entry in counts.Entries)
        {
            writer.Write(string.Create(culture, $"{Outside:x}->{entry.Address:x}:{entry.Count}\n"));
        }

        foreach (var branch in counts.Branches)
        {
            writer.Write(string.Create(culture, $"{branch.From:x}->{branch.To:x}:{branch.Count}\n"));
        }
    }

    /// <summary>Writes the text form to a file, which appears whole or not at all.</summary>
    /// <param name="counts">What to write.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(BinaryCounts counts, string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        Write(counts, writer);
    });

    /// <summary>Reads the text form; lines in any order, repeated ones are added up. Nothing follows the third section.</summary>
    /// <param name="reader">Where to read from.</param>
    /// <exception cref="InvalidFormatException">A line is not of this form; its number is the exception's offset. So is an <see cref="Conversion.UnsymbolizedProfile"/>, which only its binary explains.</exception>
    public static BinaryCounts Read(TextReader reader)
    {
        var counts = Read(reader, out bool isUnsymbolized);
        return isUnsymbolized ? throw new InvalidFormatException(Format, "number of samples", 0, "is not there: this is an unsymbolized profile of llvm-profgen, whose addresses only the binary explains") : counts;
    }

    /// <summary>Reads the text form, or an <see cref="Conversion.UnsymbolizedProfile"/>, which has no section of samples, and behind which others may stand.</summary>
    /// <param name="reader">Where to read from.</param>
    /// <param name="isUnsymbolized">Whether it is one, so that all addresses are distances from the binary's first code.</param>
    /// <exception cref="InvalidFormatException">A line is of neither form.</exception>
    internal static BinaryCounts Read(TextReader reader, out bool isUnsymbolized)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var counts = new FileCounts.Collected();
        var lines = new Lines(reader);
        ReadRanges(lines, counts);
        ulong second = lines.Count("number of samples");
        isUnsymbolized = second == 0 ? lines.IsAtEnd : lines.NextHas("->");
        if (isUnsymbolized)
        {
            ReadBranches(lines, second, counts, hasOutside: false);
            while (!lines.IsAtEnd)
            {
                ReadRanges(lines, counts);
                ReadBranches(lines, lines.Count("number of branches"), counts, hasOutside: false);
            }
        }
        else
        {
            for (; second > 0; second--)
            {
                var (address, count) = lines.Single("sample");
                Add(counts.Samples, new AddressCount(address, count, 0), count);
            }

            ReadBranches(lines, lines.Count("number of branches"), counts, hasOutside: true);
            lines.ExpectEnd();
        }

        var sorted = new FileCounts();
        sorted.Take(counts);
        return sorted.ToCounts(buildId: null);
    }

    private static void ReadRanges(Lines lines, FileCounts.Collected counts)
    {
        for (ulong left = lines.Count("number of ranges"); left > 0; left--)
        {
            var (begin, end, count) = lines.Pair("range", "-");
            if (end < begin)
            {
                throw lines.Invalid("range", "ends before it begins");
            }

            Add(counts.Ranges, new RangeCount(begin, end, count, 0), count);
        }
    }

    private static void ReadBranches(Lines lines, ulong left, FileCounts.Collected counts, bool hasOutside)
    {
        for (; left > 0; left--)
        {
            var (from, to, count) = lines.Pair("branch", "->");
            if (hasOutside && from == Outside)
            {
                Add(counts.Entries, new AddressCount(to, count, 0), count);
            }
            else
            {
                Add(counts.Branches, new BranchCount(from, to, count), count);
            }
        }
    }

    private static void Add<T>(List<T> list, T counted, ulong count)
    {
        if (count > 0)
        {
            list.Add(counted);
        }
    }

    private sealed class Lines(TextReader reader)
    {
        private readonly LineReader _lines = new(reader, Format);
        private long _number;
        private string? _next;

        /// <summary>Whether nothing but empty lines follows.</summary>
        public bool IsAtEnd
        {
            get
            {
                while (_next is null && _lines.Read() is { } line)
                {
                    _next = string.IsNullOrWhiteSpace(line) ? null : line;
                }

                return _next is null;
            }
        }

        /// <summary>Whether a text is in the next line.</summary>
        public bool NextHas(string text) => !IsAtEnd && _next!.Contains(text, StringComparison.Ordinal);

        public void ExpectEnd()
        {
            if (!IsAtEnd)
            {
                _number = _lines.Number;
                throw Invalid("end", "is followed by more than the branches that were announced");
            }
        }

        public ulong Count(string field) =>
            ulong.TryParse(Next(field).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong count)
                ? count
                : throw Invalid(field, "is not a decimal number");

        public (ulong First, ulong Second, ulong Count) Pair(string field, string separator)
        {
            var line = Next(field).Trim();
            int middle = line.IndexOf(separator, StringComparison.Ordinal);
            int colon = line.LastIndexOf(':');
            if (middle > 0 && colon > middle
                && TryHexadecimal(line[..middle], out ulong first)
                && TryHexadecimal(line[(middle + separator.Length)..colon], out ulong second)
                && TryDecimal(line[(colon + 1)..], out ulong count))
            {
                return (first, second, count);
            }

            throw Invalid(field, $"is not of the form hexadecimal{separator}hexadecimal:decimal");
        }

        public (ulong Address, ulong Count) Single(string field)
        {
            var line = Next(field).Trim();
            int colon = line.LastIndexOf(':');
            return colon > 0 && TryHexadecimal(line[..colon], out ulong address) && TryDecimal(line[(colon + 1)..], out ulong count)
                ? (address, count)
                : throw Invalid(field, "is not of the form hexadecimal:decimal");
        }

        public InvalidFormatException Invalid(string field, string problem) => new(Format, field, _number, problem);

        private static bool TryHexadecimal(ReadOnlySpan<char> text, out ulong value)
        {
            text = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
            return ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        private static bool TryDecimal(ReadOnlySpan<char> text, out ulong value) =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

        private ReadOnlySpan<char> Next(string field)
        {
            string? line = _next ?? _lines.Read();
            _next = null;
            _number = _lines.Number;
            return line ?? throw Invalid(field, "is missing: the text ends here");
        }
    }
}
