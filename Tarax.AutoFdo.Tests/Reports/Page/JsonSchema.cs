using System.Text.Json;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>As much of JSON Schema (draft 7) as formats of viewers use: types, properties, items, alternatives, references, constants. Anything else in a schema is a fault.</summary>
/// <param name="schema">The schema.</param>
internal sealed class JsonSchema(JsonElement schema)
{
    private static readonly HashSet<string> Words = ["$schema", "$ref", "definitions", "description", "title", "type", "properties", "required", "items", "anyOf", "enum", "const", "minItems", "maxItems", "additionalProperties"];

    /// <summary>What of a value is not as the schema has it.</summary>
    public List<string> Faults(JsonElement value)
    {
        var faults = new List<string>();
        Check(schema, value, "$", faults);
        return faults;
    }

    private void Check(JsonElement rule, JsonElement value, string at, List<string> faults)
    {
        if (rule.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        faults.AddRange(rule.EnumerateObject().Where(p => !Words.Contains(p.Name)).Select(p => $"{at}: the schema's word {p.Name} is not known here"));
        if (rule.TryGetProperty("$ref", out var reference))
        {
            Check(reference.GetString()!.Split('/').Skip(1).Aggregate(schema, (element, part) => element.GetProperty(Uri.UnescapeDataString(part))), value, at, faults);
        }

        if (rule.TryGetProperty("anyOf", out var alternatives) && !alternatives.EnumerateArray().Any(a => IsMet(a, value)))
        {
            faults.Add($"{at}: is none of the alternatives");
        }

        if (rule.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(t => Is(t.GetString()!, value)) : Is(type.GetString()!, value)))
        {
            faults.Add($"{at}: is no {type}");
        }

        if (rule.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)))
        {
            faults.Add($"{at}: is none of {values}");
        }

        if (rule.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
        {
            faults.Add($"{at}: is not {constant}");
        }

        CheckParts(rule, value, at, faults);
    }

    private void CheckParts(JsonElement rule, JsonElement value, string at, List<string> faults)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            faults.AddRange(rule.TryGetProperty("required", out var required) ? required.EnumerateArray().Where(r => !value.TryGetProperty(r.GetString()!, out _)).Select(r => $"{at}: has no {r}") : []);
            foreach (var property in rule.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToList() : [])
            {
                if (value.TryGetProperty(property.Name, out var part))
                {
                    Check(property.Value, part, $"{at}.{property.Name}", faults);
                }
            }
        }

        if (value.ValueKind == JsonValueKind.Array && rule.TryGetProperty("items", out var items))
        {
            foreach (var (i, part) in value.EnumerateArray().Index())
            {
                Check(items.ValueKind == JsonValueKind.Array ? items[Math.Min(i, items.GetArrayLength() - 1)] : items, part, $"{at}[{i}]", faults);
            }
        }
    }

    private bool IsMet(JsonElement rule, JsonElement value)
    {
        var faults = new List<string>();
        Check(rule, value, "", faults);
        return faults.Count == 0;
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };
}
