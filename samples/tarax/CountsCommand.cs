using System.CommandLine;
using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;

namespace Tarax.Tool;

/// <summary><c>tarax counts</c>: recordings and counts in, the counts of all their binaries out.</summary>
internal static class CountsCommand
{
    private const string StandardOutput = "-";

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

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "the event to count [default: the one with branch stacks]",
        HelpName = "NAME",
    };

    private static readonly Option<bool> NoBranchStacks = new("--no-lbr") { Description = "take recordings without branch stacks" };

    private static readonly Option<int> Threads = NumberOption.Whole("--threads", "number of threads; the result is the same", Environment.ProcessorCount, 1, 1024);

    public static Command Create()
    {
        var command = new Command("counts", "Makes small files of counts, which can be sent, added up, and converted later.")
        {
            Inputs, Output, AsText, Event, NoBranchStacks, InputOptions.MaximumInput, Threads,
        };
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
        };
        string output = parsed.GetRequiredValue(Output);
        OutputCheck.Refuse(output, parsed.GetValue(Inputs)!);
        Array.ForEach(parsed.GetValue(Inputs)!, i => FileKinds.ExpectRecording(i));
        var counts = Recordings.CountsOf(Files(parsed.GetValue(Inputs)!), options);
        if (counts.Samples == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyRecording, "there are no samples in these inputs");
        }

        Write(counts, output, parsed.GetValue(AsText));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Samples:N0} samples in {counts.Binaries.Count:N0} binaries"));
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
