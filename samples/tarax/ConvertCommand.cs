using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Outputs.SymbolOrder;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary><c>tarax convert</c>: a recording and a binary in, a profile out.</summary>
internal static class ConvertCommand
{
    private static readonly Argument<string[]> Inputs = new("INPUT")
    {
        Description = "recordings of perf record -b (a file, a folder, or - for standard input), output of perf script, counts, or counts of one binary as text; several are added up",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string[]> Binaries = new("--binary", "-b")
    {
        Description = "the program, shared object, vmlinux or module that ran; may be given several times",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> All = new("--all") { Description = "every binary of the recording that is found on this machine" };

    private static readonly Option<bool> KeepGoing = new("--keep-going") { Description = "with --all, success also where the binary with most samples has no profile" };

    private static readonly Option<bool> Trace = new("--trace") { Description = "a line on standard error for each step: time, what came in, what went out" };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "the profile to write; - for standard output",
        HelpName = "FILE",
    };

    private static readonly Option<string?> OutputFolder = new("--out-dir")
    {
        Description = "folder for the profiles of several binaries, each named by its binary",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Notes = new("--notes")
    {
        Description = "with --gcda: folder of a build by GCC with -fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile besides its options, which leaves notes (.gcno)",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Gcda = new("--gcda")
    {
        Description = "instead of a profile, counters as of an instrumented build, for gcc -fprofile-use=DIR",
        HelpName = "DIR",
    };

    private static readonly Option<string?> SymbolOrder = new("--symbol-order")
    {
        Description = "write the order in which the functions that ran are to lie, for the linker of a build with -ffunction-sections",
        HelpName = "FILE",
    };

    private static readonly Option<string> SymbolOrderFormat = new("--symbol-order-format")
    {
        Description = "for which linker: lld (--symbol-ordering-file), gold or gnu (--section-ordering-file; GNU ld since 2.43)",
        HelpName = "lld|gold|gnu",
        DefaultValueFactory = _ => "lld",
    };

    private static readonly Option<string?> Propeller = new("--propeller")
    {
        Description = "also the order of blocks and functions for Clang and lld, PREFIX_cc_profile.txt and PREFIX_ld_profile.txt, with --out-dir of all binaries together; they must be built with -fbasic-block-address-map",
        HelpName = "PREFIX",
    };

    private static readonly Option<double> MinimumShare = new("--min-share")
    {
        Description = "with --all, leave out binaries with a smaller share of the samples, such as 0.1%",
        HelpName = "SHARE",
        DefaultValueFactory = _ => 0.001,
        CustomParser = ParseShare,
    };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "folder in which binaries, debug files and modules are looked for, in any layout, before /usr/lib/debug; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string> Discriminators = new("--discriminators")
    {
        Description = "pieces of code on one line: auto (as the compiler needs it), keep, or drop (one count per line)",
        HelpName = "auto|keep|drop",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> SymbolList = new("--symbol-list")
    {
        Description = "llvm-extbinary: list all functions of the binary, so that those without a profile count as cold",
        HelpName = "on|off",
        DefaultValueFactory = _ => "off",
    };

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "the event to count [default: the one with branch stacks]",
        HelpName = "NAME",
    };

    private static readonly Option<bool> NoBranchStacks = new("--no-lbr")
    {
        Description = "count the addresses of the samples, where there are no branch stacks",
    };

    private static readonly Option<string> Inference = new("--inference")
    {
        Description = "make counts consistent by the control flow: auto (without branch stacks), flow (always), or off",
        HelpName = "auto|flow|off",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> HeadCounts = new("--head-counts")
    {
        Description = "how often functions were entered: keep, drop, or auto as the compiler makes best use of",
        HelpName = "auto|keep|drop",
        DefaultValueFactory = _ => "auto",
    };

    public static readonly Option<string> CheckRanges = new("--check-ranges")
    {
        Description = "leave out ranges that the binary's code cannot have run",
        HelpName = "on|off",
        DefaultValueFactory = _ => "on",
    };

    private static readonly Option<string> Profiler = new("--profiler")
    {
        Description = "what INPUT is: perf (a recording, or what perf script printed of one) or text (counts)",
        HelpName = "perf|text",
        DefaultValueFactory = _ => "perf",
    };

    private static readonly Option<string?> MappedAs = new("--mapped-as")
    {
        Description = "path or base name under which the binary ran [default: found by build-id, then by name]",
        HelpName = "NAME",
    };

    private static readonly Option<ulong> MinimumSamples = NumberOption.Whole("--min-samples", "fewer samples in the binary end with exit code 3 [default: 100]", 100UL, 0UL, ulong.MaxValue);

    private static readonly Option<ulong> MinimumCount = NumberOption.Whole("--min-count", "leave out functions that ran less often", 0UL, 0UL, ulong.MaxValue);

    private static readonly Option<bool> OmitZeroCounts = new("--omit-zero-counts")
    {
        Description = "leave out positions that did not run",
    };

    private static readonly Option<string?> Counts = new("--counts") { Description = "write the counts as text too", HelpName = "FILE" };

    private static readonly Option<int> Threads = NumberOption.Whole("--threads", "number of threads; the result is the same", Environment.ProcessorCount, 1, 1024);

    private static readonly Option<string[]> Debuginfod = new("--debuginfod")
    {
        Description = "server to ask for binaries and debug information that are not here [default: those in DEBUGINFOD_URLS]; may be given several times",
        HelpName = "URL",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string> Report = new("--report")
    {
        Description = "how the report on standard error looks: text or json",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
    };

    public static Command Create()
    {
        Profiler.AcceptOnlyFromAmong("perf", "text");
        Report.AcceptOnlyFromAmong("text", "json");
        CheckRanges.AcceptOnlyFromAmong("on", "off");
        Discriminators.AcceptOnlyFromAmong("auto", "keep", "drop");
        HeadCounts.AcceptOnlyFromAmong("auto", "keep", "drop");
        Inference.AcceptOnlyFromAmong("auto", "flow", "off");
        SymbolList.AcceptOnlyFromAmong("on", "off");
        SymbolOrderFormat.AcceptOnlyFromAmong("lld", "gold", "gnu");
        var command = new Command("convert", "Makes profiles of a recording and the binaries that ran.")
        {
            Inputs, Binaries, All, KeepGoing, InputOptions.MaximumInput, Output, OutputFolder, SymbolOrder, SymbolOrderFormat, Notes, Gcda, Propeller, LayoutCommand.AllModules, LayoutCommand.ClusterVersion, MinimumShare, DebugDirectories, Debuginfod, Discriminators, HeadCounts, SymbolList, Event, NoBranchStacks, Inference, CheckRanges, Trace, Profiler,
            MappedAs, MinimumSamples, MinimumCount, OmitZeroCounts, Counts, Threads, Report,
        };
        FormatOptions.AddTo(command);
        HelpText.Describe(
            command,
            [
                new OptionGroup("everyday", [Binaries, Output, All, OutputFolder, DebugDirectories, NoBranchStacks, Report]),
                new OptionGroup("for which compiler", [.. FormatOptions.Target, SymbolList, SymbolOrder, SymbolOrderFormat, Propeller, Gcda, Notes]),
                new OptionGroup("what is read", [Event, MappedAs, Profiler, Debuginfod, MinimumShare, KeepGoing, MinimumSamples, InputOptions.MaximumInput, Counts, Threads]),
                new OptionGroup("expert", [.. FormatOptions.Making, Discriminators, HeadCounts, Inference, CheckRanges, MinimumCount, OmitZeroCounts, LayoutCommand.AllModules, LayoutCommand.ClusterVersion, Trace]),
            ],
            ["perf record -b -o perf.data ./program && tarax convert perf.data --binary ./program -o program.afdo", "tarax convert perf.data --all --out-dir profiles --debug-dir build"]);
        command.Validators.Add(CheckDestination);
        command.Validators.Add(CheckPaths);
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        using var progress = ProgressBar.OnTerminal();
        var options = new ConversionOptions
        {
            Input = parsed.GetValue(Profiler) == "text" ? InputKind.CountsText : InputKind.PerfData,
            ForCompiler = FormatOptions.Compiler(parsed),
            ForFamily = FormatOptions.Family(parsed),
            Format = FormatOptions.Format(parsed),
            SymbolList = parsed.GetValue(SymbolList) == "on",
            Discriminators = parsed.GetValue(Discriminators) switch { "keep" => DiscriminatorHandling.Keep, "drop" => DiscriminatorHandling.Drop, _ => DiscriminatorHandling.Auto },
            HotCutoff = FormatOptions.HotCutoff(parsed),
            Inlined = FormatOptions.InlinedBodies(parsed),
            HeadCounts = parsed.GetValue(HeadCounts) switch { "keep" => HeadCountHandling.Keep, "drop" => HeadCountHandling.Drop, _ => HeadCountHandling.Auto },
            PassesOff = FormatOptions.PassesOff(parsed),
            EventName = parsed.GetValue(Event),
            UseBranchStacks = !parsed.GetValue(NoBranchStacks),
            Inference = parsed.GetValue(Inference) switch { "flow" => InferenceMode.Flow, "off" => InferenceMode.Off, _ => InferenceMode.Auto },
            CheckRanges = parsed.GetValue(CheckRanges) != "off",
            MappedAs = parsed.GetValue(MappedAs),
            MinimumSamples = parsed.GetValue(MinimumSamples),
            MinimumCount = parsed.GetValue(MinimumCount),
            OmitZeroCounts = parsed.GetValue(OmitZeroCounts),
            Threads = parsed.GetValue(Threads),
            DebugDirectories = parsed.GetValue(DebugDirectories)!,
            DebuginfodUrls = parsed.GetValue(Debuginfod)!,
            DownloadProgress = DownloadProgress.OnTerminal(),
            MaximumInput = parsed.GetValue(InputOptions.MaximumInput),
            Progress = progress,
            CompactsMemory = true,
            Trace = parsed.GetValue(Trace) ? new StageLines(Console.Error) : null,
        };
        string[] inputs = parsed.GetRequiredValue(Inputs);
        string[] given = parsed.GetValue(Binaries)!;
        Array.ForEach(inputs, i => FileKinds.ExpectRecording(i, given));
        Array.ForEach(given, FileKinds.ExpectBinary);
        FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
        FileKinds.RefuseTerminal(parsed.GetValue(Output), parsed);
        bool isJson = parsed.GetValue(Report) == "json";
        string[] binaries = given;
        if (parsed.GetValue(Gcda) is { } counters)
        {
            FileKinds.ExpectFolders(Notes.Name, [parsed.GetValue(Notes)!]);
            CounterOutput.Write(inputs, binaries, parsed.GetValue(Notes)!, counters, options);
            return;
        }

        if (parsed.GetValue(OutputFolder) is { } folder)
        {
            var layout = parsed.GetValue(Propeller) is { } prefix ? new BuildLayout(prefix, LayoutCommand.Choices(parsed, options.Threads), options.DebugDirectories) : null;
            var recording = Recordings.Count(inputs, options);
            progress?.Clear();
            var outcomes = parsed.GetValue(All) ? recording.ConvertAll(parsed.GetValue(MinimumShare)) : recording.Convert(binaries);
            ManyProfiles.Write(outcomes, [.. inputs, .. binaries], folder, f => FormatOptions.WithChoices(f, parsed), isJson, !parsed.GetValue(All) ? Completeness.All : parsed.GetValue(KeepGoing) ? Completeness.Any : Completeness.Main, layout);
            return;
        }

        WriteOne(parsed, inputs, binaries[0], options, isJson);
    }

    private static void WriteOne(ParseResult parsed, string[] inputs, string binary, ConversionOptions options, bool isJson)
    {
        string output = parsed.GetValue(Output)!;
        string? countsFile = parsed.GetValue(Counts);
        string? orderFile = parsed.GetValue(SymbolOrder);
        string? prefix = parsed.GetValue(Propeller);
        OutputCheck.Refuse(output, [.. inputs, binary]);
        string[] outputs = [.. new[] { output, countsFile, orderFile }.OfType<string>()];
        if (prefix is not null)
        {
            RefuseLayout(prefix, [.. inputs, binary], outputs);
        }

        for (int i = 1; i < outputs.Length; i++)
        {
            OutputCheck.Refuse(outputs[i], [.. inputs, binary]);
            Array.ForEach(outputs[..i], o => OutputCheck.RefuseSame(o, outputs[i]));
        }

        var result = ConvertOne(inputs, binary, options);
        (options.Progress as ProgressBar)?.Clear();
        OutputCheck.Refuse(output, result.Report.FilesRead);
        if (countsFile is not null)
        {
            OutputCheck.Refuse(countsFile, result.Report.FilesRead);
        }

        var layout = prefix is null ? null : LayoutOf(binary, result, options, parsed, prefix);
        var orderFormat = parsed.GetValue(SymbolOrderFormat) switch { "gold" => FunctionOrderFormat.Gold, "gnu" => FunctionOrderFormat.Gnu, _ => FunctionOrderFormat.Lld };
        var order = orderFile is null ? null : OrderOutput.Of(result, binary, options.DebugDirectories, orderFile);
        Save(parsed, result, layout, order, orderFormat);
        if (isJson)
        {
            ReportJson.Write(result.Report, Console.Error, layout?.Report);
        }
        else
        {
            ReportText.Write(result.Report, binary, output, Console.Error);
            if (order is not null)
            {
                OrderOutput.Report(order, orderFile!, orderFormat, Console.Error);
            }
        }

        if (layout is not null && !isJson)
        {
            var (clusters, functions) = LayoutOutput.FilesOf(prefix!);
            LayoutOutput.Report(layout.Report, Console.Error);
            LayoutOutput.Next(clusters, functions, result.Report.IsKernel, Console.Error);
        }
    }

    /// <summary>Writes all outputs of one binary, or none.</summary>
    private static void Save(ParseResult parsed, ConversionResult result, CodeLayout? layout, FunctionOrder? order, FunctionOrderFormat orderFormat)
    {
        using var outputs = new OutputSet();
        ProfileOutput.AddTo(outputs, result.Profile, parsed.GetValue(Output)!, FormatOptions.WithChoices(result.Report.Format, parsed));
        if (parsed.GetValue(Counts) is { } counts)
        {
            outputs.AddText(counts, writer => CountsText.Write(result.Counts, writer));
        }

        if (layout is not null)
        {
            var (clusters, functions) = LayoutOutput.FilesOf(parsed.GetValue(Propeller)!);
            layout.AddTo(outputs, clusters, functions);
        }

        if (order is not null)
        {
            outputs.AddText(parsed.GetValue(SymbolOrder)!, writer => order.Write(writer, orderFormat));
        }

        outputs.Commit();
    }

    private static void RefuseLayout(string prefix, string[] inputs, string[] outputs)
    {
        var (clusters, order) = LayoutOutput.FilesOf(prefix);
        LayoutOutput.Refuse(prefix, inputs);
        foreach (string other in outputs)
        {
            OutputCheck.RefuseSame(other, clusters);
            OutputCheck.RefuseSame(other, order);
        }
    }

    /// <summary>The layout by the counts that the profile was made from.</summary>
    private static CodeLayout LayoutOf(string path, ConversionResult result, ConversionOptions options, ParseResult parsed, string prefix)
    {
        LayoutOutput.Refuse(prefix, result.Report.FilesRead.ToArray());
        using var binary = Binary.Open(path, options.DebugDirectories);
        return CodeLayout.Of(binary, result.Counts, LayoutCommand.Choices(parsed, options.Threads));
    }

    private static ConversionResult ConvertOne(string[] inputs, string binary, ConversionOptions options)
    {
        if (inputs is not [var input])
        {
            return Recordings.Count(inputs, options).Convert(binary);
        }

        using var opened = Recordings.Open(input, options);
        return AutoFdoConverter.Convert(opened, binary, options);
    }

    /// <summary>One binary goes to one file, several to a folder.</summary>
    private static void CheckDestination(CommandResult result)
    {
        int binaries = result.GetResult(Binaries)?.Tokens.Count ?? 0;
        bool all = result.GetResult(All) is { Implicit: false };
        bool toFile = result.GetResult(Output) is { Implicit: false };
        bool toFolder = result.GetResult(OutputFolder) is { Implicit: false };
        bool toCounters = result.GetResult(Gcda) is { Implicit: false };
        if (result.GetResult(Inputs) is not { Tokens.Count: > 0 })
        {
            return;
        }

        if (binaries == 0 && !all)
        {
            result.AddError($"--binary FILE or --all is required; tarax inspect {Printable.Quoted(result.GetResult(Inputs)!.Tokens[0].Value)} tells what ran");
        }
        else if (result.GetResult(Inputs)!.Tokens.Count > 1 && result.GetResult(Profiler)?.Tokens is [{ Value: "text" }])
        {
            result.AddError("--profiler text goes with one INPUT only; tarax merge adds up the profiles of several");
        }
        else if (all && binaries > 0)
        {
            result.AddError("--all and --binary do not go together");
        }
        else if (toCounters != (result.GetResult(Notes) is { Implicit: false }))
        {
            result.AddError("--gcda DIR and --notes DIR go together: counters belong to the notes of the objects that will be compiled");
        }
        else if (result.GetResult(Propeller) is { Implicit: false } && (toCounters || (!toFolder && !toFile)))
        {
            result.AddError("--propeller goes with -o FILE or --out-dir DIR; tarax layout finds a layout alone");
        }
        else if (toCounters)
        {
            if (all || toFile || toFolder || result.GetResult(SymbolOrder) is { Implicit: false } || FormatOptions.IsGiven(result) || result.GetResult(Counts) is { Implicit: false } || result.GetResult(Report) is { Implicit: false })
            {
                result.AddError("--gcda makes counters, not a profile: it goes with --binary, and with no option of profiles (-o, --out-dir, --all, --counts, --symbol-order, --report, --for and those after it)");
            }
            else if (binaries > 1 && result.GetResult(Profiler)?.Tokens is [{ Value: "text" }])
            {
                result.AddError("--profiler text goes with one binary only");
            }
        }
        else if (toFile && toFolder)
        {
            result.AddError("-o and --out-dir do not go together");
        }
        else if (!toFile && !toFolder)
        {
            result.AddError("-o FILE (one binary) or --out-dir DIR (several) is required");
        }
        else if (toFile && (all || binaries > 1))
        {
            result.AddError("several binaries need --out-dir DIR");
        }
        else if (result.GetResult(SymbolOrderFormat) is { Implicit: false } && result.GetResult(SymbolOrder) is not { Implicit: false })
        {
            result.AddError("--symbol-order-format goes with --symbol-order FILE");
        }
        else if (toFolder && result.GetResult(SymbolOrder) is { Implicit: false })
        {
            result.AddError("--symbol-order goes with one binary only");
        }
        else if (toFolder && (result.GetResult(Counts) is { Implicit: false } || result.GetResult(Profiler)?.Tokens is [{ Value: "text" }]))
        {
            result.AddError("--counts and --profiler text go with one binary only");
        }
    }

    /// <summary>An unset variable of a shell becomes an empty path.</summary>
    private static void CheckPaths(CommandResult result)
    {
        foreach (Symbol symbol in (Symbol[])[Inputs, Binaries, Output, OutputFolder, SymbolOrder, Notes, Gcda, Propeller, Counts, DebugDirectories])
        {
            var tokens = symbol is Argument argument ? result.GetResult(argument)?.Tokens : result.GetResult((Option)symbol)?.Tokens;
            if (tokens?.Any(t => t.Value.Length == 0) == true)
            {
                result.AddError($"{symbol.Name}: is empty");
            }
        }
    }

    private static double ParseShare(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        bool isPercent = text.EndsWith('%');
        if (double.TryParse(isPercent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && (isPercent ? value / 100 : value) is >= 0 and <= 1)
        {
            return isPercent ? value / 100 : value;
        }

        result.AddError($"--min-share {text}: is not a share from 0 to 100 %, such as 0.1%");
        return 0;
    }
}
