using System.CommandLine;
using System.Text;
using Tarax.Tool;
using Tarax.Tool.Autofdo;

// Names and messages are UTF-8 wherever they go; without a byte order mark, which pipes would pass on.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
if (AutofdoTool.TryRun(StartName.Of(args), args, out int exitCode))
{
    return exitCode;
}

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
var parsed = root.Parse(args);
if (parsed.Errors.Count == 0 && args.Contains(""))
{
    // An unset variable of a shell becomes an empty path.
    Console.Error.WriteLine("tarax: an argument is empty");
    return ExitCode.Usage;
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

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
