using System.Text.Json;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>Files of Speedscope (github.com/jlfwong/speedscope, src/lib/file-format-spec.ts): one sample for each body that ran, its weight the sum of its counts.</summary>
internal static class SpeedscopeProfile
{
    public static void Write(ReportData data, Stream stream)
    {
        var samples = data.Functions.SelectMany(f => f.Bodies.Select((b, i) => (Function: f, Body: i, Weight: b.Counts.Aggregate(UInt128.Zero, (sum, c) => sum + c)))).Where(s => s.Weight > 0).ToList();
        var walk = new StackWalk(data);
        var stacks = samples.Select(s => walk.Stack(s.Function, s.Body).Reverse().ToArray()).ToList();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", data.MadeBy);
        json.WriteString("name", data.Title);
        json.WriteNumber("activeProfileIndex", 0);
        json.WriteStartObject("shared");
        WriteFrames(data, walk.Functions, json);
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", data.Title);
        json.WriteString("unit", "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", samples.Aggregate(0.0, (sum, s) => sum + (double)s.Weight));
        json.WriteStartArray("samples");
        foreach (int[] stack in stacks)
        {
            json.WriteStartArray();
            foreach (int frame in stack)
            {
                json.WriteNumberValue(frame);
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

    private static void WriteFrames(ReportData data, IEnumerable<ViewedFunction> functions, Utf8JsonWriter json)
    {
        json.WriteStartArray("frames");
        foreach (var function in functions)
        {
            json.WriteStartObject();
            json.WriteString("name", data.Names[function.Name].Short ?? data.Names[function.Name].Name);
            if (function.File is { } file)
            {
                json.WriteString("file", data.Files[file]);
            }

            if (function.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
