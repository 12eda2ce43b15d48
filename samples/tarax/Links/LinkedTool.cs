namespace Tarax.Tool.Links;

/// <summary>
/// The tools of google/autofdo and LLVM, by their names and flags: started through a link of such a name, this executable does what the tool is for, so that makefiles and
/// scripts need no change. What the tools do wrong is not done here (an empty profile is a failure).
/// </summary>
internal static class LinkedTool
{
    /// <summary>Runs the tool whose name the executable was started by.</summary>
    /// <param name="startedAs">The first word of the command line.</param>
    /// <param name="arguments">The others.</param>
    /// <param name="exitCode">What to return.</param>
    /// <returns>False where it is none of these names.</returns>
    public static bool TryRun(string startedAs, string[] arguments, out int exitCode)
    {
        string name = Path.GetFileName(startedAs);
        var tool = AutofdoTools.Of(name) ?? LlvmTools.Of(name);
        exitCode = tool is { } known ? Run(name, known.Flags, known.Run, arguments) : ExitCode.Good;
        return tool is not null;
    }

    private static int Run(string name, ToolFlags flags, Action<ToolFlags> run, string[] arguments)
    {
        try
        {
            flags.Parse(arguments);

            if (flags.WantsHelp)
            {
                foreach (string line in flags.Help())
                {
                    Console.Out.WriteLine($"{name}: {line}");
                }

                return ExitCode.Good;
            }

            if (flags.WantsVersion)
            {
                Console.Out.WriteLine($"{name} (tarax {typeof(LinkedTool).Assembly.GetName().Version!.ToString(3)})");
                return ExitCode.Good;
            }

            run(flags);
            return ExitCode.Good;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"{name}: {e.Message}");
            return ExitCode.Usage;
        }
    }
}
