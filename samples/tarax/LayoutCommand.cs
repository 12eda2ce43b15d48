using System.CommandLine;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Propeller;

namespace Tarax.Tool;

/// <summary><c>tarax layout</c>: a recording and a binary in, the order of its blocks and functions for Clang and lld out.</summary>
internal static class LayoutCommand
{
    private static readonly Argument<string[]> Inputs = new("INPUT")
    {
        Description = "recordings of perf record -b, output of perf script, or counts; several are added up",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string[]> BinaryFiles = new("--binary", "-b")
    {
        Description = "the program, shared object, vmlinux or module that ran, built by Clang with -fbasic-block-address-map; may be given several times",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = $"what the names of the two files begin with: PREFIX{CodeLayout.ClusterSuffix} for Clang, PREFIX{CodeLayout.OrderSuffix} for lld; of several binaries one pair, for the build of all",
        HelpName = "PREFIX",
    };

    private static readonly Option<string?> OutputFolder = new("--out-dir")
    {
        Description = "folder for a pair of files for each binary, named by it; made where it is not there",
        HelpName = "DIR",
    };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "folder of separate debug files, which keep the address map of stripped binaries; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "the event to count [default: the one with branch stacks]",
        HelpName = "NAME",
    };

    private static readonly Option<bool> NoBranchStacks = new("--no-lbr")
    {
        Description = "infer branches from the addresses of the samples, where there are no branch stacks; it needs debug information",
    };

    private static readonly Option<string?> MappedAs = new("--mapped-as")
    {
        Description = "path or base name under which the binary ran [default: found by build-id, then by name]",
        HelpName = "NAME",
    };

    private static readonly Option<ulong> MinimumSamples = NumberOption.Whole("--min-samples", "fewer samples in the binary end with exit code 3 [default: 100]", 100UL, 0UL, ulong.MaxValue);

    private static readonly Option<int> Threads = NumberOption.Whole("--threads", "number of threads; the result is the same", Environment.ProcessorCount, 1, 1024);

    public static readonly Option<bool> AllModules = new("--all-modules")
    {
        Description = "layout: name the source file of every function, as the kernel's recipe does; without it only of those that share their name",
    };

    public static readonly Option<int> ClusterVersion = NumberOption.Whole("--cluster-version", "layout: version of the profile for Clang, 0 or 1", 1, 0, 1);

