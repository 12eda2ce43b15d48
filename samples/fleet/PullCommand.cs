using System.CommandLine;
using System.Globalization;

namespace Tarax.Fleet.Tool;

/// <summary><c>tarax-fleet pull</c>: the sum of a part of a fleet as a file of counts.</summary>
internal static class PullCommand
{
    private static readonly Option<string> Output = new("--output", "-o") { Description = "the file of counts to write", HelpName = "FILE", Required = true };

    public static Command Create()
    {
        var command = new Command("pull", "Adds a part of a fleet up, and writes the file of counts that tarax convert takes.") { Output }.OfFleet().OfSelection();
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        using var fleet = FleetOptions.Open(parsed);
        var pulled = fleet.Pull(FleetOptions.Selection(parsed));
        pulled.Counts.Save(parsed.GetRequiredValue(Output));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pulled.Recordings:N0} recordings, {pulled.Counts.Samples:N0} samples in {pulled.Counts.Binaries.Count:N0} binaries"));
        foreach (var (period, weight) in pulled.Weights.Where(w => pulled.Weights.Count > 1))
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recordings of period {period} count {weight} times"));
        }
    }
}
