using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>
/// Writes counts as BOLT's pre-aggregated text (bolt/docs/profiles.md; DataAggregator::parseAggregatedLBREntry): <c>B</c> for a branch, <c>F</c>, <c>f</c> and <c>r</c> for a range whose branch came
/// from the same function, from elsewhere, or was a return of another one, <c>S</c> for samples, <c>E</c> for the event. <c>X:0</c> is code of another file.
/// </summary>
internal sealed class PreaggregatedWriter
{
    private const string OutsideOfSegments = "outside of the executable segments";

    private readonly BoltLines _lines;
    private readonly BoltCode _code;
    private readonly string _prefix;

    /// <param name="lines">Where the lines go.</param>
    /// <param name="code">The binary.</param>
    /// <param name="buildId">The build-id that stands before every address; empty for none.</param>
    public PreaggregatedWriter(BoltLines lines, BoltCode code, string buildId)
    {
        (_lines, _code) = (lines, code);
        _prefix = buildId.Length == 0 ? " " : $" {buildId}:";
    }

    /// <summary>A name in which no blank ends it.</summary>
    public static string Word(string name) => string.Concat(name.Select(c => char.IsWhiteSpace(c) || c == '\\' ? '_' : c));

    public void WriteEvents(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            _lines.Text("E "u8).Text(Word(name)).End();
        }
    }

    public void WriteSamples(BinaryCounts counts)
    {
        foreach (var sample in counts.Samples)
        {
            if (_code.TryGetAddress(sample.Address, out ulong address))
            {
                _lines.Text("S"u8);
                Location(address);
                _lines.Text(" "u8).Counted(sample.Count);
            }
            else
            {
                _lines.LeaveOut(OutsideOfSegments, sample.Count);
            }
        }
    }

    public void WriteBranches(BinaryCounts counts)
    {
        foreach (var entry in counts.Entries)
        {
            if (_code.TryGetAddress(entry.Address, out ulong to))
            {
                _lines.Text("B X:0"u8);
                Location(to);
                Branch(entry.Count);
            }
            else
            {
                _lines.LeaveOut(OutsideOfSegments, entry.Count);
            }
        }

        foreach (var branch in counts.Branches)
        {
            if (_code.TryGetAddress(branch.From, out ulong from) && _code.TryGetAddress(branch.To, out ulong to))
            {
                _lines.Text("B"u8);
                Location(from);
                Location(to);
                Branch(branch.Count);
            }
            else
            {
                _lines.LeaveOut(OutsideOfSegments, branch.Count);
            }
        }
    }

    public void WriteRanges(BinaryCounts counts)
    {
        var origins = new RangeOrigins(counts, _code);
        foreach (var range in counts.Ranges)
        {
            if (!_code.TryGetAddress(range.Start, out ulong start) || !_code.TryGetAddress(range.End, out ulong end))
            {
                _lines.LeaveOut(OutsideOfSegments, range.Count);
                continue;
            }

            var divided = origins.At(range.Start).Divide(range.Count);
            Range("F"u8, start, end, divided.Own);
            Range("f"u8, start, end, divided.Foreign);
            Range("r"u8, start, end, divided.Returned);
        }
    }

    private void Range(ReadOnlySpan<byte> type, ulong start, ulong end, ulong count)
    {
        if (count > 0)
        {
            _lines.Text(type);
            Location(start);
            Location(end);
            _lines.Text(" "u8).Counted(count);
        }
    }

    /// <summary>How often, and how often mispredicted, which is not counted.</summary>
    private void Branch(ulong count) => _lines.Text(" "u8).Counted(count, " 0"u8);

    private void Location(ulong address) => _lines.Text(_prefix).Hexadecimal(address);
}
