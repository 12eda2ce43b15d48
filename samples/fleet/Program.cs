using System.CommandLine;
using Tarax.Fleet.Tool;

var root = new RootCommand("Keeps the counts of many machines as tables, and makes one file of counts of them.")
{
    PushCommand.Create(), PullCommand.Create(), TopCommand.Create(), DriftCommand.Create(), PruneCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"tarax-fleet: {parsed.Errors[0].Message}");
    return ExitCode.Usage;
}

return parsed.Invoke();
