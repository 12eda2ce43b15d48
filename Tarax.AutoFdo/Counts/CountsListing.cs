using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// The text form of counts, for people and for other programs that make them: a line <c>tarax-counts 1</c>, then <c>event</c>, <c>totals</c>, and for each binary
/// <c>binary BUILD-ID user|kernel NAME</c>, <c>sums</c>, and four lists, each headed by its name and length; a line <c>end</c> is the last. Positions are hexadecimal, all other numbers decimal.
/// </summary>
internal static class CountsListing
{
    private const string NoBuildId = "-";

    /// <summary>The last line, without which the text was cut.</summary>
    private const string EndMark = "end";

    public static void Write(string eventName, IReadOnlyList<MappedFile> files, RecordedCounts counts, TextWriter writer)
    {
        Line(writer, $"{CountsFormat.TextMagic} {CountsFormat.Version}");
        foreach (string name in eventName.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Line(writer, $"event {Escaped(name)}");
        }

        Line(writer, $"totals {counts.Totals.Samples} {counts.Totals.SamplesWithBranchStack} {counts.Totals.BranchEntries}");
        foreach (var file in files)
        {
            Write(file, counts.Of(file), writer);
        }

        Line(writer, $"{EndMark}");
    }

    /// <summary>Adds the counts of a text; lists may be in any order, and repeated lines are added up.</summary>
    /// <exception cref="InvalidFormatException">A line is not of this form; its number is the exception's offset.</exception>
    public static void Read(TextReader reader, CountsCollector target) => new Reader(reader, target).ReadAll();

    private static void Write(MappedFile file, FileCounts counts, TextWriter writer)
    {
        Line(writer, $"binary {(file.BuildId.IsEmpty ? NoBuildId : file.BuildId)} {(file.IsKernel ? "kernel" : "user")} {Escaped(file.Name)}");
        var sums = counts.Sums;
        Line(writer, $"sums {sums.Samples} {sums.BranchesInto} {sums.RangesSeen} {sums.RangesLeaving} {sums.RangesBackward} {sums.RangesTooLong}");
        Line(writer, $"branches {counts.Branches.ToList().Count}");
        foreach (var branch in counts.Branches.ToList())
        {
            Line(writer, $"{branch.From:x} {branch.To:x} {branch.Count}");
        }

        Line(writer, $"ranges {counts.Ranges.ToList().Count}");
        foreach (var range in counts.Ranges.ToList())
        {
            Line(writer, $"{range.Start:x} {range.End:x} {range.Count} {range.FirstTime}");
        }

        Write("samples", counts.Samples.ToList(), writer);
        Write("entries", counts.Entries.ToList(), writer);
    }

    private static void Write(string name, ChunkedList<AddressCount> addresses, TextWriter writer)
    {
        Line(writer, $"{name} {addresses.Count}");
        foreach (var counted in addresses)
        {
            Line(writer, $"{counted.Address:x} {counted.Count} {counted.FirstTime}");
        }
    }

    /// <summary>Names of files may hold anything but NUL; a line holds one.</summary>
    private static string Escaped(string name)
    {
        string escaped = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
        return FileName.HasEscapes(name) ? string.Concat(escaped.Select(c => c is >= '\udc80' and <= '\udcff' ? $"\\x{c - 0xdc00:x2}" : c.ToString())) : escaped;
    }

    private static string Unescaped(string text)
    {
        var name = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 1 < text.Length;
            if (isEscape && text[i + 1] == 'x' && i + 3 < text.Length && byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) && value >= 0x80)
            {
                name.Append((char)(0xdc00 + value));
                i += 3;
                continue;
            }

