using System.CommandLine;

namespace Tarax.Tool;

/// <summary>The commands, and what is said where a command line is none of them.</summary>
internal static class CommandLine
{
    private static readonly Option<string> Color = new("--color")
    {
        Description = "colours: at terminals (auto, where NO_COLOR is not set), always or never",
        HelpName = "auto|always|never",
        DefaultValueFactory = _ => "auto",
        Recursive = true,
    };

    static CommandLine() => Color.AcceptOnlyFromAmong("auto", "always", "never");

    public static int Run(string[] arguments)
    {
        var root = new RootCommand("Turns recordings of perf record -b into profiles that GCC reads with -fauto-profile and Clang with -fprofile-sample-use.")
        {
            ConvertCommand.Create(),
            LayoutCommand.Create(),
            InspectCommand.Create(),
            ShowCommand.Create(),
            ReportCommand.Create(),
            MergeCommand.Create(),
            DiffCommand.Create(),
            CheckCommand.Create(),
            CountsCommand.Create(),
            PassesCommand.Create(),
        };
        root.Options.Add(Color);
        root.Subcommands.Add(CompletionScript.Create(root));
        root.Subcommands.Add(ManPage.Create(root));
        HelpText.UseFor(root);
        if (arguments is ["help", .. var topic])
        {
            arguments = [.. topic.Take(1), "--help"];
        }

        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0 && arguments.Contains(""))
        {
            // An unset variable of a shell becomes an empty path.
            throw new UsageException("an argument is empty");
        }

        var options = parsed.CommandResult.Command.Arguments.SelectMany(a => parsed.CommandResult.GetResult(a)?.Tokens ?? []).Where(t => t.Value.StartsWith('-') && t.Value.Length > 1);
        if (parsed.Errors.Count > 0 || (options.Any() && !arguments.Contains("--")))
        {
            foreach (string error in ParseErrors.Of(parsed))
            {
                Console.Error.WriteLine($"tarax: {error}");
            }

            Console.Error.WriteLine($"try: {(parsed.CommandResult.Command is RootCommand ? "tarax" : $"tarax {parsed.CommandResult.Command.Name}")} --help");
            return ExitCode.Usage;
        }

        Terminal.Color = parsed.GetValue(Color)!;
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = Console.Out, Error = Console.Error });
    }
}
