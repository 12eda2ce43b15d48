using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports.Page;
using Tarax.AutoFdo.Reports.Viewers;

namespace Tarax.AutoFdo.Reports;

/// <summary>
/// A profile to be looked at: what was recorded, what became of it, functions, lines with the text of their source, inlined calls, instructions, and the difference to another profile. It is data, which
/// <see cref="WriteJson"/> writes for programs, and <see cref="WriteHtml"/> as one file for browsers. The same inputs give the same bytes. Any thread may use it.
/// </summary>
public sealed class ProfileReport
{
    /// <summary>Some functions of a profile are always inlined in a later build.</summary>
    private const double LeastShareToTell = 0.1;

    private ProfileReport(ReportData data, IReadOnlyList<string> sourceFiles) => (Data, SourceFiles) = (data, sourceFiles);

    internal ReportData Data { get; }

    /// <summary>The source files that were read for it.</summary>
    internal IReadOnlyList<string> SourceFiles { get; }

    /// <summary>Makes a report.</summary>
    /// <param name="inputs">What it is made of.</param>
    /// <exception cref="InvalidFormatException">The binary is damaged, or changed meanwhile.</exception>
    /// <exception cref="ConversionException">The binary has no debug information.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ProfileReport Of(ProfileReportInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Binary is null ? Build(inputs, null) : inputs.Binary.Use(binary => Build(inputs, binary));
    }

    /// <summary>Writes the report as one JSON object; docs/report.md says what is in it.</summary>
    /// <param name="stream">Where it goes; it stays open.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteJson(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReportJson.Write(Data, stream);
    }

    /// <summary>Writes the counts for another viewer.</summary>
    /// <param name="stream">Where they go; it stays open.</param>
    /// <param name="format">The viewer's format.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    /// <exception cref="IOException">They cannot be written.</exception>
    public void Write(Stream stream, ViewerFormat format)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Action<ReportData, Stream> write = format switch
        {
            ViewerFormat.Pprof => PprofProfile.Write,
            ViewerFormat.Speedscope => SpeedscopeProfile.Write,
            ViewerFormat.FirefoxProfiler => FirefoxProfile.Write,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "there is no such format"),
        };
        write(Data, stream);
    }

    /// <summary>Writes the report as one HTML file that needs nothing else.</summary>
    /// <param name="stream">Where it goes; it stays open.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteHtml(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        HtmlPage.Write(Data, stream);
    }

    /// <summary>Writes the report as one HTML file, which appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SaveHtml(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, WriteHtml);
    }

    private static ProfileReport Build(ProfileReportInputs inputs, Binary? binary)
    {
        var header = ReportHeader.ProfileOf(inputs.Profile);
        var hashes = inputs.Profile.HasHashedNames ? binary is null ? new ResolvedHashes(inputs.Profile, new Dictionary<string, string>()) : ResolvedHashes.Of(inputs.Profile, binary) : null;
        if (hashes is not null && binary is not null)
        {
            inputs = inputs with { Profile = hashes.Profile, OldProfile = inputs.OldProfile is { HasHashedNames: true } old ? ResolvedHashes.Of(old, binary).Profile : inputs.OldProfile };
        }

        var names = new ReportNames(inputs.ShortName) { HashOf = hashes?.HashOf };
        var missing = new List<string>();
        if (binary is not null)
        {
            ProfileConversion.CheckDebugInformation(binary);
        }

        var instructions = binary is null || inputs.Counts is null ? null : new ReportedInstructions(binary, inputs.Counts, inputs.Conversion?.Passes ?? [], names);
        instructions?.Places.Complete(inputs.Profile, binary!);
        var places = instructions?.Places ?? (binary is null ? null : SourcePlaces.Of(inputs.Profile, binary));
        places?.Place(names);
        var functions = ReportedBodies.Of(inputs.Profile, names, places);
        if (places is not null)
        {
            functions = [.. functions.Select(f => places.Others.With(f, names))];
        }

        if (instructions is not null)
        {
            functions = [.. functions.Select(f => instructions.With(f, names.NameOf(f.Name)))];
            if (Uncovered(inputs.Profile, functions) is { } uncovered)
            {
                missing.Add(uncovered);
            }

            if (instructions.LeftOut > 0)
            {
                missing.Add($"the instructions of {instructions.LeftOut} functions with few counts are not in this report, to keep it small");
            }
        }
        else if (binary is not null)
        {
            missing.Add("instructions are not in this report: --counts names the recording, or the counts, that the profile was made of");
        }
        else
        {
            missing.Add("lines are told by their distance from a function's first, and there are no instructions: --binary names the program that ran");
        }

        if (binary is not null && Elsewhere(inputs.Profile, binary) is { } elsewhere)
        {
            missing.Add(elsewhere);
        }

        var comparison = inputs.OldProfile is null ? null : ReportHeader.ComparisonOf(inputs.OldProfile, inputs.Profile, inputs.OldTitle, names);
        var compiler = inputs.Compiler is null ? null : ReportHeader.CompilerUseOf(inputs.Compiler, names);
        var read = new List<string>();
        var sources = Sources(inputs, functions, places?.Compiled ?? new CompiledSources(), names, missing, read);
        var files = inputs.Profile.Functions.ToDictionary(f => f.Name, f => f.File, StringComparer.Ordinal);
        var (recording, recordedHalves) = inputs.Recorded is { } recorded ? recorded.GetAwaiter().GetResult() : (inputs.Recording, null);
        var data = new ReportData
        {
            Title = ReportNames.Valid(inputs.Title),
            MadeBy = $"tarax {typeof(ProfileReport).Assembly.GetName().Version?.ToString(3)}",
            Profile = header,
            Recording = recording is null ? null : ReportHeader.RecordingOf(recording),
            Halves = recordedHalves is { } halves ? new ReportedHalves(halves.FirstSamples, halves.SecondSamples, halves.Functions, halves.Ranges) : null,
            Conversion = inputs.Conversion is null ? null : ReportHeader.ConversionOf(inputs.Conversion, binary?.Path ?? ""),
            Diagnostics = [.. (inputs.Conversion?.Diagnostics ?? recording?.Diagnostics ?? []).Concat(inputs.Profile.Diagnostics).Select(d => new ReportedDiagnostic(d.Id, d.Severity.ToString(), ReportNames.Valid(d.Message)))],
            Names = names.ToArray(name => files.GetValueOrDefault(name) is { Length: > 0 } file ? file : null),
            Files = names.Files(),
            Functions = functions,
            Sources = sources,
            Comparison = comparison,
            Compiler = compiler,
            Missing = [.. missing],
        };
        return new ProfileReport(data, read);
    }

    /// <summary>Says how much of a profile has no instructions by the counts that were given; null where it is little.</summary>
    private static string? Uncovered(SampleProfile profile, ReportFunction[] functions)
    {
        var without = functions.Where(f => f.Samples is null && f.Code is null).ToList();
        double share = without.Sum(f => (double)f.Total) / Math.Max(functions.Sum(f => (double)f.Total), 1);
        return share < LeastShareToTell ? null
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{without.Count} of {profile.Functions.Count} functions, with {100 * share:0.#} % of the counts, did not run by the counts that --counts gave, and have no instructions here: are these counts of this profile and this build?");
    }

    /// <summary>Says how much of a profile a binary does not have; null where it has the functions.</summary>
    private static string? Elsewhere(SampleProfile profile, Binary binary)
    {
        var known = binary.Symbolizer.FunctionNames().ToHashSet(StringComparer.Ordinal);
        var unknown = profile.Functions.Where(f => !known.Contains(f.Name) && !known.Contains(CloneSuffix.Cut(f.Name))).ToList();
        double share = unknown.Sum(f => (double)f.Body.TotalCount()) / Math.Max(profile.Functions.Sum(f => (double)f.Body.TotalCount()), 1);
        return share < LeastShareToTell ? null
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{unknown.Count} of {profile.Functions.Count} functions, with {100 * share:0.#} % of the counts, are not in {ReportNames.Valid(binary.Path)}: lines and sources of another program or build are wrong here; tarax check tells what still fits");
    }

    private static ReportedSource[] Sources(ProfileReportInputs inputs, ReportFunction[] functions, CompiledSources compiled, ReportNames names, List<string> missing, List<string> read)
    {
        if (!inputs.ShowsSources)
        {
            return [];
        }

        const int LargestDistance = 5000;
        var excerpts = new SourceExcerpts(inputs.SourcePaths, read, compiled);
        foreach (var body in functions.SelectMany(f => f.Bodies))
        {
            (string File, uint Line)? own = body is { File: { } file, FirstLine: { } first } ? (names.FileOf(file), first) : names.PlaceOf(body.Name);
            if (own is { } place)
            {
                var elsewhere = (body.Elsewhere ?? []).Where(e => !e.IsAlsoHere).Select(e => e.Line).ToHashSet();
                int last = body.Lines.Where(line => line is >= 0 and < LargestDistance && !elsewhere.Contains(line)).DefaultIfEmpty(0).Max();
                excerpts.Want(place.File, place.Line, place.Line + last);
            }

            foreach (var line in body.Elsewhere ?? [])
            {
                if (line is { File: { } other, At: { } at })
                {
                    excerpts.Want(names.FileOf(other), at, at);
                }
            }
        }

        var sources = excerpts.Read(names);
        if (excerpts.Missing is [var absent, ..])
        {
            missing.Add($"{excerpts.Missing.Count} source files are not on the machine that made this report, such as {ReportNames.Valid(absent)}: --source-path FROM=TO says where they are");
        }

        if (excerpts.Changed is [var changed, ..])
        {
            missing.Add($"{excerpts.Changed.Count} source files are not as they were compiled, such as {ReportNames.Valid(changed)}: counts stand beside other text there; --source-path FROM=TO says where the sources of the build are");
        }

        return sources;
    }
}
