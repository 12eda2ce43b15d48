using System.Globalization;

namespace Tarax.AutoFdo.Reports;

/// <summary>
/// Reads what Clang writes with <c>-fsave-optimization-record</c>: YAML in a fixed form (llvm/lib/Remarks/YAMLRemarkSerializer.cpp), of which each
/// <c>AppliedSamples</c> says that a position's count found code, once (SampleProfileLoaderBaseImpl::getInstWeightImpl). The function is the one that the code is in
/// now, whatever was inlined into it.
/// </summary>
internal static class ClangOptimizationRecord
{
    /// <summary>How each remark begins.</summary>
    public const string Start = "--- !";

    /// <summary>Reads a record.</summary>
    /// <param name="lines">Its lines.</param>
    public static FileReport Read(IEnumerable<string> lines)
    {
        var report = new FileReport { IsOfClang = true };
        bool isApplied = false;
        string function = "";
        foreach (string line in lines)
        {
            if (line.StartsWith(Start, StringComparison.Ordinal))
            {
                (isApplied, function) = (false, "");
            }
            else if (Value(line, "Name:") is { } name)
            {
                isApplied = name == "AppliedSamples";
            }
            else if (Value(line, "Function:") is { } of)
            {
                function = report.Mention(of);
            }
            else if (isApplied && Value(line, "  - NumSamples:") is { } samples && ulong.TryParse(samples, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
            {
                report.Use(function, count);
            }
        }

        return report;
    }

    private static string? Value(string line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..].Trim(' ', '\'', '"') : null;
}
