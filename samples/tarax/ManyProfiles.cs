using System.Globalization;
using System.Text;
using System.Text.Json;
using Tarax.AutoFdo;
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
    /// <exception cref="ConversionException">No profile was written, or one is missing that must not.</exception>
    public static void Write(IEnumerable<BinaryOutcome> outcomes, string[] inputs, string folder, Func<ProfileFormat, ProfileFormat> finish, bool isJson, Completeness needed)
    {
        FileSystem.MakeFolder(folder);
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var outputs = new OutputSet();
        var lines = new List<string>();
        var old = new List<string>();
        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        int problems = 0;
        int profiles = 0;
        string main = "";
        bool isFirst = true;
        bool isMainMissing = false;
        foreach (var outcome in outcomes)
        {
            string? file = null;
            if (outcome.Result is { } result)
            {
                file = Path.Combine(folder, $"{FileName(outcome.Binary, names)}{(result.Report.Format is LlvmProfileFormat ? ".prof" : ".afdo")}");
                OutputCheck.Refuse(file, [.. inputs, .. result.Report.FilesRead]);
                FileKinds.ExpectProfileOrNothing(file);
                profiles++;
                outputs.Add(file, profile => result.Profile.Write(profile, finish(result.Report.Format)));
            }
            else
            {
                problems++;
                isMainMissing |= isFirst;
                main = isFirst ? outcome.Binary.Name : main;
                old.AddRange(OldProfiles(outcome, folder, names, inputs));
            }

            isFirst = false;
            lines.AddRange(Lines(outcome, file));
            WriteJson(json, outcome, file);
        }

        json.WriteEndArray();
        json.Flush();
        outputs.Commit();
        if (isJson)
        {
            lines.Clear();
        }

        lines.AddRange(SetAside(old));
        lines.ForEach(Console.Error.WriteLine);
        if (isJson)
        {
            Console.Error.Write(Encoding.UTF8.GetString(stream.ToArray()) + '\n');
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
    private static IEnumerable<string> OldProfiles(BinaryOutcome outcome, string folder, HashSet<string> names, string[] inputs)
    {
        string name = FileName(outcome.Binary, names);
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

    /// <summary>The base name of the binary; where another one has it already, with the beginning of the build-id or a number.</summary>
    private static string FileName(RecordedBinary binary, HashSet<string> names)
    {
        string name = binary.Name.StartsWith("[kernel.kallsyms]", StringComparison.Ordinal) ? "vmlinux" : Path.GetFileName(binary.Name).Trim('[', ']');
        if (names.Add(name))
        {
            return name;
        }

        string distinct = binary.BuildId.Length >= 8 ? $"{name}-{binary.BuildId[..8]}" : name;
        for (int number = 2; !names.Add(distinct); number++)
        {
            distinct = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }

        return distinct;
    }

    private static List<string> Lines(BinaryOutcome outcome, string? file)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{100 * outcome.Binary.Share,5:0.0} %  {outcome.Binary.Name}");
        if (outcome.Result is not { } result)
        {
            // Messages begin with the file that they are about, which stands there already.
            string problem = outcome.Problem ?? "";
            return [$"{head}: no profile: {(outcome.Path is { } path && problem.StartsWith($"{path}: ", StringComparison.Ordinal) ? problem[(path.Length + 2)..] : problem)}"];
        }

        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{head}: {result.Report.Functions:N0} functions, {result.Report.Positions:N0} positions, {ReportText.FormatName(result.Report)}: {file}"),
            .. result.Report.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Warning).Select(d => $"         {Diagnostics.Line(d)}"),
        ];
    }

    private static void WriteJson(Utf8JsonWriter json, BinaryOutcome outcome, string? file)
    {
        json.WriteStartObject();
        json.WriteString("name", outcome.Binary.Name);
        json.WriteString("buildId", outcome.Binary.BuildId);
        json.WriteNumber("samples", outcome.Binary.Samples);
        json.WriteNumber("share", outcome.Binary.Share);
        json.WriteString("binary", outcome.Path);
        json.WriteString("profile", file);
        json.WriteString("problem", outcome.Problem);
        if (outcome.Result is { } result)
        {
            json.WritePropertyName("report");
            ReportJson.Write(result.Report, json);
        }

        json.WriteEndObject();
    }
}
