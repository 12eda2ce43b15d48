using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>A report as it lies on disk, taken apart.</summary>
internal static class ReportFile
{
    private const string Start = "id=\"data\">\n";
    private const string End = "</script>";

    /// <summary>The data in a page.</summary>
    public static JsonDocument Data(string html)
    {
        int start = html.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(html[start..html.IndexOf(End, start, StringComparison.Ordinal)])), CompressionMode.Decompress);
        return JsonDocument.Parse(gzip);
    }

    /// <summary>The page without the data.</summary>
    public static string Rest(string html)
    {
        int start = html.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        return html[..start] + html[html.IndexOf(End, start, StringComparison.Ordinal)..];
    }

    /// <summary>A count, which is a string of digits where a double does not hold it.</summary>
    public static ulong Count(JsonElement element) => element.ValueKind == JsonValueKind.String ? ulong.Parse(element.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : element.GetUInt64();

    /// <summary>The functions of a report in the form of <see cref="OfShow"/>.</summary>
    public static Dictionary<string, string> Functions(JsonElement data)
    {
        var names = data.GetProperty("names").EnumerateArray().Select(n => n.GetProperty("name").GetString()!).ToArray();
        return data.GetProperty("functions").EnumerateArray().ToDictionary(f => names[f.GetProperty("name").GetInt32()], f =>
        {
            var bodies = f.GetProperty("bodies").EnumerateArray().ToArray();
            var text = new StringBuilder($"total {Count(f.GetProperty("total"))} head {Count(f.GetProperty("head"))}\n");
            Add(text, bodies, 0, names, 1);
            return text.ToString();
        });
    }

    /// <summary>A function as <c>tarax show --json --function</c> has it, as lines: depth, position, count, targets.</summary>
    public static string OfShow(JsonElement function)
    {
        var text = new StringBuilder($"total {function.GetProperty("total").GetUInt64()} head {function.GetProperty("head").GetUInt64()}\n");
        Add(text, function, 1);
        return text.ToString();
    }

    private static void Add(StringBuilder text, JsonElement[] bodies, int index, string[] names, int depth)
    {
        var body = bodies[index];
        var lines = body.GetProperty("lines").EnumerateArray().Select(l => l.GetInt32()).ToArray();
        var counts = body.GetProperty("counts").EnumerateArray().Select(Count).ToArray();
        uint[]? discriminators = body.TryGetProperty("discriminators", out var list) ? [.. list.EnumerateArray().Select(d => d.GetUInt32())] : null;
        var targets = body.TryGetProperty("targets", out var flat) ? flat.EnumerateArray().Select(Count).Chunk(3).ToLookup(t => (int)t[0], t => $" {names[t[1]]}:{t[2]}") : null;
        for (int i = 0; i < lines.Length; i++)
        {
            text.Append($"{new string(' ', depth)}{Position(lines[i], discriminators?[i] ?? 0)} {counts[i]}{string.Concat(targets?[i] ?? [])}\n");
        }

        for (int i = index + 1; i < bodies.Length; i++)
        {
            if (bodies[i].GetProperty("parent").GetInt32() == index)
            {
                text.Append($"{new string(' ', depth)}{Position(bodies[i].GetProperty("line").GetInt32(), bodies[i].GetProperty("discriminator").GetUInt32())} {names[bodies[i].GetProperty("name").GetInt32()]}\n");
                Add(text, bodies, i, names, depth + 1);
            }
        }
    }

    private static string Position(int line, uint discriminator) => discriminator == 0 ? $"{line}" : $"{line}.{discriminator}";

    private static void Add(StringBuilder text, JsonElement body, int depth)
    {
        foreach (var position in body.GetProperty("positions").EnumerateArray())
        {
            string targets = position.TryGetProperty("targets", out var called) ? string.Concat(called.EnumerateObject().Select(t => $" {t.Name}:{t.Value.GetUInt64()}")) : "";
            text.Append($"{new string(' ', depth)}{position.GetProperty("position").GetString()} {position.GetProperty("count").GetUInt64()}{targets}\n");
        }

        foreach (var call in body.GetProperty("inlined").EnumerateArray())
        {
            text.Append($"{new string(' ', depth)}{call.GetProperty("position").GetString()} {call.GetProperty("callee").GetString()}\n");
            Add(text, call, depth + 1);
        }
    }
}
