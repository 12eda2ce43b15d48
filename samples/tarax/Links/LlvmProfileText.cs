using System.Globalization;
using Tarax.AutoFdo.Profiles;

namespace Tarax.Tool.Links;

/// <summary>Profiles as <c>llvm-profdata show --sample</c> prints them (SampleProf.cpp, FunctionSamples::print; llvm-profdata.cpp, showHotFunctionList).</summary>
internal sealed class LlvmProfileText(TextWriter writer)
{
    private const uint HotCutoff = 990_000;
    private const int Million = 1_000_000;

    /// <summary>Writes a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="flags">What is asked for: one function, the summary, the hottest.</param>
    /// <param name="writer">Where to write.</param>
    public static void Write(SampleProfile profile, ToolFlags flags, TextWriter writer)
    {
        var text = new LlvmProfileText(writer);
        var functions = profile.Functions.OrderByDescending(f => TotalOf(f.Body)).ThenBy(f => f.Name, StringComparer.Ordinal).ToList();
        if (flags.IsGiven("function"))
        {
            string name = flags.Value("function", "");
            text.Function(functions.Find(f => f.Name == name) ?? new FunctionProfile("", "", 0, 0, new FunctionBody([], [])));
        }
        else
        {
            functions.ForEach(text.Function);
        }

        var summary = ProfileSummary.Of(profile);
        if (flags.IsSet("show-prof-sym-list"))
        {
            text.Line("======== Dump profile symbol list ========");
            foreach (string name in profile.SymbolList)
            {
                text.Line(name);
            }
        }

        if (flags.IsSet("detailed-summary"))
        {
            text.Summary(summary);
        }

        if (flags.IsSet("hot-func-list") || flags.IsGiven("topn"))
        {
            text.Hottest(functions, summary, flags.IsGiven("topn") ? flags.Number("topn", 0) : ulong.MaxValue);
        }
    }

    private void Function(FunctionProfile function)
    {
        writer.Write($"Function: {function.Name}: ");
        Body(function.Body, function.HeadCount, 0);
    }

    private void Body(FunctionBody body, ulong head, int indent)
    {
        string space = new(' ', indent);
        Line($"{TotalOf(body)}, {head}, {body.Positions.Count} sampled lines");
        if (body.Positions.Count > 0)
        {
            Line($"{space}Samples collected in the function's body {{");
            foreach (var position in body.Positions)
            {
                Line($"{space}  {position.Position}: {position.Count}{Targets(position)}");
            }

            Line($"{space}}}");
        }
        else
        {
            Line($"{space}No samples collected in the function's body");
        }

        if (body.Calls.Count == 0)
        {
            Line($"{space}No inlined callsites in this function");
            return;
        }

        Line($"{space}Samples collected in inlined callsites {{");
        foreach (var call in body.Calls)
        {
            writer.Write($"{space}  {call.Position}: inlined callee: {call.Callee}: ");
            Body(call.Body, 0, indent + 4);
        }

        Line($"{space}}}");
    }

    private void Summary(ProfileSummary summary)
    {
        Line($"Total functions: {summary.Functions}");
        Line($"Maximum function count: {summary.MaximumHeadCount}");
        Line($"Maximum internal block count: 0");
        Line($"Total number of blocks: {summary.Positions}");
        Line($"Total count: {summary.TotalCount}");
        Line($"Detailed summary:");
        foreach (var row in summary.Rows)
        {
            Line($"{row.Positions} blocks ({100.0 * row.Positions / Math.Max(summary.Positions, 1):0.00}%) with count >= {row.MinimumCount} account for {100.0 * row.Cutoff / Million:0.####}% of the total counts.");
        }
    }

    private void Hottest(List<FunctionProfile> functions, ProfileSummary summary, ulong most)
    {
        ulong least = summary.Rows.First(r => r.Cutoff == HotCutoff).MinimumCount;
        double total = functions.Sum(f => (double)TotalOf(f.Body));
        var hot = functions.FindAll(f => f.Body.MaximumCount() >= least);
        double ofHot = hot.Sum(f => (double)TotalOf(f.Body));
        Line($"{hot.Count} out of {functions.Count} functions with profile ({100.0 * hot.Count / Math.Max(functions.Count, 1):0.00}%) are considered hot functions (max sample >= {least}).");
        Line($"{ofHot:0} out of {total:0} profile counts ({100.0 * ofHot / Math.Max(total, 1):0.00}%) are from hot functions.");
        Line($"{" Total sample (%)",-24}{"Max sample",-18}{"Entry sample",-16}Function name");
        foreach (var function in hot.Take((int)Math.Min(most, int.MaxValue)))
        {
            ulong sum = TotalOf(function.Body);
            string share = string.Create(CultureInfo.InvariantCulture, $" {sum} ({100.0 * sum / Math.Max(total, 1):0.00}%)");
            Line($"{share,-24}{function.Body.MaximumCount(),-18}{Entry(function.Body),-16}{function.Name}");
        }
    }

    /// <summary>Not the head count, but that of what stands first (FunctionSamples::getHeadSamplesEstimate).</summary>
    private static ulong Entry(FunctionBody body)
    {
        ulong count = (body.Positions, body.Calls) switch
        {
            ([], []) => 0,
            ([var position, ..], [var call, ..]) when call.Position.CompareTo(position.Position) <= 0 => EntriesAt(body, call.Position),
            ([], [var call, ..]) => EntriesAt(body, call.Position),
            ([var position, ..], _) => position.Count,
        };
        return count > 0 || TotalOf(body) == 0 ? count : 1;
    }

    private static ulong EntriesAt(FunctionBody body, SourcePosition position) => body.Calls.Where(c => c.Position == position).Aggregate(0UL, (sum, c) => sum + Entry(c.Body));

    private static ulong TotalOf(FunctionBody body) => body.StatedTotal ?? body.TotalCount();

    private static string Targets(PositionCount position) => position.Targets.Count == 0 ? ""
        : $", calls:{string.Concat(position.Targets.OrderByDescending(t => t.Count).ThenBy(t => t.Name, StringComparer.Ordinal).Select(t => string.Create(CultureInfo.InvariantCulture, $" {t.Name}:{t.Count}")))}";

    private void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    private void Line(string text) => writer.Write($"{text}\n");
}
