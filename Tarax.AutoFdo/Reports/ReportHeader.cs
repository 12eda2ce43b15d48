using System.Globalization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports;

/// <summary>What a report says of a profile as a whole.</summary>
internal static class ReportHeader
{
    public static ReportedProfile ProfileOf(SampleProfile profile)
    {
        var summary = ProfileSummary.Of(profile.WithHotCutoff(0));
        return new ReportedProfile(
            profile.Format?.Name ?? "", profile.IsFlowSensitive, profile.HasHashedNames, profile.HotCutoff, profile.SymbolList.Count,
            summary.Functions, summary.Positions, summary.TotalCount, summary.MaximumCount, summary.MaximumHeadCount,
            [.. summary.Rows.Select(r => new ReportedCutoff(r.Cutoff, r.MinimumCount, r.Positions))]);
    }

    public static ReportedRecording RecordingOf(RecordingInspection inspection) => new()
    {
        Path = ReportNames.Valid(inspection.Path),
        Container = inspection.Container,
        CommandLine = [.. inspection.CommandLine.Select(ReportNames.Valid)],
        Architecture = ReportNames.Valid(inspection.Architecture),
        Cpu = ReportNames.Valid(inspection.Cpu),
        KernelRelease = ReportNames.Valid(inspection.KernelRelease),
        PerfVersion = ReportNames.Valid(inspection.PerfVersion),
        Events = [.. inspection.Events.Select(e => new ReportedEvent(ReportNames.Valid(e.Name), e.Samples, e.PeriodOrFrequency, e.IsFrequency, e.SamplesUser, e.SamplesKernel, e.BranchFilter))],
        CountedEvent = ReportNames.Valid(inspection.CountedEvent),
        CountedSamples = inspection.CountedSamples,
        SamplesWithBranchStack = inspection.SamplesWithBranchStack,
        BranchEntries = inspection.BranchEntries,
        DeepestBranchStack = inspection.DeepestBranchStack,
        LostSamples = inspection.LostSamples,
        FirstTime = inspection.FirstTime,
        LastTime = inspection.LastTime,
        SamplesElsewhere = inspection.SamplesElsewhere,
        Binaries = [.. inspection.Binaries.Select(b => new ReportedBinary(ReportNames.Valid(b.Recorded.Name), b.Recorded.BuildId, b.Recorded.Samples, b.Recorded.Share, b.Branches, b.BranchShare, b.DebugInformation.ToString()))],
    };

    public static ReportedConversion ConversionOf(ConversionReport report, string binary) => new()
    {
        Binary = ReportNames.Valid(binary),
        BuildId = report.BuildId,
        Identification = report.Identification.ToString(),
        Event = ReportNames.Valid(report.EventName),
        Samples = report.Samples,
        SamplesInBinary = report.SamplesInBinary,
        RangeExecutions = report.RangeExecutions,
        DroppedRanges = [.. report.DroppedRanges.Select(d => new ReportedShare("", d.Reason, Text(d.Executions)))],
        ExecutedBytes = Text(report.Code.Executed),
        BytesInPositions = Text(report.Code.InPositions),
        LeftOut = [.. report.Code.LeftOut.Select(l => new ReportedShare(l.Id, l.Reason, Text(l.Bytes)))],
        Compiler = report.Compiler?.ToString(),
        MadeBy = ReportNames.Valid(report.MadeBy),
        Passes = [.. report.Passes.Select(p => new ReportedPass(p.Id, p.FunctionsChanged))],
        FunctionsLeftOut = report.FunctionsLeftOut,
        PositionsLeftOut = report.PositionsLeftOut,
    };

    public static ReportedComparison ComparisonOf(SampleProfile old, SampleProfile profile, string title, ReportNames names)
    {
        var diff = ProfileDiff.Of(old, profile);

        // Clones count as their function in a comparison.
        var cloned = profile.Functions.Where(f => CloneSuffix.Cut(f.Name) != f.Name).ToLookup(f => CloneSuffix.Cut(f.Name), f => f.Name, StringComparer.Ordinal);
        int Index(string name) => names.Of(names.Known(name) is null && cloned[name].FirstOrDefault() is { } clone ? clone : name);
        int appear = diff.Functions.Count(f => f.LeftRank == 0);
        int vanish = diff.Functions.Count(f => f.RightRank == 0);
        return new ReportedComparison(
            ReportNames.Valid(title), diff.Overlap, diff.Functions.Count - appear - vanish, appear, vanish,
            [.. diff.Functions.Select(f => new ReportedDifference(Index(f.Name), f.LeftTotal, f.RightTotal, f.LeftShare, f.RightShare, f.Overlap, f.LeftRank, f.RightRank))]);
    }

    public static ReportedCompilerUse CompilerUseOf(CompilerUse use, ReportNames names) => new(
        use.Count, use.UsedCount, use.ColdCount, use.UnseenCount, use.KnowsCold,
        [.. use.Functions.Select(f => new ReportedUse(names.Of(f.Name), f.Count, f.UsedCount, f.IsSeen, f.IsTakenForCold)
        {
            Lines = f.Positions.Count == 0 ? null : [.. LinesOf(f.Positions)],
        })]);

    /// <summary>Of a line with several discriminators the largest count.</summary>
    private static IEnumerable<ReportedUsedLine> LinesOf(IReadOnlyList<UsedPosition> positions) =>
        positions.GroupBy(p => (p.Offset, File: p.File is null ? null : Path.GetFileName(p.File), p.Line)).OrderBy(g => g.Key.File, StringComparer.Ordinal).ThenBy(g => g.Key.Line).ThenBy(g => g.Key.Offset)
            .Select(g => new ReportedUsedLine(g.Key.Offset, g.Max(p => p.Count)) { File = g.Key.File is null ? null : ReportNames.Valid(g.Key.File), Line = g.Key.Line == 0 ? null : g.Key.Line });

    private static string Text(UInt128 number) => number.ToString(CultureInfo.InvariantCulture);
}
