using System.Globalization;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Conversion;

/// <summary>A diagnostic for each reason for which more than a hundredth of what ran is left out.</summary>
internal static class LeftOutDiagnostics
{
    private const double Least = 0.01;

    /// <summary>Reports the reasons, but for those that have a diagnostic of their own already.</summary>
    public static void Note(CodeAccount code, BuildStatistics statistics, ConversionReport report)
    {
        foreach (var reason in Enum.GetValues<LeftOutReason>())
        {
            string id = LeftOutReasons.IdOf(reason);
            if (code.LeftOut.FirstOrDefault(l => l.Id == id) is { } leftOut && (double)leftOut.Bytes > Least * (double)code.Executed
                && DiagnosticOf(reason, statistics) is var (diagnostic, what))
            {
                report.Warn(diagnostic, string.Create(CultureInfo.InvariantCulture, $"{100 * (double)leftOut.Bytes / (double)code.Executed:0.0} % of the bytes that ran {what}"));
            }
        }
    }

    /// <summary>Notes functions of one name in several files. Names with a hash of the file (-funique-internal-linkage-names) are no such.</summary>
    public static void NoteSameNames(CodeAccount code, BuildStatistics statistics, ProfileFormat format, ConversionReport report)
    {
        var bytes = statistics.SameNames.Values.Aggregate((UInt128)0, (sum, b) => sum + b);
        if ((double)bytes > Least * (double)code.Executed)
        {
            report.Warn(DiagnosticId.SameNames, string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * (double)bytes / (double)code.Executed:0.0} % of the bytes that ran are of functions whose name functions of other files have too{Largest(statistics.SameNames)}: {(format is LlvmProfileFormat ? "all of a name get the sum; compile with -funique-internal-linkage-names" : "GCC up to 15 gives all of a name the sum, 16 tells them apart by the files' base names; give them other names")}"));
        }
    }

    /// <summary>Reports what is in the profile under a name that GCC does not look for.</summary>
    public static void NoteUnknownNames(CodeAccount code, BuildStatistics statistics, ConversionReport report)
    {
        UInt128 bytes = statistics.UnknownLinkageName.Values.Aggregate((UInt128)0, (sum, b) => sum + b);
        if ((double)bytes > Least * (double)code.Executed)
        {
            report.Warn(DiagnosticId.UnknownNames, string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * (double)bytes / (double)code.Executed:0.0} % of the bytes that ran are of inlined functions whose linkage name GCC's debug information does not tell and that cannot be made of it{Largest(statistics.UnknownLinkageName)}: GCC will not find their counts. Of your own functions, those that other files can see (not static, not in an unnamed namespace, no lambdas) have names; -g1 has none of the others"));
        }
    }

    private static (string Id, string What)? DiagnosticOf(LeftOutReason reason, BuildStatistics statistics) => reason switch
    {
        LeftOutReason.OutsideCode => (DiagnosticId.OutsideCode, "lie outside of the binary's executable segments; was it changed after it ran?"),
        LeftOutReason.NoFunction => (
            DiagnosticId.WithoutDebugInformation,
            $"are of code that the debug information does not describe{Largest(statistics.WithoutDebugInformation)}; compile it with -g, or accept that it has no profile (assembly)"),
        LeftOutReason.PastFunctionEnd => (DiagnosticId.PastFunctionEnd, "lie behind the end of the function that they were run from; the debug information tells the functions' ends wrongly, or it is another build"),
        LeftOutReason.NoName => (DiagnosticId.NoName, "are of functions without a name, neither in the debug information nor in the symbol table; give the binary before it was stripped"),
        LeftOutReason.BelowThreshold => (DiagnosticId.BelowThreshold, "are of functions that were seen once or twice only, and are left out; record for longer, or more often"),
        LeftOutReason.NoStartLine => (
            DiagnosticId.NoStartLine,
            $"are of functions whose first line the debug information does not tell{Largest(statistics.WithoutStartLine)}, so no position can be given; "
            + "compile them with -g, not with line tables only (-g1, -gline-tables-only), or Clang's with -fdebug-info-for-profiling besides"),
        LeftOutReason.NoLine => (DiagnosticId.NoLine, "are of code that the compiler gave no line: it merged or made it, and no profile can tell where it belongs"),
        LeftOutReason.NoRow => (DiagnosticId.NoRow, $"are not in the line table{Largest(statistics.WithoutRow)}; compile with -g, or accept that they have no profile (inline assembly)"),
        LeftOutReason.UnknownCall => (DiagnosticId.UnknownCall, "are of inlined functions whose name or line of call the debug information does not tell"),
        _ => null,
    };

    /// <summary>The names that weigh most, in brackets; empty where none has a name.</summary>
    public static string Largest(IReadOnlyDictionary<string, UInt128> bytes)
    {
        const int Shown = 3;
        string[] names = [.. bytes.Keys.Where(n => n.Length > 0).OrderByDescending(n => bytes[n]).ThenBy(n => n, StringComparer.Ordinal).Take(Shown)];
        return names.Length == 0 ? "" : $" (most: {string.Join(", ", names)})";
    }
}
