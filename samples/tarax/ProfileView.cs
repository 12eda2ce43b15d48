using System.Globalization;
using System.Text;
using System.Text.Json;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary>A profile's summary and some of its functions, as text or JSON.</summary>
/// <param name="profile">The profile.</param>
/// <param name="functions">The functions to show.</param>
/// <param name="bytes">Length of its file.</param>
/// <param name="showsBodies">Whether all counts of the functions are shown.</param>
/// <param name="nameOf">What is shown for a name.</param>
internal sealed class ProfileView(SampleProfile profile, IReadOnlyList<FunctionProfile> functions, long bytes, bool showsBodies, Func<string, string> nameOf)
{
    private readonly ProfileSummary _summary = ProfileSummary.Of(profile.WithHotCutoff(0));

    public void WriteText(TextWriter writer)
    {
        if (showsBodies)
        {
            foreach (var function in functions)
            {
                writer.WriteLine(Invariant($"{nameOf(function.Name)}:{Total(function.Body)}:{function.HeadCount}{(function.File.Length > 0 ? $"  {function.File}" : "")}"));
                if (Places?.Of(function.Name, function.File) is null && Places?.All(function.Name) is { Count: > 1 } several)
                {
                    writer.WriteLine($"  {nameOf(function.Name)} is defined in {string.Join(" and ", several.Select(p => Place(p.File, p.Line)))}, and the profile has one function for them: its lines are told by their distance from the first");
                }

                WriteBody(function.Name, function.File, function.Body, 1, writer);
            }

            return;
        }

        writer.WriteLine(Invariant($"{_summary.Functions:N0} functions, {_summary.Positions:N0} positions, total count {_summary.TotalCount:N0}, largest {_summary.MaximumCount:N0}"));
        writer.WriteLine(Invariant($"{Form()}, {bytes:N0} bytes"));
        foreach (var row in _summary.Rows)
        {
            if (row.Cutoff is 500_000 or 900_000 or 990_000 or 999_000)
            {
                writer.WriteLine(Invariant($"{row.Cutoff / 10_000.0} % of the counts lie in {row.Positions:N0} positions, each executed at least {row.MinimumCount:N0} times"));
            }
        }

        if (profile.HotCutoff > 0)
        {
            writer.WriteLine(Invariant($"the compiler is told to take {profile.HotCutoff / 10_000.0} % of the counts for hot"));
        }

        writer.WriteLine();
        writer.WriteLine($"{"total",12} {"share",7} {new string(' ', Terminal.Bar(0).Length)}{"head",10}  function");
        foreach (var function in functions)
        {
            ulong total = function.Body.TotalCount();
            double share = _summary.TotalCount == 0 ? 0 : 100.0 * total / _summary.TotalCount;
            string start = Invariant($"{total,12:N0} {share,5:0.0} % {Terminal.Bar(share / 100)}{function.HeadCount,10:N0}  ");
            Terminal.WriteLine(start, Terminal.Fit(nameOf(function.Name), start.Length), "", share / 100);
        }

        WriteMore(writer);
    }

    private void WriteMore(TextWriter writer)
    {
        if (profile.Functions.Count > functions.Count)
        {
            writer.WriteLine(Invariant($"{"",12} and {profile.Functions.Count - functions.Count:N0} more (--top {profile.Functions.Count})"));
        }
    }

