using System.Globalization;

namespace Tarax.AutoFdo.Profiles.Llvm;

/// <summary>
/// Reads what Clang writes with <c>-fsave-optimization-record</c>: YAML in a fixed form (llvm/lib/Remarks/YAMLRemarkSerializer.cpp), of which each
/// <c>AppliedSamples</c> says that a position's count found code, once (SampleProfileLoaderBaseImpl::getInstWeightImpl). The function is the one that the code is in
/// now, whatever was inlined into it.
/// </summary>
internal static class ClangOptimizationRecord
{
    /// <summary>Adds what a record says.</summary>
    /// <returns>False where it is no such record.</returns>
    public static bool TryRead(TextReader record, CompilerReport report)
    {
        bool isRecord = false;
        bool isApplied = false;
        string function = "";
        while (record.ReadLine() is { } line)
        {
            if (line.StartsWith("--- !", StringComparison.Ordinal))
            {
                (isRecord, isApplied, function) = (true, false, "");
            }
            else if (!isRecord)
            {
                return false;
            }
            else if (Value(line, "Name:") is { } name)
            {
                isApplied = name == "AppliedSamples";
            }
            else if (Value(line, "Function:") is { } of)
            {
                function = of;
                _ = report.Mention(of);
            }
            else if (isApplied && Value(line, "  - NumSamples:") is { } samples && ulong.TryParse(samples, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
            {
                report.Use(function, count);
            }
        }

        report.IsByOutermost |= isRecord;
        return isRecord;
    }

    private static string? Value(string line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..].Trim(' ', '\'', '"') : null;
}
