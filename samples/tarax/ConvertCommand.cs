using System.CommandLine;
using System.CommandLine.Parsing;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Gcov;
using Tarax.AutoFdo.Samples;

namespace Tarax.Tool;

/// <summary><c>tarax convert</c>: a recording and a binary in, a profile out.</summary>
internal static class ConvertCommand
{
    private const string StandardOutput = "-";

    private static readonly Argument<string> Input = new("INPUT") { Description = "recording of perf record -b, or counts text" };

    private static readonly Option<string> Binary = new("--binary", "-b")
    {
        Description = "the program, shared object or vmlinux that ran, with debug information",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "the profile to write; - for standard output",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<TargetCompiler?> Compiler = new("--for")
    {
        Description = "the compiler that will read the profile, such as gcc-16 [default: the one that made the binary]",
        HelpName = "COMPILER",
        CustomParser = ParseCompiler,
    };

    private static readonly Option<int?> Version = new("--gcov-version")
    {
        Description = "version of the profile, 1 to 3 [default: the one that the compiler reads]",
        HelpName = "N",
    };

    private static readonly Option<DiscriminatorHandling> Discriminators = new("--discriminators")
    {
        Description = "pieces of code on one line: auto (as the compiler needs it), keep, or drop (one count per line)",
        HelpName = "auto|keep|drop",
        DefaultValueFactory = _ => DiscriminatorHandling.Auto,
    };

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "the event to count [default: the one with branch stacks]",
        HelpName = "NAME",
    };

    private static readonly Option<string> Profiler = new("--profiler")
    {
        Description = "what INPUT is: perf (perf.data) or text (counts)",
        HelpName = "perf|text",
        DefaultValueFactory = _ => "perf",
    };

    private static readonly Option<string?> MappedAs = new("--mapped-as")
    {
        Description = "path or base name under which the binary ran [default: found by build-id, then by name]",
        HelpName = "NAME",
    };

    private static readonly Option<ulong> MinimumSamples = new("--min-samples")
    {
        Description = "fewer samples in the binary end with exit code 3",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    private static readonly Option<ulong> MinimumCount = new("--min-count")
    {
        Description = "leave out functions that ran less often",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<bool> OmitZeroCounts = new("--omit-zero-counts")
    {
        Description = "leave out positions that did not run",
    };

    private static readonly Option<string?> Counts = new("--counts") { Description = "write the counts as text too", HelpName = "FILE" };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "number of threads; the result is the same",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private static readonly Option<string> Report = new("--report")
    {
        Description = "how the report on standard error looks: text or json",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
    };

    public static Command Create()
    {
        Version.Validators.Add(Range(Version, 1, 3));
        Threads.Validators.Add(Range(Threads, 1, 1024));
        Profiler.AcceptOnlyFromAmong("perf", "text");
        Report.AcceptOnlyFromAmong("text", "json");
        var command = new Command("convert", "Makes a profile of a recording and the binary that ran.")
        {
            Input, Binary, Output, Compiler, Version, Discriminators, Event, Profiler, MappedAs, MinimumSamples, MinimumCount,
            OmitZeroCounts, Counts, Threads, Report,
        };
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        using var progress = ProgressBar.OnTerminal();
        var options = new ConversionOptions
        {
            Input = parsed.GetValue(Profiler) == "text" ? InputKind.CountsText : InputKind.PerfData,
            ForCompiler = parsed.GetValue(Compiler),
            GcovVersion = (GcovVersion?)parsed.GetValue(Version),
            Discriminators = parsed.GetValue(Discriminators),
            EventName = parsed.GetValue(Event),
            MappedAs = parsed.GetValue(MappedAs),
            MinimumSamples = parsed.GetValue(MinimumSamples),
            MinimumCount = parsed.GetValue(MinimumCount),
            OmitZeroCounts = parsed.GetValue(OmitZeroCounts),
            Threads = parsed.GetValue(Threads),
            Progress = progress,
        };
        string binary = parsed.GetRequiredValue(Binary);
        string output = parsed.GetRequiredValue(Output);
        var result = AutoFdoConverter.Convert(parsed.GetRequiredValue(Input), binary, options);
        if (output == StandardOutput)
        {
            using var stream = Console.OpenStandardOutput();
            result.Profile.Write(stream, result.Report.GcovVersion);
        }
        else
        {
            result.Profile.Save(output, result.Report.GcovVersion);
        }

        if (parsed.GetValue(Counts) is { } counts)
        {
            CountsText.Save(result.Counts, counts);
        }

        progress?.Clear();
        if (parsed.GetValue(Report) == "json")
        {
            ReportJson.Write(result.Report, Console.Error);
        }
        else
        {
            ReportText.Write(result.Report, binary, Console.Error);
        }
    }

    private static TargetCompiler? ParseCompiler(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (TargetCompiler.TryParse(text, out var compiler) && compiler.Family == CompilerFamily.Gcc && compiler.MajorVersion >= 5)
        {
            return compiler;
        }

        result.AddError($"--for {text}: is not a GCC from version 5 on, such as gcc-12");
        return null;
    }

    private static Action<OptionResult> Range(Option option, int least, int most) => result =>
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, out int value) || value < least || value > most))
        {
            result.AddError($"{option.Name} {token.Value}: is not a number from {least} to {most}");
        }
    };
}
