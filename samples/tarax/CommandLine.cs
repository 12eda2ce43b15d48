using System.CommandLine;

namespace Tarax.Tool;

/// <summary>The commands, and what is said where a command line is none of them.</summary>
internal static class CommandLine
{
    public static int Run(string[] arguments)
    {
        var root = new RootCommand("Turns recordings of perf record -b into profiles that GCC reads with -fauto-profile and Clang with -fprofile-sample-use.")
        {
            ConvertCommand.Create(),
            InspectCommand.Create(),
            ShowCommand.Create(),
            MergeCommand.Create(),
            DiffCommand.Create(),
            CheckCommand.Create(),
            CountsCommand.Create(),
        };
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0 && arguments.Contains(""))
        {
            // An unset variable of a shell becomes an empty path.
            throw new UsageException("an argument is empty");
        }

        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine($"tarax: {error.Message}");
            }

            Console.Error.WriteLine("tarax: try --help");
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = Console.Out, Error = Console.Error });
    }
}
