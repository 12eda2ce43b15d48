using System.CommandLine;
using System.CommandLine.Parsing;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary><c>tarax report</c>: a profile, or a recording with its binary, as one file for browsers.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string> Input = new("INPUT") { Description = "a profile of any format, or what one is made of: a recording of perf record -b (a file, a folder, or - for standard input), output of perf script, or counts" };

    private static readonly Option<string?> Binary = new("--binary", "-b") { Description = "the program that ran [of a recording: the one with most samples that is here]", HelpName = "FILE" };

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "the HTML file to write; - for standard output", HelpName = "FILE" };

    private static readonly Option<string[]> SourcePaths = new("--source-path")
    {
        Description = "where source files are that were elsewhere when the binary was built: how their paths begin, and what stands there here; may be given several times",
        HelpName = "FROM=TO",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> NoSources = new("--no-sources") { Description = "leave out the text of source files" };

    private static readonly Option<string?> Compare = new("--compare") { Description = "an older profile: what moved, appeared and vanished since", HelpName = "PROFILE" };

    private static readonly Option<string[]> CompilerDumps = new("--compiler-dump")
    {
        Description = "what the compiler says that it made of the profile: GCC's -fdump-ipa-afdo-details or Clang's -fsave-optimization-record, of one or more files",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Counts = new("--counts") { Description = "with a profile and --binary: what the profile was made of, for the counts of instructions: a recording, a file of counts, or counts text", HelpName = "FILE" };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "folder in which binaries and debug files are looked for, before /usr/lib/debug; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Event = new("--event") { Description = "of a recording: the event to count [default: the one with branch stacks]", HelpName = "NAME" };

    private static readonly Option<bool> NoBranchStacks = new("--no-lbr") { Description = "of a recording: count the addresses of the samples, where there are no branch stacks" };

    private static readonly Option<string?> MappedAs = new("--mapped-as") { Description = "of a recording: path or base name under which the binary ran", HelpName = "NAME" };

    private static readonly Option<int> Threads = NumberOption.Whole("--threads", "number of threads; the result is the same", Environment.ProcessorCount, 1, 1024);

    private static readonly Option<bool> Json = new("--json") { Description = "write the report's data as JSON instead of HTML" };

    public static Command Create()
    {
        var command = new Command("report", "Shows a profile in one HTML file: functions, lines with their source, inlined calls, instructions, a flame graph.")
        {
            Input, Output, Binary, SourcePaths, NoSources, Compare, CompilerDumps, Counts, DebugDirectories, FormatOptions.CompilerName, Event, NoBranchStacks, MappedAs, InputOptions.MaximumInput, Threads, Json,
        };
        FormatOptions.CheckCompiler(command);
        HelpText.Describe(
            command,
            [
                new OptionGroup("everyday", [Output, Binary, SourcePaths, NoSources, Compare, CompilerDumps, Counts, DebugDirectories, Json]),
                new OptionGroup("of a recording", [FormatOptions.CompilerName, Event, NoBranchStacks, MappedAs, InputOptions.MaximumInput, Threads]),
            ],
            ["tarax report perf.data --binary ./program -o report.html", "tarax report new.afdo --binary ./program --compare old.afdo --source-path /build=. -o report.html"]);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Input) is { Tokens.Count: > 0 } && result.GetResult(Output) is not { Implicit: false })
            {
                result.AddError("-o FILE is required");
            }

            foreach (var token in result.GetResult(SourcePaths)?.Tokens ?? [])
            {
                if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1)
                {
                    result.AddError($"{SourcePaths.Name} {token.Value}: is not FROM=TO");
                }
            }
        });
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        string input = parsed.GetRequiredValue(Input);
        string output = parsed.GetRequiredValue(Output)!;
        string? binary = parsed.GetValue(Binary);
        string? compare = parsed.GetValue(Compare);
        string[] dumps = parsed.GetValue(CompilerDumps)!;
        OutputCheck.Refuse(output, [.. new[] { input, binary, compare, parsed.GetValue(Counts) }.OfType<string>(), .. dumps]);
        FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
        if (binary is not null)
        {
            FileKinds.ExpectBinary(binary);
        }

        if (compare is not null)
        {
            FileKinds.ExpectProfile(compare);
        }

        using var made = FileKinds.Of(input) == FileKind.Profile ? OfProfile(input, binary, parsed) : OfRecording(input, binary, parsed);
        OutputCheck.Refuse(output, made.FilesRead);
        var inputs = made.Inputs with
        {
            SourcePaths = [.. parsed.GetValue(SourcePaths)!.Select(p => new SourcePath(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]))],
            ShowsSources = !parsed.GetValue(NoSources),
            OldProfile = compare is null ? null : SampleProfile.Load(compare),
            OldTitle = compare is null ? "" : Path.GetFileName(compare),
            Compiler = dumps.Length == 0 ? null : CompilerUse.Of(made.Inputs.Profile, dumps),
            ShortName = Demangled.Short,
        };
        var report = ProfileReport.Of(inputs);
        OutputCheck.Refuse(output, report.SourceFiles);
        Write(report, output, parsed.GetValue(Json));
    }

    private static ReportSubject OfProfile(string input, string? binary, ParseResult parsed)
    {
        var profile = SampleProfile.Load(input);
        Diagnostics.Write(profile.Diagnostics, Console.Error);
        string? counts = parsed.GetValue(Counts);
        if (counts is not null && binary is null)
        {
            throw new UsageException($"{Counts.Name} goes with --binary FILE");
        }

        return ReportSubject.OfProfile(profile, Path.GetFileName(input), binary, counts, Options(parsed));
    }

    private static ReportSubject OfRecording(string input, string? binary, ParseResult parsed)
    {
        FileKinds.ExpectRecording(input, binary is null ? [] : [binary]);
        if (parsed.GetValue(Counts) is not null && FileKinds.Of(input) is FileKind.Recording or FileKind.Counts or FileKind.CountsText)
        {
            throw new UsageException($"{Counts.Name} goes with a profile, and {input} is what profiles are made of");
        }

        // What no input looks like may be a profile as text.
        return ReportSubject.OfRecording(input, binary, Options(parsed)) ?? OfProfile(input, binary, parsed);
    }

    private static ConversionOptions Options(ParseResult parsed) => new()
    {
        ForCompiler = FormatOptions.Compiler(parsed),
        EventName = parsed.GetValue(Event),
        UseBranchStacks = !parsed.GetValue(NoBranchStacks),
        MappedAs = parsed.GetValue(MappedAs),
        DebugDirectories = parsed.GetValue(DebugDirectories)!,
        MaximumInput = parsed.GetValue(InputOptions.MaximumInput),
        Threads = parsed.GetValue(Threads),
        CompactsMemory = true,
    };

    private static void Write(ProfileReport report, string output, bool isJson)
    {
        const string StandardOutput = "-";
        if (output == StandardOutput)
        {
            using var stream = new OpenDescriptor(OpenDescriptor.StandardOutput, "standard output");
            using var buffered = new BufferedStream(stream);
            (isJson ? (Action<Stream>)report.WriteJson : report.WriteHtml)(buffered);
        }
        else if (isJson)
        {
            AtomicFile.Write(output, report.WriteJson);
        }
        else
        {
            report.SaveHtml(output);
        }
    }
}
