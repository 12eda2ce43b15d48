using System.CommandLine;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
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

    private static readonly Option<string> BinaryFile = new("--binary", "-b")
    {
        Description = "the program, shared object, vmlinux or module that ran, built by Clang with -fbasic-block-address-map",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = $"what the names of the two files begin with: PREFIX{CodeLayout.ClusterSuffix} for Clang, PREFIX{CodeLayout.OrderSuffix} for lld",
        HelpName = "PREFIX",
        Required = true,
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
            Inputs, BinaryFile, Output, DebugDirectories, NoBranchStacks, Event, MappedAs, MinimumSamples, AllModules, ClusterVersion, ConvertCommand.CheckRanges, InputOptions.MaximumInput, Threads,
        };
        HelpText.Describe(
            command,
            [new OptionGroup("options", [BinaryFile, Output, DebugDirectories, NoBranchStacks, AllModules, ClusterVersion]), new OptionGroup("what is read", [Event, MappedAs, MinimumSamples, ConvertCommand.CheckRanges, InputOptions.MaximumInput, Threads])],
            ["perf record -b -o perf.data ./program && tarax layout perf.data --binary ./program -o program"]);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Output)?.Tokens is [{ Value: "-" }])
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
        string binary = parsed.GetRequiredValue(BinaryFile);
        string prefix = parsed.GetRequiredValue(Output);
        Array.ForEach(inputs, i => FileKinds.ExpectRecording(i, binary));
        FileKinds.ExpectBinary(binary);
        FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
        LayoutOutput.Refuse(prefix, [.. inputs, binary]);
        var result = Of(inputs, binary, options, Choices(parsed, options.Threads));
        progress?.Clear();
        LayoutOutput.Refuse(prefix, result.Report.FilesRead.ToArray());
        result.Layout.Save(prefix);
        ReportText.WriteRecorded(result.Report, binary, Console.Error);
        var (clusters, order) = LayoutOutput.FilesOf(prefix);
        LayoutOutput.Report(result.Layout.Report, clusters, order, result.Report.IsKernel, Console.Error);
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