    public static Command Create()
    {
        var command = new Command("layout", "Finds in which order blocks and functions should lie, for Clang and lld (Propeller).")
        {
            Inputs, BinaryFiles, Output, OutputFolder, DebugDirectories, NoBranchStacks, Event, MappedAs, MinimumSamples, AllModules, ClusterVersion, ConvertCommand.CheckRanges, InputOptions.MaximumInput, Threads,
        };
        HelpText.Describe(
            command,
            [new OptionGroup("options", [BinaryFiles, Output, OutputFolder, DebugDirectories, NoBranchStacks, AllModules, ClusterVersion]), new OptionGroup("what is read", [Event, MappedAs, MinimumSamples, ConvertCommand.CheckRanges, InputOptions.MaximumInput, Threads])],
            ["perf record -b -o perf.data ./program && tarax layout perf.data --binary ./program -o program"]);
        command.Validators.Add(result =>
        {
            bool toFolder = result.GetResult(OutputFolder) is { Implicit: false };
            if (toFolder == (result.GetResult(Output) is { Implicit: false }))
            {
                result.AddError(toFolder ? "-o and --out-dir do not go together" : "-o PREFIX (one pair of files) or --out-dir DIR (a pair for each binary) is required");
            }
            else if (result.GetResult(MappedAs) is { Implicit: false } && result.GetResult(BinaryFiles)?.Tokens.Count > 1)
            {
                result.AddError("--mapped-as goes with one binary");
            }
            else if (result.GetResult(Output)?.Tokens is [{ Value: "-" }])
            {
                result.AddError("-o PREFIX begins the names of two files, which do not both go to standard output");
            }
        });
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    /// <summary>The choices that other commands have, too.</summary>
    public static CodeLayoutOptions Choices(ParseResult parsed, int threads) => new() { AllModules = parsed.GetValue(AllModules), ClusterVersion = parsed.GetValue(ClusterVersion), Threads = threads };

    private static void Run(ParseResult parsed)
    {
        using var progress = ProgressBar.OnTerminal();
        var options = new ConversionOptions
        {
            EventName = parsed.GetValue(Event),
            UseBranchStacks = !parsed.GetValue(NoBranchStacks),
            MappedAs = parsed.GetValue(MappedAs),
            MinimumSamples = parsed.GetValue(MinimumSamples),
            CheckRanges = parsed.GetValue(ConvertCommand.CheckRanges) != "off",
            DebugDirectories = parsed.GetValue(DebugDirectories)!,
            MaximumInput = parsed.GetValue(InputOptions.MaximumInput),
            Threads = parsed.GetValue(Threads),
            Progress = progress,
            CompactsMemory = true,
        };
        string[] inputs = parsed.GetRequiredValue(Inputs);
        string[] binaries = parsed.GetRequiredValue(BinaryFiles);
        Array.ForEach(inputs, i => FileKinds.ExpectRecording(i, binaries));
        Array.ForEach(binaries, FileKinds.ExpectBinary);
        FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
        var names = new OutputNames();
        string? folder = parsed.GetValue(OutputFolder);
        string[] prefixes = folder is null ? [parsed.GetRequiredValue(Output)!] : Array.ConvertAll(binaries, b => Path.Combine(folder, names.Of(Path.GetFileName(b), "")));
        Array.ForEach(prefixes, p => LayoutOutput.Refuse(p, [.. inputs, .. binaries]));
        var choices = Choices(parsed, options.Threads) with { IsOfBuild = folder is null && binaries.Length > 1 };
        var results = binaries is [var only] ? [Of(inputs, only, options, choices)] : Of(inputs, binaries, options, choices);
        progress?.Clear();
        CodeLayout[] layouts = [.. results.Select(r => r.Layout)];
        layouts = choices.IsOfBuild ? [CodeLayout.OfBuild(layouts)] : layouts;
        Save(layouts, prefixes, folder, [.. results.SelectMany(r => r.Report.FilesRead)]);
        for (int i = 0; i < results.Length; i++)
        {
            ReportText.WriteRecorded(results[i].Report, binaries[i], Console.Error);
            LayoutOutput.Report(choices.IsOfBuild ? layouts[0].Reports[i] : layouts[i].Report, Console.Error);
            if (!choices.IsOfBuild || i == results.Length - 1)
            {
                var (clusters, order) = LayoutOutput.FilesOf(prefixes[choices.IsOfBuild ? 0 : i]);
                LayoutOutput.Next(clusters, order, results[choices.IsOfBuild ? 0 : i].Report.IsKernel, Console.Error);
            }
        }
    }

    private static void Save(CodeLayout[] layouts, string[] prefixes, string? folder, string[] read)
    {
        Array.ForEach(prefixes, p => LayoutOutput.Refuse(p, read));
        using var outputs = new OutputSet();
        if (folder is not null)
        {
            outputs.MakeFolder(folder);
        }

        for (int i = 0; i < layouts.Length; i++)
        {
            var (clusters, order) = LayoutOutput.FilesOf(prefixes[i]);
            layouts[i].AddTo(outputs, clusters, order);
        }

        outputs.Commit();
    }

    /// <summary>The layouts of several binaries of one recording.</summary>
    private static LayoutResult[] Of(string[] inputs, string[] binaries, ConversionOptions options, CodeLayoutOptions layout)
    {
        var recording = Recordings.Count(inputs, options);
        return Array.ConvertAll(binaries, path =>
        {
            using var binary = Binary.Open(path, options.DebugDirectories);
            return recording.LayoutOf(binary, layout);
        });
    }

    /// <summary>The layout of one binary.</summary>
    public static LayoutResult Of(string[] inputs, string path, ConversionOptions options, CodeLayoutOptions layout)
    {
        using var binary = Binary.Open(path, options.DebugDirectories);
        if (inputs is not [var input])
        {
            return Recordings.Count(inputs, options).LayoutOf(binary, layout);
        }

        using var opened = Recordings.Open(input, options);
        return AutoFdoConverter.LayoutOf(opened, binary, options, layout);
    }
}
