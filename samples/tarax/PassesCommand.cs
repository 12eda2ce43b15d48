using System.CommandLine;
using Tarax.AutoFdo.Conversion;

namespace Tarax.Tool;

/// <summary><c>tarax passes</c>: what is done to profiles for the sake of compilers.</summary>
internal static class PassesCommand
{
    public static Command Create()
    {
        var command = new Command("passes", "Lists what is done to profiles for the sake of the compilers that read them, in order.") { FormatOptions.CompilerName };
        FormatOptions.CheckCompiler(command);
        command.SetAction(parsed => ExitCode.Of(() =>
        {
            var passes = FormatOptions.Compiler(parsed) is { } compiler ? ProfilePasses.Of(compiler) : ProfilePasses.All;
            int width = ProfilePasses.All.Max(p => p.Id.Length);
            foreach (var pass in passes)
            {
                Console.Out.WriteLine($"{pass.Id.PadRight(width)}  {pass.Summary}");
            }
        }));
        return command;
    }
}
