using System.Globalization;
using System.Text;
using System.Text.Json;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Profiles;

namespace Tarax.Tool;

/// <summary>The profiles of many binaries of one recording, each in a file named by its binary, and a line of report for each.</summary>
internal static class ManyProfiles
{
    /// <summary>Writes the profiles as they come.</summary>
    /// <param name="outcomes">What became of each binary.</param>
    /// <param name="folder">Folder for the profiles; made where it does not exist.</param>
    /// <param name="llvm">Choices for LLVM's formats.</param>
    /// <param name="isJson">Whether the report is an array of objects.</param>
    /// <param name="failsOnProblem">Whether a binary without a profile is a failure.</param>
    /// <exception cref="ConversionException">No profile was written, or one is missing that must not.</exception>
    public static void Write(IEnumerable<BinaryOutcome> outcomes, string folder, LlvmProfileOptions llvm, bool isJson, bool failsOnProblem)
    {
        Directory.CreateDirectory(folder);
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        int problems = 0;
        foreach (var outcome in outcomes)
        {
            string? file = null;
            if (outcome.Result is { } result)
            {
                file = Path.Combine(folder, $"{FileName(outcome.Binary, names)}{(result.Report.Format.IsLlvm() ? ".prof" : ".afdo")}");
                result.Profile.Save(file, result.Report.Format, llvm);
            }
            else
            {
                problems++;
            }

            if (!isJson)
            {
                Console.Error.WriteLine(Line(outcome, file));
            }

            WriteJson(json, outcome, file);
        }

        json.WriteEndArray();
        json.Flush();
        if (isJson)
        {
            Console.Error.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
        }

        if (names.Count == 0 || (failsOnProblem && problems > 0))
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, names.Count == 0 ? "no profile could be made" : $"{problems} of the binaries have no profile");
        }
    }

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

    private static string Line(BinaryOutcome outcome, string? file)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{100 * outcome.Binary.Share,5:0.0} %  {outcome.Binary.Name}");
        if (outcome.Result is not { } result)
        {
            return $"{head}: no profile: {outcome.Problem}";
        }

        var line = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture, $"{head}: {result.Report.Functions:N0} functions, {result.Report.Positions:N0} positions, {ReportText.FormatName(result.Report)}: {file}"));
        foreach (var diagnostic in result.Report.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Warning))
        {
            line.Append(CultureInfo.InvariantCulture, $"{Environment.NewLine}         warning [{diagnostic.Id}] {diagnostic.Message}");
        }

        return line.ToString();
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
