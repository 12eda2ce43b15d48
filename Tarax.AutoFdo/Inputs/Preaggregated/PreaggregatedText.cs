using System.Text;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Inputs.Preaggregated;

/// <summary>
/// Reads BOLT's pre-aggregated text, which agents write that count branches in the kernel: traces (<c>T</c>, <c>R</c>), branches (<c>B</c>), ranges (<c>F</c>, <c>f</c>, <c>r</c>), samples (<c>S</c>) and
/// names of events (<c>E</c>). A trace is a branch and the range behind it. Addresses are those of the ELF file, and of which file only build-ids before them say. How often branches were mispredicted
/// and times are in no profile, and so left out.
/// </summary>
internal sealed class PreaggregatedText
{
    /// <summary>In place of an end: what ran behind the branch is not known. In place of a branch: it is not known (Trace::BR_ONLY, FT_ONLY).</summary>
    private const ulong NotKnown = ulong.MaxValue;

    /// <summary>In place of a branch: it came from outside, or was a return from there (Trace::FT_EXTERNAL_ORIGIN, FT_EXTERNAL_RETURN).</summary>
    private const ulong FromOutside = ulong.MaxValue - 1;
    private const ulong ReturnFromOutside = ulong.MaxValue - 2;

    private const int ReadAtOnce = 1 << 24;
    private const int LongestLine = 1 << 12;

    private readonly RecordedCounts _counts = new();
    private readonly Dictionary<string, PreaggregatedFile> _files = new(StringComparer.Ordinal);
    private readonly List<PreaggregatedFile> _inOrder = [];
    private readonly SortedSet<string> _events = new(StringComparer.Ordinal);
    private PreaggregatedFile? _last;
    private byte[] _lastBuildId = [];
    private ulong _branches;
    private ulong _samples;
    private ulong _ranges;
    private ulong _elsewhere;
    private ulong _samplesElsewhere;

    private PreaggregatedText()
    {
    }

    /// <summary>Whether an input is such a text: its first line with counts is one.</summary>
    /// <param name="start">Its beginning.</param>
    public static bool Begins(ReadOnlySpan<byte> start)
    {
        const int MostEvents = 1000;
        for (int i = 0; i < MostEvents; i++)
        {
            int end = start.IndexOf((byte)'\n');
            if (end < 0 || end > LongestLine)
            {
                return LooksLikeCounts(start);
            }

            var bytes = start[..end].TrimEnd((byte)'\r');
            var line = new PreaggregatedLine(bytes, i + 1);
            start = start[(end + 1)..];
            if (line.Type == (byte)'E' || line.IsBlank)
            {
                continue;
            }

            try
            {
                new PreaggregatedText().Take(line);
                return true;
            }
            catch (InvalidFormatException)
            {
                return LooksLikeCounts(bytes);
            }
        }

        return false;
    }

    /// <summary>Whether a line that is not understood can be nothing else, so that reading it tells what is wrong: a letter, a blank and an address, of which nothing is but text.</summary>
    private static bool LooksLikeCounts(ReadOnlySpan<byte> line)
    {
        const int LeastBytes = 5;
        line = line[..Math.Min(line.Length, LongestLine)];
        return line.Length >= LeastBytes && "TRBFfrS"u8.Contains(line[0]) && line[1] == (byte)' ' && (char.IsAsciiHexDigit((char)line[2]) || line[2] is (byte)'X' or (byte)'-' or (byte)'+');
    }

    /// <summary>Reads a whole text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="name">What it is called.</param>
    /// <exception cref="InvalidFormatException">A line is not understood, or the last one is cut.</exception>
    public static RecordingCounts Read(ByteSource source, string name)
    {
        var text = new PreaggregatedText();
        long number = 0;
        for (long at = 0; at < source.Length;)
        {
            var part = source.Span("text", at, Math.Min(ReadAtOnce, source.Length - at));
            int whole = part.LastIndexOf((byte)'\n') + 1;
            if (whole == 0)
            {
                throw new InvalidFormatException(
                    PreaggregatedLine.Format, "line", number + 1, part.Length == ReadAtOnce ? $"is longer than {LongestLine} bytes" : "has no end: the text was cut, perhaps within a number");
            }

            for (var lines = part[..whole]; !lines.IsEmpty;)
            {
                int end = lines.IndexOf((byte)'\n');
                text.TakeLine(lines[..end].TrimEnd((byte)'\r'), ++number);
                lines = lines[(end + 1)..];
            }

            at += whole;
        }

        return text.Finish(name);
    }

    private void TakeLine(ReadOnlySpan<byte> bytes, long number)
    {
        if (bytes.Length > LongestLine)
        {
            throw new InvalidFormatException(PreaggregatedLine.Format, "line", number, $"is longer than {LongestLine} bytes");
        }

        var line = new PreaggregatedLine(bytes, number);
        if (!line.IsBlank)
        {
            Take(line);
        }
    }

    private void Take(PreaggregatedLine line)
    {
        switch (line.Type)
        {
            case (byte)'E':
                TakeEvent(line);
                break;
            case (byte)'S':
                TakeSample(line);
                break;
            case (byte)'T' or (byte)'R':
                TakeTrace(line);
                break;
            case (byte)'B':
                TakeBranch(line);
                break;
            case (byte)'F' or (byte)'f' or (byte)'r':
                TakeRange(line);
                break;
            default:
                throw line.Invalid("line", "begins with none of E, S, T, R, B, F, f and r");
        }
    }

