using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary>What a recording holds, for people.</summary>
internal static class InspectionText
{
    private const int BinariesShown = 20;

    /// <summary>Columns that are left to the rest of a binary's line.</summary>
    private const int FoundAsColumns = 70;
    private const double NanosecondsPerSecond = 1e9;

    public static void Write(RecordingInspection inspection, TextWriter writer)
    {
        var lines = new List<string> { $"recording  {inspection.Path} ({inspection.Container})" };
        Add(lines, "command    ", string.Join(' ', inspection.CommandLine));
        Add(lines, "machine    ", string.Join(", ", new[] { inspection.Architecture, inspection.Cpu, inspection.KernelRelease, Prefixed("perf ", inspection.PerfVersion) }.Where(t => t.Length > 0)));
        foreach (var recorded in inspection.Events)
        {
            lines.Add((recorded == inspection.Events[0] ? "events     " : "           ") + EventLine(recorded));
        }

        Add(lines, "records    ", string.Join(", ", inspection.RecordsByType.Select(r => Invariant($"{r.Type} {r.Count:N0}"))));
        if (inspection.CountedSamples > 0)
        {
            lines.Add(Invariant($"samples    {inspection.CountedSamples:N0} of {inspection.CountedEvent}, {Percent(inspection.SamplesWithBranchStack, inspection.CountedSamples)} with branch stacks{Depth(inspection)}{Span(inspection)}"));
        }

        if (inspection.LostSamples > 0)
        {
            lines.Add(Invariant($"lost       {inspection.LostSamples:N0} samples"));
        }

        AddBinaries(lines, inspection);
        lines.AddRange(inspection.Diagnostics.Select(d => $"{(d.Severity == DiagnosticSeverity.Warning ? "warning" : "note")} [{d.Id}] {d.Message}"));
        Add(lines, "problem    ", inspection.Problem ?? "");
        lines.Add($"next       {inspection.NextStep}");
        lines.ForEach(writer.WriteLine);
    }

    private static void AddBinaries(List<string> lines, RecordingInspection inspection)
    {
        if (inspection.Binaries.Count == 0)
        {
            return;
        }

        lines.Add("binaries   samples branches");
        foreach (var binary in inspection.Binaries.Take(BinariesShown))
        {
            string state = binary.DebugInformation switch
            {
                DebugInformationState.Found => binary.Path == binary.Recorded.Name ? "with debug information" : $"here as {Terminal.Fit(binary.Path!, FoundAsColumns)}",
                DebugInformationState.Missing => "no debug information",
                _ => "not on this machine",
            };
            string buildId = binary.Recorded.BuildId.Length == 0 ? "no build-id" : $"build-id {Terminal.BuildId(binary.Recorded.BuildId)}";
            string start = Invariant($"           {100 * binary.Recorded.Share,5:0.0} %  {100 * binary.BranchShare,5:0.0} %  ");
            string end = $" ({buildId}; {state})";
            lines.Add($"{start}{Terminal.Fit(binary.Recorded.Name, start.Length + end.Length)}{end}");
        }

        ulong known = inspection.Binaries.Aggregate(0UL, (sum, b) => sum + b.Recorded.Samples);
        if (inspection.SamplesElsewhere > 0)
        {
            lines.Add(Invariant($"           {100.0 * inspection.SamplesElsewhere / (known + inspection.SamplesElsewhere),5:0.0} %           in no file (JIT code, other memory, or mappings that were not recorded)"));
        }

        if (inspection.Binaries.Count > BinariesShown)
        {
            lines.Add(Invariant($"           … and {inspection.Binaries.Count - BinariesShown:N0} more"));
        }
    }

    private static string EventLine(InspectedEvent recorded)
    {
        string rate = recorded.PeriodOrFrequency == 0 ? "" : recorded.IsFrequency ? Invariant($", {recorded.PeriodOrFrequency:N0} a second") : Invariant($", one in {recorded.PeriodOrFrequency:N0}");
        string where = (recorded.SamplesUser, recorded.SamplesKernel) switch
        {
            (true, true) => "user and kernel",
            (true, false) => "user",
            (false, true) => "kernel",
            _ => "neither user nor kernel",
        };
        return Invariant($"{recorded.Name}: {recorded.Samples:N0} samples{rate}, {where}, {(recorded.BranchFilter.Length == 0 ? "no branch stacks" : $"branch stacks ({recorded.BranchFilter})")}");
    }

    private static string Depth(RecordingInspection inspection) => inspection.SamplesWithBranchStack == 0
        ? ""
        : Invariant($" of {(double)inspection.BranchEntries / inspection.SamplesWithBranchStack:0.0} entries (at most {inspection.DeepestBranchStack})");

    private static string Span(RecordingInspection inspection) =>
        inspection.FirstTime == 0 ? "" : Invariant($", over {(inspection.LastTime - inspection.FirstTime) / NanosecondsPerSecond:0.000} s");

    private static void Add(List<string> lines, string head, string text)
    {
        if (text.Length > 0)
        {
            lines.Add(head + text);
        }
    }

    private static string Prefixed(string prefix, string text) => text.Length == 0 ? "" : prefix + text;

    private static string Percent(long part, long whole) => Invariant($"{(whole == 0 ? 0 : 100.0 * part / whole):0.0} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
