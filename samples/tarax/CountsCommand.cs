using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Bolt;

namespace Tarax.Tool;

/// <summary><c>tarax counts</c>: recordings and counts in, the counts of all their binaries out.</summary>
internal static class CountsCommand
{
    private const string StandardOutput = "-";
    private const string FormatCounts = "counts";
    private const string FormatFdata = "fdata";
    private const string FormatPreaggregated = "bolt-preaggregated";

    private static readonly Argument<string[]> Inputs = new("INPUT")
    {
        Description = "recordings of perf record -b, files of counts, or folders of these",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "the file of counts to write; - for standard output",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<bool> AsText = new("--text") { Description = "write text" };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "counts (of all binaries), or for BOLT of those that --binary names: bolt-preaggregated (for perf2bolt --pa), or fdata (for llvm-bolt -data)",
        HelpName = "counts|bolt-preaggregated|fdata",
        DefaultValueFactory = _ => FormatCounts,
    };

    private static readonly Option<string[]> Binaries = new("--binary", "-b")
    {
        Description = "for BOLT: the program, shared object or vmlinux that ran; of several, addresses come with build-ids",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> BuildIds = new("--build-ids") { Description = "bolt-preaggregated: write the build-id before every address, also of one binary" };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "for BOLT: folder in which the symbols of stripped binaries are looked for; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> MappedAs = new("--mapped-as")
    {
        Description = "for BOLT: path or base name under which the binary ran [default: found by build-id, then by name]",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "the event to count [default: the one with branch stacks]",
        HelpName = "NAME",
    };

    private static readonly Option<bool> NoBranchStacks = new("--no-lbr") { Description = "take recordings without branch stacks" };

    private static readonly Option<int> Threads = NumberOption.Whole("--threads", "number of threads; the result is the same", Environment.ProcessorCount, 1, 1024);

    public static Command Create()
    {
        Format.AcceptOnlyFromAmong(FormatCounts, FormatPreaggregated, FormatFdata);
        var command = new Command("counts", "Makes small files of counts, which can be sent, added up, and converted later; or of one binary for BOLT.")
        {
            Inputs, Output, AsText, Format, Binaries, BuildIds, DebugDirectories, MappedAs, Event, NoBranchStacks, InputOptions.MaximumInput, Threads,
        };
        command.Validators.Add(CheckFormat);
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        var options = new ConversionOptions
        {
            EventName = parsed.GetValue(Event),
            UseBranchStacks = !parsed.GetValue(NoBranchStacks),
            MaximumInput = parsed.GetValue(InputOptions.MaximumInput),
            Threads = parsed.GetValue(Threads),
            DebugDirectories = parsed.GetValue(DebugDirectories)!,
            MappedAs = parsed.GetValue(MappedAs),
            CompactsMemory = true,
        };
        string output = parsed.GetRequiredValue(Output);
        OutputCheck.Refuse(output, parsed.GetValue(Inputs)!);
        string[] binaries = parsed.GetValue(Binaries)!;
        Array.ForEach(parsed.GetValue(Inputs)!, i => FileKinds.ExpectRecording(i, binaries));
        if (parsed.GetValue(Format) is not FormatCounts and var format)
        {
            Array.ForEach(binaries, FileKinds.ExpectBinary);
            FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
            var form = format == FormatFdata ? BoltFormat.Fdata : BoltFormat.Preaggregated;
            BoltOutput.Write(Files(parsed.GetValue(Inputs)!), binaries, output, form, parsed.GetValue(BuildIds) || binaries.Length > 1, options);
            return;
        }

        var counts = Recordings.CountsOf(Files(parsed.GetValue(Inputs)!), options);
        if (counts.Samples == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyRecording, "there are no samples in these inputs");
        }

        Write(counts, output, parsed.GetValue(AsText));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Samples:N0} samples in {counts.Binaries.Count:N0} binaries"));
    }

    /// <summary>What is for BOLT is of binaries that are named, and all else of all.</summary>
    private static void CheckFormat(CommandResult result)
    {
        string format = result.GetResult(Format)?.Tokens is [{ Value: var given }] ? given : FormatCounts;
        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        if (format == FormatCounts)
        {
            if (Array.Find<Option>([Binaries, BuildIds, DebugDirectories, MappedAs], IsGiven) is { } option)
            {
                result.AddError($"{option.Name} goes with --format {FormatPreaggregated} or {FormatFdata}; counts are of all binaries");
            }
        }
        else if (IsGiven(AsText))
        {
            result.AddError($"--text goes with --format {FormatCounts}");
        }
        else if (result.GetResult(Binaries) is not { Tokens: { Count: > 0 } binaries })
        {
            result.AddError($"--format {format} needs --binary FILE");
        }
        else if (format == FormatFdata && binaries.Count > 1)
        {
            result.AddError($"--format {FormatFdata} is of one binary");
        }
        else if (format == FormatFdata && IsGiven(BuildIds))
        {
            result.AddError($"{BuildIds.Name} goes with --format {FormatPreaggregated}");
        }
    }

    private static List<string> Files(string[] inputs)
    {
        var files = new List<string>();
        foreach (string input in inputs)
        {
            // A folder of perf record --threads is a recording.
            bool isFolder = FileSystem.IsFolder(input) && !FileSystem.IsRegular(Path.Combine(input, "data"));
            files.AddRange(isFolder ? FileSystem.FilesIn(input) : [input]);
        }

        return files;
    }

    private static void Write(RecordingCounts counts, string output, bool asText)
    {
        if (output == StandardOutput)
        {
            if (asText)
            {
                counts.WriteText(Console.Out);
                return;
            }

            using var stream = new OpenDescriptor(OpenDescriptor.StandardOutput, "standard output");
            counts.Write(stream);
        }
        else if (asText)
        {
            counts.SaveText(output);
        }
        else
        {
            counts.Save(output);
        }
    }
}
