using System.Text.Json;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary>What a recording holds, for programs: one object.</summary>
internal static class InspectionJson
{
    public static void Write(RecordingInspection inspection, TextWriter writer) =>
        JsonText.Write(writer, isIndented: true, json => Write(inspection, json));

    private static void Write(RecordingInspection inspection, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("recording", inspection.Path);
        json.WriteString("container", inspection.Container);
        json.WriteStartArray("commandLine");
        foreach (string word in inspection.CommandLine)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
        json.WriteString("architecture", inspection.Architecture);
        json.WriteString("cpu", inspection.Cpu);
        json.WriteString("kernelRelease", inspection.KernelRelease);
        json.WriteString("perfVersion", inspection.PerfVersion);
        WriteEvents(inspection, json);
        json.WriteStartObject("records");
        foreach (var records in inspection.RecordsByType)
        {
            json.WriteNumber(records.Type, records.Count);
        }

        json.WriteEndObject();
        json.WriteNumber("samples", inspection.Samples);
        json.WriteString("countedEvent", inspection.CountedEvent);
        json.WriteNumber("countedSamples", inspection.CountedSamples);
        json.WriteNumber("samplesWithBranchStack", inspection.SamplesWithBranchStack);
        json.WriteNumber("branchEntries", inspection.BranchEntries);
        json.WriteNumber("deepestBranchStack", inspection.DeepestBranchStack);
        json.WriteNumber("lostSamples", inspection.LostSamples);
        json.WriteNumber("firstTime", inspection.FirstTime);
        json.WriteNumber("lastTime", inspection.LastTime);
        WriteBinaries(inspection, json);
        JsonText.WriteDiagnostics(inspection.Diagnostics, json);
        json.WriteString("problem", inspection.Problem);
        json.WriteString("next", inspection.NextStep);
        json.WriteEndObject();
    }

    private static void WriteEvents(RecordingInspection inspection, Utf8JsonWriter json)
    {
        json.WriteStartArray("events");
        foreach (var recorded in inspection.Events)
        {
            json.WriteStartObject();
            json.WriteString("name", recorded.Name);
            json.WriteNumber("samples", recorded.Samples);
            json.WriteNumber(recorded.IsFrequency ? "frequency" : "period", recorded.PeriodOrFrequency);
            json.WriteBoolean("samplesUser", recorded.SamplesUser);
            json.WriteBoolean("samplesKernel", recorded.SamplesKernel);
            json.WriteString("branchFilter", recorded.BranchFilter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBinaries(RecordingInspection inspection, Utf8JsonWriter json)
    {
        json.WriteNumber("samplesElsewhere", inspection.SamplesElsewhere);
        json.WriteStartArray("binaries");
        foreach (var binary in inspection.Binaries)
        {
            json.WriteStartObject();
            json.WriteString("name", binary.Recorded.Name);
            json.WriteString("buildId", binary.Recorded.BuildId);
            json.WriteNumber("samples", binary.Recorded.Samples);
            json.WriteNumber("share", binary.Recorded.Share);
            json.WriteNumber("branches", binary.Branches);
            json.WriteNumber("branchShare", binary.BranchShare);
            json.WriteString("path", binary.Path);
            json.WriteString("debugInformation", binary.DebugInformation.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
