using System.Text;
using System.Text.Json;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.Tool;

/// <summary>JSON for programs, and what several outputs have in common.</summary>
internal static class JsonText
{
    /// <summary>Writes one object or array, and a line end.</summary>
    public static void Write(TextWriter writer, bool isIndented, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = isIndented }))
        {
            write(json);
        }

        writer.Write(Encoding.UTF8.GetString(stream.ToArray()) + '\n');
    }

    /// <summary>The property <c>diagnostics</c> of an object.</summary>
    public static void WriteDiagnostics(IReadOnlyList<Diagnostic> diagnostics, Utf8JsonWriter json)
    {
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("id", diagnostic.Id);
            json.WriteString("severity", diagnostic.Severity.ToString());
            json.WriteString("message", diagnostic.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