    public void WriteJson(TextWriter writer)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, MaxDepth = 10_000 }))
        {
            json.WriteStartObject();
            json.WriteString("format", profile.Format?.Name);
            json.WriteNumber("bytes", bytes);
            json.WriteBoolean("flowSensitive", profile.IsFlowSensitive);
            json.WriteBoolean("hashedNames", profile.HasHashedNames);
            json.WriteNumber("hotCutoff", profile.HotCutoff);
            json.WriteNumber("symbolList", profile.SymbolList.Count);
            json.WriteNumber("functions", _summary.Functions);
            json.WriteNumber("positions", _summary.Positions);
            json.WriteNumber("totalCount", _summary.TotalCount);
            json.WriteNumber("maximumCount", _summary.MaximumCount);
            json.WriteNumber("maximumHeadCount", _summary.MaximumHeadCount);
            json.WriteStartArray("cutoffs");
            foreach (var row in _summary.Rows)
            {
                json.WriteStartObject();
                json.WriteNumber("cutoff", row.Cutoff);
                json.WriteNumber("minimumCount", row.MinimumCount);
                json.WriteNumber("positions", row.Positions);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("hottest");
            foreach (var function in functions)
            {
                json.WriteStartObject();
                json.WriteString("name", function.Name);
                json.WriteString("file", function.File);
                json.WriteNumber("total", function.Body.TotalCount());
                json.WriteNumber("head", function.HeadCount);
                json.WriteNumber("firstTime", function.FirstTime);
                if (showsBodies)
                {
                    WriteBody(function.Body, json);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        writer.Write(Encoding.UTF8.GetString(stream.ToArray()) + '\n');
    }

    /// <summary>Where the source is, of which a binary says; nothing where none was given.</summary>
    public SourcePlaces? Places { get; init; }

    /// <summary>A file and a line; the file's whole path only where it was asked for.</summary>
    public static string Place(string file, long line) => Invariant($"{(Terminal.IsWide ? file : Path.GetFileName(file))}:{line}");

    private string PlaceOf(string function, string file, SourcePosition position) =>
        Places is not null && Places.Of(function, file) is { } place && Places.Others.PlacesOf(place, position.LineOffset) is { Count: > 0 } lines ? $"  ({string.Join(" and ", lines.Select(l => Place(l.File, l.Line)))})" : "";

    private string Form()
    {
        var parts = new List<string> { profile.Format?.Name ?? "" };
        parts.AddRange(profile.HasHashedNames ? ["hashed names"] : []);
        parts.AddRange(profile.IsFlowSensitive ? ["flow-sensitive discriminators"] : []);
        parts.AddRange(profile.SymbolList.Count > 0 ? [Invariant($"{profile.SymbolList.Count:N0} symbols")] : []);
        return string.Join(", ", parts);
    }

    private static ulong Total(FunctionBody body) => body.StatedTotal ?? body.TotalCount();

    /// <summary>As LLVM's text: a space for each level, the calls inlined into a function behind its own positions.</summary>
    private void WriteBody(string name, string file, FunctionBody body, int depth, TextWriter writer)
    {
        string indent = new(' ', depth);
        foreach (var position in body.Positions)
        {
            string targets = string.Concat(position.Targets.Select(t => Invariant($" {nameOf(t.Name)}:{t.Count}")));
            writer.WriteLine(Invariant($"{indent}{position.Position}: {position.Count}{targets}{PlaceOf(name, file, position.Position)}"));
        }

        foreach (var call in body.Calls)
        {
            writer.WriteLine(Invariant($"{indent}{call.Position}: {nameOf(call.Callee)}:{Total(call.Body)}{PlaceOf(name, file, call.Position)}"));
            WriteBody(call.Callee, call.File, call.Body, depth + 1, writer);
        }
    }

    private static void WriteBody(FunctionBody body, Utf8JsonWriter json)
    {
        json.WriteStartArray("positions");
        foreach (var position in body.Positions)
        {
            json.WriteStartObject();
            json.WriteString("position", position.Position.ToString());
            json.WriteNumber("count", position.Count);
            if (position.Targets.Count > 0)
            {
                json.WriteStartObject("targets");
                foreach (var target in position.Targets)
                {
                    json.WriteNumber(target.Name, target.Count);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("inlined");
        foreach (var call in body.Calls)
        {
            json.WriteStartObject();
            json.WriteString("position", call.Position.ToString());
            json.WriteString("callee", call.Callee);
            WriteBody(call.Body, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
