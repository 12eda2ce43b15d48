using Tarax.AutoFdo;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;

namespace Tarax.Tool.Links;

/// <summary><c>create_gcov</c>, <c>create_llvm_prof</c> and <c>sample_merger</c>: from recordings to profiles, or to counts as text.</summary>
internal static class AutofdoConversion
{
    public static void CreateGcov(ToolFlags flags)
    {
        string binary = flags.Value("binary", "data.binary");

        // Without a number the tool writes one that no compiler reads.
        ulong version = flags.Number("gcov_version", 0);
        if (version is > 3)
        {
            throw new UsageException($"--gcov_version={version}: no GCC reads it; 1 is for GCC 5 to 11, 2 for 12 to 15, 3 for 16");
        }

        var options = Options(flags, binary) with { Format = version == 0 ? null : GcovProfileFormat.Of((int)version), ForFamily = Compilers.Gcc };
        Convert(flags, binary, flags.Value("gcov", "fbdata.afdo"), options);
    }

    public static void CreateLlvmProf(ToolFlags flags)
    {
        if (flags.Value("format", "binary") == "propeller")
        {
            PropellerConversion.Run(flags);
            return;
        }

        string binary = flags.Value("binary", "a.out");
        string output = flags.Value("out", flags.Value("gcov", ""));
        if (output.Length == 0)
        {
            throw new UsageException("use --gcov or --out to specify an output file");
        }

        var format = flags.Value("format", "binary") switch
        {
            "text" => ProfileFormat.LlvmText,
            "binary" => ProfileFormat.LlvmBinary,
            "extbinary" => ProfileFormat.LlvmExtBinary,
            var other => throw new UsageException($"--format={other}: is none of text, binary, extbinary, propeller"),
        };
        Convert(flags, binary, output, Options(flags, binary) with { Format = format, SymbolList = flags.IsSet("prof_sym_list") });
    }

    /// <summary>Adds what a recording says of a binary to a file of counts as text, which may exist already.</summary>
    public static void MergeSamples(ToolFlags flags)
    {
        string output = flags.Value("output_file", "data.txt");
        string binary = flags.Value("binary", "data.binary");
        string[] inputs = flags.IsGiven("profile") ? [flags.Value("profile", ""), .. flags.Files] : [.. flags.Files.DefaultIfEmpty("data.profile")];
        OutputCheck.Refuse(output, [binary, .. inputs, .. flags.FlagFiles]);
        var counts = inputs.Select(input => CountsOf(input, binary, flags)).ToList();
        if (FileSystem.IsRegular(output))
        {
            counts.Add(ReadText(output));
        }

        CountsText.Save(BinaryCounts.Merge(counts), output);
    }

    private static BinaryCounts CountsOf(string input, string binary, ToolFlags flags) =>
        flags.Value("profiler", "perf") == "text" ? ReadText(input) : Recording.Count(input, Options(flags, binary)).CountsOf(binary);

    private static BinaryCounts ReadText(string path)
    {
        using var reader = new StreamReader(FileSystem.OpenRead(path));
        return CountsText.Read(reader);
    }

    private static void Convert(ToolFlags flags, string binary, string output, ConversionOptions options)
    {
        string input = flags.Value("profile", "perf.data");
        OutputCheck.Refuse(output, [input, binary, .. flags.FlagFiles]);
        var result = flags.IsGiven("focus_binary_re")
            ? Focused(input, binary, flags.Value("focus_binary_re", ""), options)
            : AutoFdoConverter.Convert(input, binary, options);
        OutputCheck.Refuse(output, result.Report.FilesRead);
        ProfileOutput.Write(result.Profile, output, result.Report.Format);
        Diagnostics.Write(result.Report.Diagnostics, Console.Error);
    }

    /// <summary>The binary ran under the name that the expression matches, whatever its build-id.</summary>
    private static ConversionResult Focused(string input, string binary, string expression, ConversionOptions options)
    {
        using var focus = new FocusExpression(expression);
        var recording = Recording.Count(input, options);
        var name = recording.Binaries.FirstOrDefault(b => focus.IsMatch(b.Name))
            ?? throw new ConversionException(ConversionFailure.NotRecorded, $"{input}: no binary that was recorded matches {expression}");
        return Recording.Of(recording.Counts, options with { MappedAs = name.Name }).Convert(binary);
    }

    /// <summary>The tools take any number of samples.</summary>
    public static ConversionOptions Options(ToolFlags flags, string binary) => new()
    {
        Input = flags.Value("profiler", "perf") switch
        {
            "perf" or "perf_spe" => InputKind.PerfData,
            "text" => InputKind.CountsText,
            var other => throw new UsageException($"--profiler={other}: is none of perf, perf_spe and text; make branch stacks of it first (perf inject), and give those for {binary}"),
        },
        UseBranchStacks = flags.IsSet("use_lbr", natural: true),

        // These tools count what was recorded as it is.
        CheckRanges = false,
        Inference = InferenceMode.Off,
        MinimumSamples = 1,
    };
}
