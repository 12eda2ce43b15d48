using System.Reflection;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>The command line tool.</summary>
internal static class Tool
{
    /// <summary>Runs it.</summary>
    /// <returns>What it returns, and what it writes to standard error.</returns>
    public static (int Code, string Errors) Run(params string[] arguments)
    {
        var errors = new StringWriter();
        var console = Console.Error;
        Console.SetError(errors);
        try
        {
            int code = (int)Assembly.Load("tarax-fleet").EntryPoint!.Invoke(null, [arguments])!;
            return (code, errors.ToString());
        }
        finally
        {
            Console.SetError(console);
        }
    }
}
