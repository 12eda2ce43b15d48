using System.Text.Json;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>Files of Speedscope (github.com/jlfwong/speedscope, src/lib/file-format-spec.ts): one sample for each body that ran, its weight the sum of its counts.</summary>
internal static class SpeedscopeProfile
{
    public static void Write(ReportData data, Stream stream)
    {
        var samples = data.Functions.SelectMany(f => f.Bodies.Select((b, i) => (Function: f, Body: i, Weight: b.Counts.Aggregate(UInt128.Zero, (sum, c) => sum + c)))).Where(s => s.Weight > 0).ToList();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", data.MadeBy);
        json.WriteString("name", data.Title);
        json.WriteNumber("activeProfileIndex", 0);
        json.WriteStartObject("shared");
        WriteFrames(data, json);
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", data.Title);
        json.WriteString("unit", "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", samples.Aggregate(0.0, (sum, s) => sum + (double)s.Weight));
        json.WriteStartArray("samples");
        foreach (var (function, body, _) in samples)
        {
            json.WriteStartArray();
            foreach (int name in Names(function, body).Reverse())
            {
                json.WriteNumberValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        samples.ForEach(s => json.WriteNumberValue((double)s.Weight));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFrames(ReportData data, Utf8JsonWriter json)
    {
        json.WriteStartArray("frames");
        foreach (var name in data.Names)
        {
            json.WriteStartObject();
            json.WriteString("name", name.Short ?? name.Name);
            if (name.File is { } file)
            {
                json.WriteString("file", data.Files[file]);
            }

            if (name.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<int> Names(ReportFunction function, int body)
    {
        for (int at = body; at >= 0; at = function.Bodies[at].Parent)
        {
            yield return function.Bodies[at].Name;
        }
    }
}
