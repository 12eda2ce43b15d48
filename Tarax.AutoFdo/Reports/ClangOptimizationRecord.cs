using System.Globalization;
using System.Text.RegularExpressions;

namespace Tarax.AutoFdo.Reports;

/// <summary>
/// Reads what Clang writes with <c>-fsave-optimization-record</c>: YAML in a fixed form (llvm/lib/Remarks/YAMLRemarkSerializer.cpp), of which each
/// <c>AppliedSamples</c> says that a position's count found code, once (SampleProfileLoaderBaseImpl::getInstWeightImpl). The function is the one that the code is in
/// now, whatever was inlined into it.
/// </summary>
internal sealed partial class ClangOptimizationRecord
{
    /// <summary>How each remark begins.</summary>
    public const string Start = "--- !";

    private readonly FileReport _report = new() { IsOfClang = true };
    private bool _isApplied;
    private string _function = "";
    private string _place = "";
    private ulong? _count;
    private int _offset;

    private ClangOptimizationRecord()
    {
    }

    /// <summary>Reads a record.</summary>
    /// <param name="lines">Its lines.</param>
    public static FileReport Read(IEnumerable<string> lines)
    {
        var record = new ClangOptimizationRecord();
        foreach (string line in lines)
        {
            record.Take(line);
        }

        record.EndRemark();
        return record._report;
    }

    private void Take(string line)
    {
        const int LongestPlace = 10_000;
        if (line.StartsWith(Start, StringComparison.Ordinal))
        {
            EndRemark();
        }
        else if (Value(line, "Name:") is { } name)
        {
            _isApplied = name == "AppliedSamples";
        }
        else if (Value(line, "Function:") is { } of)
        {
            _function = _report.Mention(of);
        }
        else if (line.StartsWith("DebugLoc:", StringComparison.Ordinal) || (_place.Length is > 0 and < LongestPlace && _function.Length == 0 && line.StartsWith(' ')))
        {
            // It goes on in the next line where it is long.
            _place += line;
        }
        else if (_isApplied && Value(line, "  - NumSamples:") is { } samples && ulong.TryParse(samples, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
        {
            _count = count;
        }
        else if (_isApplied && Value(line, "  - LineOffset:") is { } offset && int.TryParse(offset, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int distance))
        {
            _offset = distance;
        }
    }

    private void EndRemark()
    {
        if (_isApplied && _count is { } count)
        {
            var place = Place().Match(_place);
            bool isKnown = uint.TryParse(place.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out uint line);
            _report.Use(new UsedPosition(_function, _offset, count) { File = isKnown ? place.Groups["file"].Value : null, Line = line });
        }

        (_isApplied, _function, _place, _count, _offset) = (false, "", "", null, 0);
    }

    private static string? Value(string line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..].Trim(' ', '\'', '"') : null;

    [GeneratedRegex(@"\{\s*File:\s*(?:'(?<file>[^']*)'|""(?<file>[^""]*)""|(?<file>[^,]*)),\s*Line:\s*(?<line>\d+)")]
    private static partial Regex Place();
}
