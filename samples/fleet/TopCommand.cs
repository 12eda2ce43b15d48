using System.CommandLine;
using System.Globalization;

namespace Tarax.Fleet.Tool;

/// <summary><c>tarax-fleet top</c>: which binaries matter, and how much is new.</summary>
internal static class TopCommand
{
    private static readonly Option<int> Count = new("--count", "-n") { Description = "number of binaries", HelpName = "N", DefaultValueFactory = _ => 20 };

    private static readonly Option<int> NewDays = new("--new-days") { Description = "what ran first on one of the last N days is new", HelpName = "N", DefaultValueFactory = _ => 7 };

    public static Command Create()
    {
        var command = new Command("top", "Shows which binaries matter, and how much of what ran is new.") { Count, NewDays }.OfFleet().OfSelection();
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        using var fleet = FleetOptions.Open(parsed);
        var selection = FleetOptions.Selection(parsed);
        var binaries = fleet.Top(selection).Where(b => selection.BuildId is null || b.BuildId == selection.BuildId).ToList();
        foreach (var binary in binaries.Take(parsed.GetValue(Count)))
        {
            string id = binary.BuildId.Length == 0 ? "-" : binary.BuildId;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{binary.Share,7:P2}  {binary.FirstDay:yyyy-MM-dd}  {binary.LastDay:yyyy-MM-dd}  {id,-40}  {Printable(binary.Name)}"));
        }

        var last = binaries.Max(b => b.LastDay);
        int days = parsed.GetValue(NewDays);
        double fresh = binaries.Where(b => b.FirstDay > last.AddDays(-days)).Sum(b => b.Share);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fresh:P2} of the samples are of binaries that ran first in the last {days} days"));
    }

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
