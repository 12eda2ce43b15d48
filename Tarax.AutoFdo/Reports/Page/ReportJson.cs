using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tarax.AutoFdo.Reports.Page;

/// <summary>How a report is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ExactNumber)])]
[JsonSerializable(typeof(ReportData))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Writes a report.</summary>
    public static void Write(ReportData data, Stream stream) => JsonSerializer.Serialize(stream, data, Default.ReportData);
}

/// <summary>Numbers that a double holds exactly as such, larger ones as a string of their digits: JavaScript has no others.</summary>
internal sealed class ExactNumber : JsonConverter<ulong>
{
    private const ulong LargestOfDouble = 1UL << 53;

    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? ulong.Parse(reader.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture) : reader.GetUInt64();

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options)
    {
        if (value <= LargestOfDouble)
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