    private void TakeEvent(PreaggregatedLine line)
    {
        string name = FileName.Decode(line.Rest);
        _events.Add(name.Length > 0 ? name : throw line.Invalid("event", "has no name"));
    }

    private void TakeSample(PreaggregatedLine line)
    {
        var address = line.Location("address");
        ulong count = line.Count("count");
        line.End();
        _samples = SaturatingSum.Of(_samples, count);
        if (address.IsOutside)
        {
            _samplesElsewhere = SaturatingSum.Of(_samplesElsewhere, count);
        }
        else if (count > 0)
        {
            FileOf(address.BuildId).AddSample(address.Address, count);
        }
    }

    private void TakeTrace(PreaggregatedLine line)
    {
        var branch = line.Location("branch");
        var start = line.Location("start of the range");
        var end = line.Location("end of the range");
        ulong count = line.Count("count");
        TakeMispredictions(ref line, count, isOptional: true);
        if (branch.IsOutside || branch.Address is not (NotKnown or FromOutside or ReturnFromOutside))
        {
            AddBranch(branch, start, count);
        }

        if (end.Address != NotKnown)
        {
            AddRange(start, end, count);
        }
    }

    private void TakeBranch(PreaggregatedLine line)
    {
        var from = line.Location("branch");
        var to = line.Location("target");
        ulong count = line.Count("count");
        TakeMispredictions(ref line, count, isOptional: false);
        AddBranch(from, to, count);
    }

    private void TakeRange(PreaggregatedLine line)
    {
        var start = line.Location("start of the range");
        var end = line.Location("end of the range");
        ulong count = line.Count("count");
        line.End();
        AddRange(start, end, count);
    }

    private static void TakeMispredictions(ref PreaggregatedLine line, ulong count, bool isOptional)
    {
        if (!isOptional || !line.IsAtEnd)
        {
            ulong mispredicted = line.Count("mispredictions");
            if (mispredicted > count)
            {
                throw line.Invalid("mispredictions", $"are {mispredicted}, more than the {count} executions");
            }
        }

        line.End();
    }

    private void AddBranch(PreaggregatedLocation from, PreaggregatedLocation to, ulong count)
    {
        _branches = SaturatingSum.Of(_branches, count);
        if (to.IsOutside)
        {
            _elsewhere = SaturatingSum.Of(_elsewhere, count);
        }
        else if (count > 0)
        {
            var file = FileOf(to.BuildId);
            if (!from.IsOutside && FileOf(from.BuildId) == file)
            {
                file.AddBranch(from.Address, to.Address, count);
            }
            else
            {
                file.AddEntry(to.Address, count);
            }
        }
    }

    private void AddRange(PreaggregatedLocation start, PreaggregatedLocation end, ulong count)
    {
        _ranges = SaturatingSum.Of(_ranges, count);
        if (start.IsOutside || count == 0)
        {
            return;
        }

        var file = FileOf(start.BuildId);
        if (end.IsOutside || FileOf(end.BuildId) != file)
        {
            file.AddLeaving(count);
        }
        else
        {
            file.AddRange(start.Address, end.Address, count);
        }
    }

    /// <summary>The file of a build-id; most addresses are of the one before.</summary>
    private PreaggregatedFile FileOf(ReadOnlySpan<byte> buildId)
    {
        if (_last is not null && buildId.SequenceEqual(_lastBuildId))
        {
            return _last;
        }

        string digits = Encoding.ASCII.GetString(buildId).ToLowerInvariant();
        if (!_files.TryGetValue(digits, out var file))
        {
            var identity = new BuildId(Convert.FromHexString(digits));
            file = new PreaggregatedFile(new MappedFile(MappingName.ElfAddresses, identity, isKernel: false), _counts);
            _files.Add(digits, file);
            _inOrder.Add(file);
        }

        (_last, _lastBuildId) = (file, buildId.ToArray());
        return file;
    }

    private RecordingCounts Finish(string name)
    {
        bool hasSamples = _samples > 0;
        _inOrder.ForEach(f => f.Finish(hasSamples));
        ulong stacks = _branches > 0 ? _branches : _ranges;
        _counts.Totals.Samples = (long)Math.Min(hasSamples ? _samples : stacks, long.MaxValue);
        _counts.Totals.SamplesWithBranchStack = stacks > 0 ? _counts.Totals.Samples : 0;
        _counts.Totals.DeepestBranchStack = stacks > 0 ? 1 : 0;
        _counts.Totals.BranchEntries = (long)Math.Min(_branches, long.MaxValue);
        return new RecordingCounts(new CountedBinaries(name, [.. _inOrder.Select(f => f.File)], _counts)
        {
            EventName = string.Join('\n', _events),
            LeftOut = [.. LeftOut()],
        });
    }

    private IEnumerable<(string Reason, ulong Executions, ulong Of)> LeftOut()
    {
        if (_elsewhere > 0)
        {
            yield return ("branches lead to code that the text says is of no file (X:)", _elsewhere, _branches);
        }

        if (_samplesElsewhere > 0)
        {
            yield return ("samples lie in code that the text says is of no file (X:)", _samplesElsewhere, _samples);
        }
    }
}
