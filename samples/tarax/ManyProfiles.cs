using System.Globalization;
using System.Text.Json;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.Tool;

/// <summary>Which of many binaries must have a profile.</summary>
internal enum Completeness
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>The one with most samples.</summary>
    Main,

    /// <summary>All.</summary>
    All,
}

/// <summary>The profiles of many binaries of one recording, each in a file named by its binary, and a line of report for each.</summary>
internal static class ManyProfiles
{
    /// <summary>Writes the profiles: all of them, or none where one cannot be written.</summary>
    /// <param name="outcomes">What became of each binary.</param>
    /// <param name="inputs">What is read, and must not be written over.</param>
    /// <param name="folder">Folder for the profiles; made where it does not exist.</param>
    /// <param name="finish">Gives a format the choices that were made for it.</param>
    /// <param name="isJson">Whether the report is an array of objects.</param>
    /// <param name="needed">Which binaries must have a profile.</param>
    /// <param name="layout">The layout that is made besides; null where none is.</param>
    /// <exception cref="ConversionException">No profile was written, or one is missing that must not.</exception>
    public static void Write(IEnumerable<BinaryOutcome> outcomes, string[] inputs, string folder, Func<ProfileFormat, ProfileFormat> finish, bool isJson, Completeness needed, BuildLayout? layout)
    {
        var names = new OutputNames();
        using var outputs = new OutputSet();
        outputs.MakeFolder(folder);
        var rows = new List<Row>();
        var old = new List<string>();
        string main = "";
        bool isFirst = true;
        bool isMainMissing = false;
        foreach (var outcome in outcomes)
        {
            string? file = null;
            if (outcome.Result is { } result)
            {
                file = Path.Combine(folder, $"{names.Of(outcome.Binary)}{(result.Report.Format is LlvmProfileFormat ? ".prof" : ".afdo")}");
                OutputCheck.Refuse(file, [.. inputs, .. result.Report.FilesRead]);
                FileKinds.ExpectProfileOrNothing(file);
                outputs.Add(file, profile => result.Profile.Write(profile, finish(result.Report.Format)));
                layout?.Add(result, outcome.Path!, inputs);
            }
            else
            {
                isMainMissing |= isFirst;
                main = isFirst ? outcome.Binary.Name : main;
                old.AddRange(OldProfiles(outcome, folder, names, inputs));
            }

            isFirst = false;
            rows.Add(new Row(outcome.Binary, outcome.Path, outcome.Problem, outcome.Result?.Report, file));
        }

        int profiles = rows.Count(r => r.Report is not null);
        int problems = rows.Count - profiles;
        if (profiles > 0)
        {
            layout?.AddTo(outputs);
        }

        outputs.Commit();
        var lines = isJson ? [] : rows.SelectMany(Lines).ToList();
        lines.AddRange(SetAside(old));
        lines.ForEach(Console.Error.WriteLine);
        if (isJson)
        {
            WriteJson(rows, layout, Console.Error);
        }
        else if (profiles > 0)
        {
            layout?.Report(Console.Error);
        }

        if (profiles == 0 || (needed == Completeness.All && problems > 0))
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, profiles == 0 ? "no profile could be made" : problems == 1 ? "one of the binaries has no profile" : $"{problems} of the binaries have no profile");
        }

        if (needed == Completeness.Main && isMainMissing)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"the binary with most samples, {main}, has no profile; {profiles} others have (--keep-going takes that for success)");
        }
    }

    /// <summary>A profile of another time is not to stand there as if it were of this recording; it is not lost either.</summary>
    private static IEnumerable<string> OldProfiles(BinaryOutcome outcome, string folder, OutputNames names, string[] inputs)
    {
        string name = names.Of(outcome.Binary);
        foreach (string ending in (string[])[".afdo", ".prof"])
        {
            string old = Path.Combine(folder, name + ending);
            OutputCheck.Refuse(old, inputs);
            OutputCheck.Refuse(old + ".old", inputs);
            if (FileSystem.IsRegular(old) && MayBeProfile(old) && (FileSystem.StatusOf(old + ".old", followsLinks: false) is null || MayBeProfile(old + ".old")))
            {
                yield return old;
            }
        }
    }

    private static List<string> SetAside(List<string> profiles) => profiles.ConvertAll(old =>
    {
        FileSystem.Rename(old, old + ".old");
        return $"         {old} is of before, and is now {old}.old";
    });

    /// <summary>LLVM's text begins with a function's name, by which it is not known.</summary>
    private static bool MayBeProfile(string path) => FileKinds.Of(path) is FileKind.Profile or FileKind.Unknown;

    private static List<string> Lines(Row row)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{100 * row.Binary.Share,5:0.0} %  {row.Binary.Name}");
        if (row.Report is not { } report)
        {
            // Messages begin with the file that they are about, which stands there already.
            string problem = row.Problem ?? "";
            return [$"{head}: no profile: {(row.Path is { } path && problem.StartsWith($"{path}: ", StringComparison.Ordinal) ? problem[(path.Length + 2)..] : problem)}"];
        }

        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{head}: {report.Functions:N0} functions, {report.Positions:N0} positions, {ReportText.FormatName(report)}: {row.File}"),
            .. report.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Warning).Select(d => $"         {Diagnostics.Line(d)}"),
        ];
    }

    private static void WriteJson(List<Row> rows, BuildLayout? layout, TextWriter writer) => JsonText.Write(writer, isIndented: false, json =>
    {
        json.WriteStartArray();
        rows.ForEach(row => WriteJson(json, row, layout));
        json.WriteEndArray();
    });

    private static void WriteJson(Utf8JsonWriter json, Row row, BuildLayout? layout)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Binary.Name);
        json.WriteString("buildId", row.Binary.BuildId);
        json.WriteNumber("samples", row.Binary.Samples);
        json.WriteNumber("share", row.Binary.Share);
        json.WriteString("binary", row.Path);
        json.WriteString("profile", row.File);
        json.WriteString("problem", row.Problem);
        if (row.Report is { } report)
        {
            json.WritePropertyName("report");
            ReportJson.Write(report, json, layout?.ReportOf(row.Path));
        }

        json.WriteEndObject();
    }

    /// <summary>What is said of a binary; its profile is written by then.</summary>
    private sealed record Row(RecordedBinary Binary, string? Path, string? Problem, ConversionReport? Report, string? File);
}
