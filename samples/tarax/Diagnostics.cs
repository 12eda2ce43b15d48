using Tarax.AutoFdo.Diagnostics;

namespace Tarax.Tool;

/// <summary>Diagnostics for people, a line each.</summary>
internal static class Diagnostics
{
    public static void Write(IEnumerable<Diagnostic> diagnostics, TextWriter writer)
    {
        foreach (var diagnostic in diagnostics)
        {
            writer.WriteLine(Line(diagnostic));
        }
    }

    public static string Line(Diagnostic diagnostic) =>
        $"{(diagnostic.Severity == DiagnosticSeverity.Warning ? "warning" : "note")} [{diagnostic.Id}] {diagnostic.Message}";
}