            name.Append(!isEscape ? text[i] : text[++i] switch
            {
                'n' => '\n',
                'r' => '\r',
                var other => other,
            });
        }

        return name.ToString();
    }

    private static void Line(TextWriter writer, FormattableString line)
    {
        writer.Write(line.ToString(CultureInfo.InvariantCulture));
        writer.Write('\n');
    }

    private sealed class Reader(TextReader reader, CountsCollector target)
    {
        private CountsTables? _binary;
        private string[] _words = [];
        private readonly LineReader _lines = new(reader, CountsFormat.TextName);
        private long _number;

        public void ReadAll()
        {
            if (!TryNext() || _words is not [CountsFormat.TextMagic, "1"])
            {
                throw Invalid("first line", $"is not \"{CountsFormat.TextMagic} {CountsFormat.Version}\"");
            }

            while (TryNext() && _words is not [EndMark])
            {
                ReadLine();
            }

            if (_words is not [EndMark])
            {
                throw Invalid("end", $"is missing: the text was cut, since its last line is \"{EndMark}\"");
            }

            if (TryNext())
            {
                throw Invalid("end", "is followed by more; counts are added up by tarax counts A B -o SUM");
            }
        }

        private void ReadLine()
        {
            switch (_words)
            {
                case ["event", ..]:
                    target.Target.AddRecording(Unescaped(string.Join(' ', _words[1..])), new SampleTotals());
                    break;
                case ["totals", _, _, _]:
                    target.Target.AddRecording("", new SampleTotals { Samples = (long)Number(1, long.MaxValue), SamplesWithBranchStack = (long)Number(2, long.MaxValue), BranchEntries = (long)Number(3, long.MaxValue) });
                    break;
                case ["binary", var buildId, "user" or "kernel", _, ..]:
                    _binary = target.Of(Unescaped(string.Join(' ', _words[3..])), BuildIdOf(buildId), _words[2] == "kernel");
                    break;
                case ["sums", _, _, _, _, _, _] when _binary is not null:
                    _binary.Sums += new FileSums
                    {
                        Samples = Number(1),
                        BranchesInto = Number(2),
                        RangesSeen = Number(3),
                        RangesLeaving = Number(4),
                        RangesBackward = Number(5),
                        RangesTooLong = Number(6),
                    };
                    break;
                case ["branches" or "ranges" or "samples" or "entries", _] when _binary is not null:
                    ReadList(_binary, _words[0], Number(1));
                    break;
                default:
                    throw Invalid("line", $"\"{string.Join(' ', _words)}\" is not known here");
            }
        }

        private void ReadList(CountsTables binary, string list, ulong length)
        {
            for (; length > 0; length--)
            {
                if (!TryNext())
                {
                    throw Invalid(list, $"end here, where {length} more are stated");
                }

                switch (list, _words.Length)
                {
                    case ("branches", 3):
                        binary.AddBranch(Position(0), Position(1), Number(2));
                        break;
                    case ("ranges", 4):
                        AddRange(binary);
                        break;
                    case ("samples", 3):
                        binary.AddSample(Position(0), Number(1), Number(2));
                        break;
                    case ("entries", 3):
                        binary.AddEntry(Position(0), Number(1), Number(2));
                        break;
                    default:
                        throw Invalid(list, $"have a line \"{string.Join(' ', _words)}\"");
                }
            }
        }

        private void AddRange(CountsTables binary)
        {
            var (start, end) = (Position(0), Position(1));
            if (end < start)
            {
                throw Invalid("ranges", "have one that ends before it begins");
            }

            binary.AddRange(start, end, Number(2), Number(3));
        }

        private bool TryNext()
        {
            string? line;
            do
            {
                line = _lines.Read();
                _number = _lines.Number;
            }
            while (line is { Length: 0 });
            _words = line?.Split(' ') ?? [];
            return line is not null;
        }

        private ulong Number(int word, ulong most = ulong.MaxValue) =>
            ulong.TryParse(_words[word], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= most
                ? number
                : throw Invalid("number", $"is \"{_words[word]}\"");

        private ulong Position(int word) =>
            ulong.TryParse(_words[word], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong position)
                ? position
                : throw Invalid("position", $"is \"{_words[word]}\", not hexadecimal");

        private BuildId BuildIdOf(string text)
        {
            return BuildId.TryParse(text == NoBuildId ? "" : text, out var buildId) ? buildId : throw Invalid("build-id", $"is \"{text}\", not hexadecimal");
        }

        private InvalidFormatException Invalid(string field, string problem) => new(CountsFormat.TextName, field, _number, problem);
    }
}
