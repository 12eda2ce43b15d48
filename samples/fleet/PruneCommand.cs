using System.CommandLine;
using System.Globalization;
using Tarax.AutoFdo.Fleet;

namespace Tarax.Fleet.Tool;

/// <summary><c>tarax-fleet prune</c>: removes old days, and puts the files of days together.</summary>
internal static class PruneCommand
{
    private static readonly Option<string?> Before = new("--before") { Description = "removes all days before this one", HelpName = "YYYY-MM-DD" };

    private static readonly Option<string?> Compact = new("--compact-before")
    {
        Description = "puts the pushes of each day before this one together: hosts of the same class, processor, kernel, event and period become one",
        HelpName = "YYYY-MM-DD",
    };

    public static Command Create()
    {
        var command = new Command("prune", "Removes old days and what failed pushes have left; puts the files of days together.") { Before, Compact }.OfFleet();
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        using var fleet = FleetOptions.Open(parsed);
        int removed = fleet.Prune(FleetOptions.Day(parsed.GetValue(Before), "--before"));
        int compacted = FleetOptions.Day(parsed.GetValue(Compact), "--compact-before") is not { } before ? 0
            : fleet is ParquetFolder folder ? folder.Compact(before)
            : throw new UsageException("--compact-before is for folders of Parquet files");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{removed:N0} days removed, {compacted:N0} put together"));
    }
}
