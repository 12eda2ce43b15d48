using System.Globalization;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>What the readers pass over.</summary>
internal static class LlvmDiagnostics
{
    /// <param name="positions">Number of positions with counts of virtual tables.</param>
    public static IReadOnlyList<Diagnostic> OfVtables(long positions) => positions == 0 ? [] :
    [
        new Diagnostic(DiagnosticId.VtableCounts, DiagnosticSeverity.Note, string.Create(CultureInfo.InvariantCulture, $"counts of virtual tables, at {positions} positions, were passed over")),
    ];

    /// <param name="flags">Flags of the summary that are not known or not kept: that a profile is partial, or of contexts that were merged.</param>
    public static IReadOnlyList<Diagnostic> OfFlags(ulong flags) => flags == 0 ? [] :
    [
        new Diagnostic(DiagnosticId.UnknownFlags, DiagnosticSeverity.Warning, string.Create(CultureInfo.InvariantCulture, $"flags 0x{flags:x} of the summary section (such as partial) are not kept")),
    ];

    /// <param name="sections">Number of sections of unknown types.</param>
    public static IReadOnlyList<Diagnostic> OfSections(int sections) => sections == 0 ? [] :
    [
        new Diagnostic(DiagnosticId.UnknownSections, DiagnosticSeverity.Note, string.Create(CultureInfo.InvariantCulture, $"{sections} sections of unknown types were passed over")),
    ];
}
