using System.CommandLine;
using Tarax.AutoFdo.Options;

namespace Tarax.Tool;

/// <summary><c>tarax inspect</c>: what a recording holds, and what to do with it.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Input = new("PERF_DATA") { Description = "a recording: a file, a folder, or - for standard input" };

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "the event to count [default: the one with branch stacks, or else the most sampled]",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "folder of separate debug files, before /usr/lib/debug; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Wide = new("--wide") { Description = "whole names and build-ids, however long the lines become" };

    private static readonly Option<bool> Json = new("--json") { Description = "write JSON" };

    public static Command Create()
    {
        var command = new Command("inspect", "Shows what a recording holds, and the command to type next.") { Input, Event, DebugDirectories, InputOptions.MaximumInput, Wide, Json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Input)?.Tokens.Any(t => t.Value.Length == 0) == true)
            {
                result.AddError($"{Input.Name}: is empty");
            }
        });
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        FileKinds.ExpectRecording(parsed.GetRequiredValue(Input));
        FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
        Terminal.IsWide = parsed.GetValue(Wide);
        var options = new ConversionOptions { EventName = parsed.GetValue(Event), DebugDirectories = parsed.GetValue(DebugDirectories)!, MaximumInput = parsed.GetValue(InputOptions.MaximumInput) };
        var inspection = Recordings.Inspect(parsed.GetRequiredValue(Input), options);
        if (parsed.GetValue(Json))
        {
            InspectionJson.Write(inspection, Console.Out);
        }
        else
        {
            InspectionText.Write(inspection, Console.Out);
        }
    }
}
