using System.CommandLine;
using System.Globalization;
using Tarax.AutoFdo.Fleet;

namespace Tarax.Fleet.Tool;

/// <summary><c>tarax-fleet push</c>: files of counts into a fleet.</summary>
internal static class PushCommand
{
    /// <summary>Files that are in memory at a time.</summary>
    private const int AtOnce = 1000;

    private static readonly Argument<string[]> Inputs = new("COUNTS") { Description = "files of counts, or folders of these", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string?> Day = new("--day") { Description = "day of the recordings in UTC [default: when each file was written]", HelpName = "YYYY-MM-DD" };

    private static readonly Option<string> Host = Text("--host", "name of the host; goes into the recording's id only");

    private static readonly Option<string> HostClass = Text("--host-class", "what the host is for: web, build");

    private static readonly Option<string> Cpu = Text("--cpu", "model of the processor");

    private static readonly Option<string> Kernel = Text("--kernel", "release of the kernel");

    private static readonly Option<string> Tool = Text("--tool", "what recorded");

    private static readonly Option<ulong> Period = new("--period") { Description = "events for each sample (perf record -c)", HelpName = "N" };

    private static readonly Option<ulong> Lost = new("--lost") { Description = "samples that were lost", HelpName = "N" };

    public static Command Create()
    {
        var command = new Command("push", "Adds recordings to a fleet. Each is counted once, however often it is pushed.") { Inputs, Day, Host, HostClass, Cpu, Kernel, Tool, Period, Lost }.OfFleet();
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        var origin = new RecordingOrigin
        {
            Day = FleetOptions.Day(parsed.GetValue(Day), "--day"),
            Host = parsed.GetRequiredValue(Host),
            HostClass = parsed.GetRequiredValue(HostClass),
            Cpu = parsed.GetRequiredValue(Cpu),
            Kernel = parsed.GetRequiredValue(Kernel),
            Tool = parsed.GetRequiredValue(Tool),
            Period = parsed.GetValue(Period),
            Lost = parsed.GetValue(Lost),
        };
        using var fleet = FleetOptions.Open(parsed);
        var (pushed, known, rows) = (0, 0, 0L);
        foreach (var files in parsed.GetRequiredValue(Inputs).SelectMany(FilesOf).Chunk(AtOnce))
        {
            var result = fleet.Push([.. files.Select(f => PushedRecording.Load(f, origin))]);
            (pushed, known, rows) = (pushed + result.Pushed, known + result.Known, rows + result.Rows);
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pushed:N0} recordings pushed, {known:N0} known already, {rows:N0} rows"));
    }

    private static IEnumerable<string> FilesOf(string input) => Directory.Exists(input) ? Directory.EnumerateFiles(input).Order(StringComparer.Ordinal) : [input];

    private static Option<string> Text(string name, string description) => new(name) { Description = description, HelpName = "TEXT", DefaultValueFactory = _ => "" };
}
