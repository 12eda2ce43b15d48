using System.CommandLine;
using System.Globalization;

namespace Tarax.Fleet.Tool;

/// <summary><c>tarax-fleet drift</c>: how far each day is from the sum.</summary>
internal static class DriftCommand
{
    public static Command Create()
    {
        var command = new Command("drift", "Shows how much each day has in common with the sum: where the last days have less, it is time to rebuild.").OfFleet().OfSelection();
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        using var fleet = FleetOptions.Open(parsed);
        foreach (var day in fleet.Drift(FleetOptions.Selection(parsed)))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{day.Day:yyyy-MM-dd}  {day.Overlap:0.0000}  {day.Executions:N0}"));
        }
    }
}
