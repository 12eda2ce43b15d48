using System.Globalization;
using System.Text.Json;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Targets;

namespace Tarax.Tool;

/// <summary>A conversion's report for programs: one object on one line.</summary>
internal static class ReportJson
{
    public static void Write(ConversionReport report, TextWriter writer, CodeLayoutReport? layout = null) =>
        JsonText.Write(writer, isIndented: false, json => Write(report, json, layout));

    public static void Write(ConversionReport report, Utf8JsonWriter json, CodeLayoutReport? layout = null)
    {
        json.WriteStartObject();
        json.WriteString("event", report.EventName);
        json.WriteNumber("samples", report.Samples);
        json.WriteNumber("samplesWithBranchStack", report.SamplesWithBranchStack);
        json.WriteNumber("samplesInBinary", report.SamplesInBinary);
        json.WriteNumber("branchEntries", report.BranchEntries);
        json.WriteString("identification", report.Identification.ToString());
        json.WriteString("buildId", report.BuildId);
        json.WriteNumber("rangeExecutions", report.RangeExecutions);
        json.WriteStartArray("droppedRanges");
        foreach (var dropped in report.DroppedRanges)
        {
            json.WriteStartObject();
            json.WriteString("reason", dropped.Reason);
            json.WriteNumber("executions", dropped.Executions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCode(report.Code, json);
        json.WriteString("compiler", report.Compiler?.ToString());
        json.WriteString("madeBy", report.MadeBy);
        WritePasses(report.Passes, json);
        json.WriteString("format", report.Format.Name);
        if (report.Format is GcovProfileFormat { Version: var version })
        {
            json.WriteNumber("gcovVersion", (int)version);
        }

        json.WriteNumber("functions", report.Functions);
        json.WriteNumber("functionsLeftOut", report.FunctionsLeftOut);
        json.WriteNumber("positions", report.Positions);
        json.WriteNumber("positionsLeftOut", report.PositionsLeftOut);
        json.WriteNumber("totalCount", report.TotalCount);
        json.WriteNumber("countingSeconds", report.CountingTime.TotalSeconds);
        json.WriteNumber("symbolizingSeconds", report.SymbolizingTime.TotalSeconds);
        json.WriteNumber("inferenceSeconds", report.InferenceTime.TotalSeconds);
        JsonText.WriteDiagnostics(report.Diagnostics, json);
        if (layout is not null)
        {
            Write(layout, json);
        }

        json.WriteEndObject();
    }

    private static void Write(CodeLayoutReport layout, Utf8JsonWriter json)
    {
        json.WriteStartObject("layout");
        json.WriteNumber("functionsInMap", layout.FunctionsInMap);
        json.WriteNumber("functions", layout.Functions);
        json.WriteNumber("blocks", layout.Blocks);
        json.WriteNumber("hotBlocks", layout.HotBlocks);
        json.WriteNumber("hotBytes", layout.HotBytes);
        json.WriteNumber("executions", layout.Executions);
        foreach (var (name, measure) in ((string, LayoutMeasure)[])[("before", layout.Before), ("after", layout.After)])
        {
            json.WriteStartObject(name);
            json.WriteNumber("score", measure.Score);
            json.WriteNumber("takenBranches", measure.TakenBranches);
            json.WriteNumber("pages", measure.Pages);
            json.WriteEndObject();
        }

        json.WriteStartArray("unplaced");
        foreach (var unplaced in layout.Unplaced)
        {
            json.WriteStartObject();
            json.WriteString("reason", unplaced.Reason);
            json.WriteNumber("executions", unplaced.Executions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePasses(IReadOnlyList<PassResult> passes, Utf8JsonWriter json)
    {
        json.WriteStartArray("passes");
        foreach (var pass in passes)
        {
            json.WriteStartObject();
            json.WriteString("id", pass.Id);
            if (pass.FunctionsChanged is { } changed)
            {
                json.WriteNumber("functionsChanged", changed);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Numbers beyond 64 bits, which JSON has and few readers.</summary>
    private static void WriteCode(CodeAccount code, Utf8JsonWriter json)
    {
        void Number(string name, UInt128 value)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteStartObject("code");
        Number("executedBytes", code.Executed);
        Number("inPositions", code.InPositions);
        json.WriteStartArray("leftOut");
        foreach (var leftOut in code.LeftOut)
        {
            json.WriteStartObject();
            json.WriteString("id", leftOut.Id);
            json.WriteString("reason", leftOut.Reason);
            Number("bytes", leftOut.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
